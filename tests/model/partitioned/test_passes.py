"""How many passes over the rows a fit takes, the first one with the facts included."""

from typing import Any

import numpy as np
import pytest

from bayes_l2 import fit_laplace, fit_map, priors
from tests.model.partitioned.arrays import ArrayPartitions, in_memory, model_of
from tests.model.partitioned.data import LIKELIHOODS, columns, response

N = 3000
X = columns(N, 6)
WEIGHTS = np.random.default_rng(3).integers(0, 4, N).astype(float)
SIZES = np.logspace(-6, 6, 6)
ALL = ["two classes", "counts", "classes"]


def passes_of(kind: str, X: Any, y: Any, weights: Any = None, **terms: Any) -> int:
    """Return the passes of both fits together, after a comparison with memory."""
    source = ArrayPartitions(X, y, weights, cuts=range(0, len(X), 700))
    terms = {"likelihood": LIKELIHOODS[kind], "prior": priors.Normal(5.0), **terms}
    model = model_of(source, **terms)
    estimate = fit_map(model)
    assert estimate.converged
    assert estimate.gradient_norm <= 1e-9
    passes = source.passes
    laplace = fit_laplace(model)
    assert source.passes == passes  # the mode is known
    whole = fit_laplace(in_memory(source, **terms))
    np.testing.assert_allclose((laplace.mean - whole.mean) / whole.sd, 0.0, atol=1e-9)
    return passes


@pytest.mark.parametrize(
    ("kind", "most"), [("two classes", 5), ("counts", 6), ("classes", 7)]
)
def test_ordinary_rows(kind: str, most: int) -> None:
    assert passes_of(kind, X, response(kind, X)) <= most


@pytest.mark.parametrize("kind", ALL)
def test_columns_of_unlike_size(kind: str) -> None:
    Z, prior = X * SIZES, priors.Normal(cov=np.diag(SIZES**-2.0))
    assert passes_of(kind, Z, response(kind, Z), prior=prior) <= 8


@pytest.mark.parametrize("kind", ALL)
def test_columns_far_from_zero(kind: str) -> None:
    assert passes_of(kind, X + 1e6, response(kind, X)) <= 8


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("sd", [1e-3, 1e2])
def test_tight_and_wide_priors(kind: str, sd: float) -> None:
    assert passes_of(kind, X, response(kind, X), prior=priors.Normal(sd)) <= 8


@pytest.mark.parametrize("kind", ALL)
def test_no_intercept(kind: str) -> None:
    assert passes_of(kind, X, response(kind, X), intercept=False) <= 8


@pytest.mark.parametrize("kind", ALL)
def test_weights(kind: str) -> None:
    assert passes_of(kind, X, response(kind, X), WEIGHTS) <= 8


@pytest.mark.parametrize("kind", ALL)
def test_strong_signals(kind: str) -> None:
    assert passes_of(kind, X, response(kind, X, size=1.0)) <= 10


def test_a_rare_class() -> None:
    y = response("two classes", X, level=-6.0)
    assert 4 <= np.sum(y == "yes") <= 40
    assert passes_of("two classes", X, y) <= 10


@pytest.mark.parametrize("level", [np.log(1e6), -5.0, -7.0])
def test_large_counts_and_many_zeros(level: float) -> None:
    assert passes_of("counts", X, response("counts", X, level=level)) <= 8


def test_classes_that_a_plane_nearly_parts() -> None:
    y = response("two classes", X, size=30.0)
    assert passes_of("two classes", X, y) <= 12


def test_separable_classes_under_a_prior() -> None:
    y = np.where(X[:, 0] > 0, "yes", "no")
    assert passes_of("two classes", X, y) <= 13


def test_one_row_of_a_count_beyond_all_others() -> None:
    y = response("counts", X)
    y[5] = 1e6
    assert passes_of("counts", X, y) <= 18


def test_a_step_that_is_too_long_is_shortened() -> None:
    # heavy tails: the first rates of some rows are off by many powers of e
    Z = np.random.default_rng(4).standard_t(2, size=(2000, 3))
    y = np.random.default_rng(5).poisson(np.exp(np.clip(Z @ [0.5, -0.5, 0.2], -20, 12)))
    assert passes_of("counts", Z, y.astype(float)) <= 35


def test_another_prior_shares_the_first_pass() -> None:
    from dataclasses import replace

    source = ArrayPartitions(X, response("two classes", X), cuts=[1000])
    terms: dict[str, Any] = {"likelihood": LIKELIHOODS["two classes"]}
    model = model_of(source, prior=priors.Normal(5.0), **terms)
    assert source.passes == 1
    other = replace(model, prior=priors.Normal(1.0))
    assert other.data is model.data
    assert source.passes == 1
    found = fit_map(other)
    fresh = fit_map(model_of(source, prior=priors.Normal(1.0), **terms))
    np.testing.assert_array_equal(found.coef, fresh.coef)


def test_a_second_fit_is_the_first_to_the_last_digit() -> None:
    source = ArrayPartitions(X, response("counts", X), cuts=[1000])
    model = model_of(source, likelihood=LIKELIHOODS["counts"], prior=priors.Normal(5.0))
    first = fit_map(model)
    passes = source.passes
    second = fit_map(model)
    assert source.passes == passes
    np.testing.assert_array_equal(first.coef, second.coef)
    assert first.intercept == second.intercept


def test_a_bound_on_the_iterations_is_kept() -> None:
    source = ArrayPartitions(X, response("classes", X), cuts=[1000])
    model = model_of(
        source, likelihood=LIKELIHOODS["classes"], prior=priors.Normal(5.0)
    )
    estimate = fit_map(model, max_iterations=1)
    assert not estimate.converged
    assert estimate.route == "damped Newton"
    assert source.passes == 3  # facts, the start, and one step
