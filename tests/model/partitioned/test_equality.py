"""A model over partitions has the posterior of the same rows in memory.

The unit is the posterior sd of each parameter.
"""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bayes_l2 import fit_laplace, fit_map, priors
from tests.model.partitioned.arrays import ArrayPartitions, in_memory, model_of
from tests.model.partitioned.data import LIKELIHOODS, columns, response

N = 400
X = columns(N, 3)
Y = {kind: response(kind, X) for kind in LIKELIHOODS}
FEW = settings(max_examples=8)  # a search each
KINDS = pytest.mark.parametrize("kind", LIKELIHOODS)


def assert_same_posterior(source: ArrayPartitions, **terms: Any) -> None:
    """Compare mode, sds and evidence with those of the rows in memory."""
    model = model_of(source, **terms)
    laplace, whole = fit_laplace(model), fit_laplace(in_memory(source, **terms))
    np.testing.assert_allclose(
        (laplace.mean - whole.mean) / whole.sd, 0.0, atol=1e-9, rtol=0
    )
    np.testing.assert_allclose(laplace.sd, whole.sd, rtol=1e-8)
    size = abs(whole.log_evidence)
    assert laplace.log_evidence == pytest.approx(whole.log_evidence, abs=1e-11 * size)
    estimate = fit_map(model)
    assert estimate.converged
    mode = model.join(estimate.intercept, estimate.coef)
    np.testing.assert_array_equal(mode, laplace.mean)


@KINDS
@FEW
@given(cuts=st.lists(st.integers(0, N), max_size=8), intercept=st.booleans())
def test_any_partitioning_gives_the_posterior(
    kind: str, cuts: list[int], intercept: bool
) -> None:
    source = ArrayPartitions(X, Y[kind], cuts=cuts)
    terms = {"likelihood": LIKELIHOODS[kind], "prior": priors.Normal(2.0)}
    assert_same_posterior(source, intercept=intercept, **terms)


@KINDS
@FEW
@given(
    powers=st.lists(st.integers(-6, 6), min_size=3, max_size=3),
    sd=st.sampled_from([1e-3, 1.0, 100.0]),
)
def test_columns_of_any_size_and_prior(kind: str, powers: list[int], sd: float) -> None:
    scale = 10.0 ** np.array(powers)
    source = ArrayPartitions(X * scale, Y[kind], cuts=[17, 200])
    prior = priors.Normal(cov=np.diag((sd / scale) ** 2))
    assert_same_posterior(source, likelihood=LIKELIHOODS[kind], prior=prior)


@KINDS
@FEW
@given(
    weights=st.lists(
        st.sampled_from([0.0, 0.5, 1.0, 3.0, 1e3]), min_size=N // 4, max_size=N // 4
    ).filter(lambda weights: sum(weight > 0 for weight in weights) > N // 20)
)
def test_weights_zeros_among_them(kind: str, weights: list[float]) -> None:
    source = ArrayPartitions(X, Y[kind], np.tile(weights, 4), cuts=[1, 2, 100, 250])
    assert_same_posterior(
        source, likelihood=LIKELIHOODS[kind], prior=priors.Normal(1.0)
    )


@KINDS
def test_a_partition_without_a_row_of_weight(kind: str) -> None:
    weights = np.where(np.arange(N) < 100, 0.0, 2.0)
    source = ArrayPartitions(X, Y[kind], weights, cuts=[50, 100, 300])
    assert_same_posterior(
        source, likelihood=LIKELIHOODS[kind], prior=priors.Normal(1.0)
    )


@KINDS
def test_sorted_rows_so_that_a_partition_has_one_class(kind: str) -> None:
    order = np.argsort(Y[kind], kind="stable")
    source = ArrayPartitions(X[order], Y[kind][order], cuts=[1, 100, 399])
    assert_same_posterior(
        source, likelihood=LIKELIHOODS[kind], prior=priors.Normal(2.0)
    )


@KINDS
def test_a_duplicated_column(kind: str) -> None:
    source = ArrayPartitions(np.column_stack([X, X[:, 0]]), Y[kind], cuts=[100])
    assert_same_posterior(
        source, likelihood=LIKELIHOODS[kind], prior=priors.Normal(2.0)
    )


@KINDS
def test_a_prior_with_a_mean_and_correlations(kind: str) -> None:
    cov = np.array([[1.0, 0.9, 0.0], [0.9, 1.0, 0.2], [0.0, 0.2, 4.0]])
    source = ArrayPartitions(X, Y[kind], cuts=[100])
    prior = priors.Normal(mean=[1.0, -1.0, 3.0], cov=cov)
    assert_same_posterior(source, likelihood=LIKELIHOODS[kind], prior=prior)


@KINDS
def test_far_columns_lose_no_digits(kind: str) -> None:
    # far from 0 the intercept is a large number: its sd and digits are its own
    source = ArrayPartitions(X + 1e6, Y[kind], cuts=[100, 101])
    terms = {"likelihood": LIKELIHOODS[kind], "prior": priors.Normal(2.0)}
    found = fit_map(model_of(source, **terms))
    near = fit_laplace(in_memory(ArrayPartitions(X, Y[kind]), **terms))
    sd = near.sd[-1]
    np.testing.assert_allclose(found.coef, near.coef, atol=1e-8 * sd, rtol=0)
    assert found.converged


@pytest.mark.parametrize(
    "prior", [priors.Laplace(0.05), priors.ElasticNet(0.05, 0.2)], ids=["L1", "both"]
)
@KINDS
def test_priors_with_kinks(kind: str, prior: Any) -> None:
    source = ArrayPartitions(X, Y[kind], cuts=[100, 350])
    terms = {"likelihood": LIKELIHOODS[kind], "prior": prior}
    found, whole = (
        fit_map(model_of(source, **terms)),
        fit_map(in_memory(source, **terms)),
    )
    assert found.converged
    np.testing.assert_array_equal(found.coef == 0, whole.coef == 0)
    np.testing.assert_allclose(found.coef, whole.coef, atol=1e-10)
    assert source.passes <= 30
