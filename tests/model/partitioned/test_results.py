"""What the fits of a model over partitions can do, and what it refuses by name."""

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bayes_l2 import (
    LinearModel,
    SufficientStatistics,
    choose_penalty,
    fit_laplace,
    fit_map,
    fit_mcmc,
    fit_penalised,
    likelihoods,
    penalty_in,
    prior_predictive,
    priors,
    pymc_program,
)
from bayes_l2.model.partitioned.facts import FindFacts
from bayes_l2.model.partitioned.observations import Evaluate
from tests.model.partitioned.arrays import ArrayPartitions, in_memory, model_of
from tests.model.partitioned.data import LIKELIHOODS, columns, response

N = 300
X = columns(N, 3)
KINDS = pytest.mark.parametrize("kind", LIKELIHOODS)
SIZE_1 = priors.Normal(1.0)


def source_of(kind: str) -> ArrayPartitions:
    """Return rows in three partitions."""
    return ArrayPartitions(X, response(kind, X), cuts=[100, 101])


def model(kind: str) -> LinearModel:
    """Return a model of rows in three partitions."""
    return model_of(source_of(kind), likelihood=LIKELIHOODS[kind], prior=SIZE_1)


@KINDS
def test_results_predict_as_those_in_memory(kind: str) -> None:
    parts = model(kind)
    whole = in_memory(source_of(kind), likelihood=LIKELIHOODS[kind], prior=SIZE_1)
    for fit in (fit_map, fit_laplace):
        found, known = fit(parts), fit(whole)
        # points of an average over classes follow axes that rounding can turn
        rtol = 1e-3 if kind == "classes" else 1e-7
        np.testing.assert_allclose(
            found.predict(X[:5]), known.predict(X[:5]), rtol=rtol
        )
        summaries = found.summary(), known.summary()
        assert list(summaries[0].index) == list(summaries[1].index)
    laplace = fit_laplace(parts)
    for moment in laplace.linear_predictor(X[:5]):
        assert np.isfinite(moment).all()
    assert laplace.sample(np.random.default_rng(1), 3).shape == (
        3,
        len(parts.parameter_names),
    )


@KINDS
def test_the_log_posterior_is_that_in_memory(kind: str) -> None:
    parts = model(kind)
    whole = in_memory(source_of(kind), likelihood=LIKELIHOODS[kind], prior=SIZE_1)
    point = np.linspace(-0.5, 0.5, len(parts.parameter_names))
    assert parts.log_posterior(point) == pytest.approx(whole.log_posterior(point))
    np.testing.assert_allclose(parts.gradient(point), whole.gradient(point), rtol=1e-9)
    np.testing.assert_allclose(parts.hessian(point), whole.hessian(point), rtol=1e-9)


@KINDS
def test_the_last_point_is_not_read_again(kind: str) -> None:
    source = source_of(kind)
    parts = model_of(source, likelihood=LIKELIHOODS[kind], prior=SIZE_1)
    point = np.zeros(len(parts.parameter_names))
    parts.log_posterior(point)
    parts.gradient(point)
    parts.hessian(point)
    assert source.passes == 2
    parts.gradient(point)[:] = 7.0  # an array of the caller's own
    parts.hessian(point)[:] = 7.0
    assert np.all(parts.gradient(point) != 7.0)
    assert source.passes == 2


@KINDS
def test_a_model_and_its_results_can_be_pickled(kind: str) -> None:
    parts = model(kind)
    laplace = fit_laplace(parts)
    copies: Any = pickle.loads(pickle.dumps((parts, laplace)))
    np.testing.assert_array_equal(copies[1].mean, laplace.mean)
    np.testing.assert_array_equal(fit_laplace(copies[0]).mean, laplace.mean)


@KINDS
def test_texts_are_one_short_line(kind: str) -> None:
    parts = model(kind)
    estimate, laplace = fit_map(parts), fit_laplace(parts)
    observations: Any = parts.log_posterior.observations
    data: Any = parts.data
    names = parts.feature_names
    task = FindFacts(parts.likelihood, names)
    split = parts.split(laplace.mean)
    center = np.zeros(4)
    visit = Evaluate(split, parts.likelihood, True, center, names, data.classes)
    batch = next(iter(data.partitions.batches()))
    objects = [parts, data, data.facts, data.facts.tally, observations, estimate]
    objects += [laplace, parts.log_posterior, task, visit, visit(batch)]
    for each in objects:
        assert len(repr(each)) <= 300
        assert "\n" not in repr(each)


