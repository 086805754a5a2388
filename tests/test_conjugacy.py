"""Gaussian with Gaussian is conjugate: the posterior is a prior again."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bayes_l2 import (
    GaussianPosterior,
    LinearModel,
    SufficientStatistics,
    datasets,
    likelihoods,
    priors,
)
from tests.oracles import dense_log_evidence, in_sds, random_problem


def assert_same(
    ours: GaussianPosterior, theirs: GaussianPosterior, tolerance: float = 1e-10
) -> None:
    """Agreement of two posteriors in every number they hold, in sds."""
    assert in_sds(ours.mean, theirs.mean, theirs.sd) < tolerance
    np.testing.assert_allclose(
        ours.cov / np.outer(theirs.sd, theirs.sd),
        correlation(theirs),
        atol=tolerance,
    )
    assert ours.log_evidence == pytest.approx(theirs.log_evidence, rel=1e-12, abs=1e-9)


def correlation(posterior: GaussianPosterior) -> np.ndarray:
    sd = posterior.sd
    return posterior.cov / np.outer(sd, sd)


def split(
    model: LinearModel, rows: slice
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    X, y = model.rows("the test")
    return X[rows], y[rows], None if model.weights is None else model.weights[rows]


def on(model: LinearModel, rows: slice) -> LinearModel:
    X, y, weights = split(model, rows)
    return LinearModel(
        X,
        y,
        weights=weights,
        likelihood=model.likelihood,
        prior=model.prior,
        intercept=model.intercept,
    )


@given(
    seed=st.integers(0, 10_000),
    n=st.integers(2, 40),
    p=st.integers(1, 6),
    first=st.integers(1, 39),
    intercept=st.booleans(),
    weighted=st.booleans(),
    offset=st.sampled_from([0.0, 1e4]),
    column_mean=st.sampled_from([0.0, 100.0]),
)
def test_yesterdays_posterior_is_todays_prior(
    seed: int, n: int, p: int, first: int, **options: float
) -> None:
    model = random_problem(seed, n, p, **options)
    cut = min(first, n - 1)
    sequential = GaussianPosterior.of(on(model, slice(0, cut))).condition(
        *split(model, slice(cut, None))
    )
    assert_same(sequential, GaussianPosterior.of(model))


def test_row_by_row_equals_all_rows_at_once(diabetes: LinearModel) -> None:
    posterior = GaussianPosterior.before_data(diabetes)
    for i in range(442):
        posterior = posterior.condition(*split(diabetes, slice(i, i + 1))[:2])
    assert_same(posterior, GaussianPosterior.of(diabetes))


def test_statistics_take_the_names_of_the_fit(diabetes: LinearModel) -> None:
    X, y, _ = split(diabetes, slice(0, 50))
    assert (
        GaussianPosterior.before_data(diabetes).condition(X, y).names
        == diabetes.parameter_names
    )


def test_order_of_the_rows_does_not_matter(diabetes: LinearModel) -> None:
    first, second = (
        split(diabetes, slice(0, 200))[:2],
        split(diabetes, slice(200, None))[:2],
    )
    start = GaussianPosterior.before_data(diabetes)
    assert_same(
        start.condition(*first).condition(*second),
        start.condition(*second).condition(*first),
    )


def test_sequential_batch_and_merged_statistics_agree(diabetes: LinearModel) -> None:
    X, y = datasets.diabetes()
    batches = [(X[i : i + 100], y[i : i + 100]) for i in range(0, 442, 100)]
    merged = SufficientStatistics.from_batches(batches)
    by_merging = GaussianPosterior.before_data(diabetes).condition_on_statistics(merged)
    assert_same(by_merging, GaussianPosterior.of(diabetes))
    from_statistics = LinearModel.from_statistics(
        merged, likelihood=diabetes.likelihood, prior=diabetes.prior
    )
    assert_same(GaussianPosterior.of(from_statistics), GaussianPosterior.of(diabetes))


def test_posterior_moments_make_a_prior_again() -> None:
    model = random_problem(11, 60, 4, intercept=False)
    half = GaussianPosterior.of(on(model, slice(0, 30)))
    X, y, _ = split(model, slice(30, None))
    prior = priors.Normal(mean=half.mean, cov=half.cov)
    again = GaussianPosterior.of(
        LinearModel(X, y, likelihood=model.likelihood, prior=prior, intercept=False)
    )
    assert (
        in_sds(
            again.mean, GaussianPosterior.of(model).mean, GaussianPosterior.of(model).sd
        )
        < 1e-10
    )
    np.testing.assert_allclose(
        again.cov, GaussianPosterior.of(model).cov, rtol=1e-9, atol=1e-12
    )


@given(
    seed=st.integers(0, 10_000),
    n=st.integers(2, 30),
    p=st.integers(1, 6),
    intercept=st.booleans(),
    noise_sd=st.floats(0.1, 10),
    prior_sd=st.floats(0.1, 10),
)
def test_likelihood_times_prior_over_posterior_is_the_evidence(
    seed: int, n: int, p: int, **options: float
) -> None:
    model = random_problem(seed, n, p, **options)
    posterior = GaussianPosterior.of(model)
    rng = np.random.default_rng(seed)
    points = posterior.mean + 5 * posterior.sd * rng.standard_normal(
        (5, len(posterior.mean))
    )
    ratios = [
        model.log_likelihood(point) + model.log_prior(point) - posterior.logpdf(point)
        for point in points
    ]
    np.testing.assert_allclose(ratios, posterior.log_evidence, rtol=1e-10, atol=1e-8)
    dense = dense_log_evidence(
        model.X,
        model.y,
        model.likelihood.noise.value,
        options["prior_sd"],
        intercept=bool(options["intercept"]),
    )
    assert posterior.log_evidence == pytest.approx(dense, rel=1e-10, abs=1e-8)


def test_evidence_with_weights_is_that_of_scaled_rows() -> None:
    model = random_problem(12, 25, 3, weighted=True, intercept=False)
    assert model.weights is not None
    root = np.sqrt(model.weights)
    X, y, _ = split(model, slice(None))
    dense = dense_log_evidence(
        root[:, np.newaxis] * X, root * y, 1.0, 1.0, intercept=False
    )
    # the density of y_i is sqrt(w_i) times that of sqrt(w_i) y_i
    assert GaussianPosterior.of(model).log_evidence == pytest.approx(
        dense + np.log(root).sum(), rel=1e-12
    )


def test_general_prior_has_the_textbook_moments() -> None:
    rng = np.random.default_rng(13)
    X, y = rng.standard_normal((20, 4)), rng.standard_normal(20)
    half = rng.standard_normal((4, 4))
    cov, mean = half @ half.T + np.eye(4), rng.standard_normal(4)
    prior = priors.Normal(mean=mean, cov=cov)
    model = LinearModel(
        X, y, likelihood=likelihoods.Normal(0.7), prior=prior, intercept=False
    )
    posterior = GaussianPosterior.of(model)
    textbook = np.linalg.inv(np.linalg.inv(cov) + X.T @ X / 0.49)
    np.testing.assert_allclose(posterior.cov, textbook, rtol=1e-11)
    np.testing.assert_allclose(
        posterior.mean,
        textbook @ (np.linalg.inv(cov) @ mean + X.T @ y / 0.49),
        rtol=1e-11,
    )
    covariance: Any = 0.49 * np.eye(20) + X @ cov @ X.T
    marginal = stats.multivariate_normal.logpdf(y, X @ mean, covariance)
    assert posterior.log_evidence == pytest.approx(marginal, rel=1e-12)


def test_posterior_precision_is_prior_precision_plus_data_precision(
    diabetes: LinearModel,
) -> None:
    X, _ = diabetes.rows("the test")
    centred = X - X.mean(axis=0)
    np.testing.assert_allclose(
        GaussianPosterior.of(diabetes).coefficients.precision,
        np.eye(10) / 400 + centred.T @ centred / 54**2,
        rtol=1e-11,
        atol=1e-13,
    )
