"""The log likelihood and its rounding, Bayes' theorem, and exact quantiles of rows."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from bayes_l2 import ExactComparison, LinearModel, compare, likelihoods, priors
from bayes_l2.comparison import exact, reference
from bayes_l2.comparison.check import Measured
from bayes_l2.comparison.reference import log_likelihoods_at

RNG = np.random.default_rng(3)
X = RNG.standard_normal((20, 2)) + np.array([5.0, -3.0])
WEIGHTS = RNG.uniform(0.5, 2.0, 20)
Y = 100.0 + X @ [1.0, -2.0] + 0.5 * RNG.standard_normal(20)
# intercept, two coefficients, the noise sd
POINTS = np.array([[99.0, 1.5, -2.0, 0.8], [101.0, -0.5, -2.5, 1.6]])
FEW = 16 * 2.0**-52


def model_of(noise: Any, **options: Any) -> LinearModel:
    return LinearModel(
        X, Y, likelihood=likelihoods.Normal(noise), prior=priors.Normal(2.0), **options
    )


@pytest.mark.parametrize("weights", [None, WEIGHTS])
@pytest.mark.parametrize("tile", [4096, 7])
def test_the_log_likelihood_is_a_sum_over_rows_with_a_bound_on_its_rounding(
    weights: np.ndarray | None, tile: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some eps of each log density, and of the terms of its residual by its slope."""
    monkeypatch.setattr(reference, "TILE_ROWS", tile)
    model = model_of(priors.HalfNormal(2.0), weights=weights)
    found, rounding = log_likelihoods_at(model, POINTS)
    weight = np.ones(20) if weights is None else weights
    center, origin = X.mean(axis=0), Y.mean()
    values, bounds = [], []
    largest = np.abs(POINTS[:, 1:3]).max(axis=0)
    lines = POINTS[:, 0] - origin + POINTS[:, 1:3] @ center
    for a, *b, sd in POINTS:
        mean = a + X @ b
        densities = stats.norm.logpdf(Y, mean, sd / np.sqrt(weight))
        values.append(densities.sum())
        slopes = np.abs(Y - mean) * weight / sd**2
        terms = np.abs(X - center) @ largest + np.abs(Y - origin) + np.abs(lines).max()
        bounds.append(np.abs(densities).sum() + slopes @ terms)
    np.testing.assert_allclose(found, values, rtol=1e-12)
    assert rounding == pytest.approx(FEW * max(bounds), rel=1e-9, abs=0)


def test_without_rows_the_log_likelihood_comes_from_the_statistics() -> None:
    model = model_of(priors.HalfNormal(2.0))
    terms: dict[str, Any] = {"likelihood": model.likelihood, "prior": model.prior}
    alone = LinearModel.from_statistics(model.statistics, **terms)
    found, rounding = log_likelihoods_at(alone, POINTS)
    expected = [stats.norm.logpdf(Y, a + X @ b, sd).sum() for a, *b, sd in POINTS]
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert rounding == pytest.approx(
        FEW * (np.abs(expected).max() + 20), rel=1e-9, abs=0
    )


def evidence_of(
    comparison: ExactComparison,
    monkeypatch: pytest.MonkeyPatch,
    errors: np.ndarray,
    rounding: float,
) -> Any:
    """Return what is measured where the log likelihood has such errors."""

    def with_errors(model: LinearModel, points: np.ndarray) -> tuple[np.ndarray, float]:
        return log_likelihoods_at(model, points)[0] + errors, rounding

    with monkeypatch.context() as patch:
        patch.setattr(exact, "log_likelihoods_at", with_errors)
        return exact.EXACT_CHECKS[1].measure(comparison)