REFUSED: dict[str, tuple[Any, str]] = {
    "fit_mcmc": (fit_mcmc, "NUTS over partitions is not built; use fit_map and fit_l"),
    "fit_penalised": (fit_penalised, "use fit_map, which minimises the same"),
    "choosing by evidence": (choose_penalty, "use fit_laplace at some prior sds"),
    "pymc_program": (pymc_program, "use fit_map, or the program of a sample"),
    "prior_predictive": (prior_predictive, "use a sample of the rows"),
    "penalty_in": (
        lambda model: penalty_in(model, "logistic-regression"),
        "use convert, with n and the sds of columns",
    ),
}


@KINDS
@pytest.mark.parametrize("route", REFUSED)
def test_what_needs_rows_in_memory_says_so_by_name(kind: str, route: str) -> None:
    call, instead = REFUSED[route]
    if route == "penalty_in" and kind == "counts":
        return  # no library's setting has this loss
    with pytest.raises(ValueError, match=f"^{route} needs the rows") as seen:
        call(model(kind))
    text = str(seen.value)
    assert instead in text
    assert "this model reads them a part at a time: " in text
    assert "\n" not in text


def test_the_engine_pymc_says_so_too() -> None:
    with pytest.raises(ValueError, match=r"engine='pymc' needs .* engine='scipy'"):
        fit_map(model("counts"), engine="pymc")


def test_a_loss_with_kinks_is_refused() -> None:
    source = ArrayPartitions(X, X[:, 0])
    with pytest.raises(ValueError, match=r"must be smooth.*likelihoods.Laplace\(scale"):
        model_of(source, likelihood=likelihoods.Laplace(1.0), prior=SIZE_1)
    assert source.passes == 0


def test_a_stream_is_refused_before_it_is_read() -> None:
    source = source_of("counts")
    source.is_repeatable = False
    with pytest.raises(ValueError, match="write them to a Parquet file"):
        model_of(source, likelihood=LIKELIHOODS["counts"], prior=SIZE_1)
    assert source.passes == 0


def test_terms_of_a_wrong_type() -> None:
    wrong: Any = 3
    with pytest.raises(ValueError, match=r"likelihood must be .*, got 3"):
        model_of(source_of("counts"), likelihood=wrong, prior=SIZE_1)


def test_no_row_of_positive_weight() -> None:
    source = ArrayPartitions(X, X[:, 0] > 0, np.zeros(N), cuts=[5])
    with pytest.raises(ValueError, match="at least one row of"):
        model_of(source, likelihood=likelihoods.Bernoulli(), prior=SIZE_1)


def test_rows_that_change_between_two_passes() -> None:
    source = source_of("two classes")
    parts = model_of(source, likelihood=LIKELIHOODS["two classes"], prior=SIZE_1)
    source.edges[-1] -= 10
    with pytest.raises(ValueError, match=r"must have the 300 rows.*got 290.*changed"):
        fit_map(parts)
    source = source_of("classes")
    parts = model_of(source, likelihood=LIKELIHOODS["classes"], prior=SIZE_1)
    source.y = np.where(np.arange(N) == 250, "new", source.y)
    with pytest.raises(ValueError, match=r"got 'new' in part 2, row 250 .*changed"):
        fit_map(parts)


def test_a_normal_likelihood_takes_one_pass() -> None:
    source = ArrayPartitions(X, X[:, 0], cuts=[100])
    parts = model_of(source, likelihood=likelihoods.Normal(1.0), prior=SIZE_1)
    fit_map(parts)
    assert isinstance(parts.data, SufficientStatistics)
    assert source.passes == 1


def test_a_changed_prior_keeps_the_rows() -> None:
    parts = model("counts")
    fit_map(parts)
    other = replace(parts, prior=priors.Normal(0.01))
    whole = in_memory(
        source_of("counts"), likelihood=LIKELIHOODS["counts"], prior=other.prior
    )
    sd = fit_laplace(whole).sd
    difference = fit_laplace(other).mean - fit_laplace(whole).mean
    np.testing.assert_allclose(difference / sd, 0.0, atol=1e-9)