def test_bayes_theorem_is_measured_at_its_worst_point_and_beyond_rounding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rounding is some eps of each logarithm, and of the parameters by the slopes."""
    model = model_of(1.0)
    comparison = compare(model, routes=["exact"])
    assert isinstance(comparison, ExactComparison)
    errors = np.linspace(-3e-7, 1e-7, 9)
    found = evidence_of(comparison, monkeypatch, errors, 0.0)
    assert found.statistic == pytest.approx(3e-7, rel=1e-4)
    assert found.tolerance == 1e-8
    design = np.column_stack([np.ones(20), X])
    # the integral over a flat intercept of a normal density
    precision = np.linalg.inv(np.eye(20) + 4 * X @ X.T)
    total = precision.sum()
    residual = Y - (precision @ Y).sum() / total
    logs = 19 * np.log(2 * np.pi) - np.linalg.slogdet(precision)[1] + np.log(total)
    integral = -0.5 * (logs + residual @ precision @ residual)
    where, value = found.where.rsplit(" ", 1)
    assert where == "the log evidence,"
    assert float(value) == pytest.approx(integral, abs=1e-4)
    # a tolerance that is seen: of a slope that no rounding of the sum hides
    monkeypatch.setattr(exact, "FEW_EPS", 1e-9)
    points = comparison.exact.sample(0, 9)
    residuals = Y - points @ design.T
    penalty = np.column_stack([np.zeros(9), points[:, 1:]]) / 4
    slopes = np.abs(residuals @ design - penalty).max(axis=0)
    densities = stats.norm.logpdf(points[:, 1:], 0, 2).sum(axis=1)
    covariance = np.linalg.inv(design.T @ design + np.diag([0, 0.25, 0.25]))
    normal: Any = stats.multivariate_normal
    posterior = normal(covariance @ design.T @ Y, covariance)
    largest = np.abs(densities).max() + np.abs(posterior.logpdf(points)).max()
    digits = 4 * 2.0**-52 * np.abs(points).max(axis=0)
    expected = 1e-9 * largest + 1e-8 + slopes @ digits
    found = evidence_of(comparison, monkeypatch, errors, 1e-8)
    assert found.tolerance == pytest.approx(expected, rel=1e-7, abs=0)


def test_rounding_that_hides_bayes_theorem_is_told_but_hides_no_larger_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    comparison: Any = compare(model_of(1.0), routes=["exact"])
    none = np.zeros(9)
    said = evidence_of(comparison, monkeypatch, none, 1.01e-3)
    assert said.startswith("rounding of so large a log density hides it")
    found = evidence_of(comparison, monkeypatch, none, 0.99e-3)
    assert isinstance(found, Measured)
    assert found.passed
    found = evidence_of(comparison, monkeypatch, none + 0.5, 0.1)
    assert isinstance(found, Measured)
    assert found.statistic == pytest.approx(0.5, rel=1e-6)
    assert not found.passed


def test_quantiles_of_a_row_are_those_of_its_parameter_or_of_its_logarithm() -> None:
    """A flat prior on log σ: the coefficients are Student-t, σ² is inverse gamma."""
    model = LinearModel(
        X, Y, likelihood=likelihoods.Normal(priors.FlatLogScale()), prior=priors.Flat()
    )
    comparison: Any = compare(model, routes=["exact"])
    design = np.column_stack([np.ones(20), X])
    center, *_ = np.linalg.lstsq(design, Y)
    square = float(np.sum((Y - design @ center) ** 2))
    spread = np.sqrt(square / 17 * np.diag(np.linalg.inv(design.T @ design)))
    for row in range(3):
        expected = stats.t(17, center[row], spread[row]).ppf([0.25, 0.5])
        found = comparison.quantiles(row, (0.0, 0.25, 0.5))
        assert found[0] == -np.inf
        np.testing.assert_allclose(found[1:], expected, rtol=1e-9)
    expected = 0.5 * np.log(stats.invgamma(17 / 2, scale=square / 2).ppf([0.25, 0.5]))
    found = comparison.quantiles(3, (0.0, 0.25, 0.5))
    assert expected[0] < 0  # a scale below 1
    assert found[0] == -np.inf
    np.testing.assert_allclose(found[1:], expected, atol=1e-9)
    assert comparison.table.index.name == "parameter"
    assert comparison.summary().index.name == "parameter"
