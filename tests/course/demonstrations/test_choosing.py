"""Errors of rows left out, and the worth of criteria, against textbook formulas."""

import numpy as np
import pytest
from scipy import stats

from bayes_l2 import LinearModel, datasets, fit_exact, likelihoods, priors
from bayes_l2.course.demonstrations.choosing import (
    CRITERIA,
    compared_densities,
    differences,
    left_out_log_densities,
    narrowing,
    prediction_errors,
    prediction_gains,
    refitted_errors,
)

RNG = np.random.default_rng(3)
X = RNG.standard_normal((25, 3))
Y = 5 + X @ [1.0, -2.0, 0.5] + RNG.standard_normal(25)


def test_errors_of_refits_are_residuals_over_one_minus_the_leverage() -> None:
    centred = X - X.mean(axis=0)
    inverse = np.linalg.inv(centred.T @ centred + 4.0 * np.eye(3))
    hat = centred @ inverse @ centred.T + 1 / 25  # with the intercept
    residual = Y - hat @ Y
    expected = (residual / (1 - np.diag(hat))) ** 2
    np.testing.assert_allclose(refitted_errors(X, Y, 4.0), expected, rtol=1e-10)


def test_log_densities_of_rows_left_out_are_those_of_the_textbook() -> None:
    found = left_out_log_densities(X, Y, noise_sd=1.5, prior_sd=2.0)
    ones = np.column_stack([np.ones(25), X])
    expected = []
    for row in range(25):
        rest, y = np.delete(ones, row, axis=0), np.delete(Y, row)
        precision = rest.T @ rest / 2.25 + np.diag([0, 0.25, 0.25, 0.25])
        mean = np.linalg.solve(precision, rest.T @ y / 2.25)
        variance = 2.25 + ones[row] @ np.linalg.solve(precision, ones[row])
        sd = np.sqrt(variance)
        expected.append(stats.norm.logpdf(Y[row], ones[row] @ mean, sd))
    np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_gains_sum_to_the_difference_of_the_log_evidences_in_every_order() -> None:
    noise = likelihoods.Normal(1.0)
    better, worse = (
        LinearModel(X, Y, likelihood=noise, prior=priors.Normal(sd)) for sd in (1, 9)
    )
    gains = prediction_gains(better, worse, orders=3, seed=1)
    expected = fit_exact(better).log_evidence - fit_exact(worse).log_evidence
    np.testing.assert_allclose(gains.sum(axis=1), expected, rtol=1e-9)
    assert gains.shape == (3, 25)
    assert not np.allclose(gains[0], gains[1])


def test_errors_of_least_squares_are_those_of_a_textbook_fit() -> None:
    found = prediction_errors(X, Y, seen=15, splits=2, seed=4)
    assert list(found) == [*CRITERIA, "least squares"]
    rng = np.random.default_rng(4)
    for split in range(2):
        order = rng.permutation(25)
        seen, new = order[:15], order[15:]
        ones = np.column_stack([np.ones(25), X])
        coef = np.linalg.lstsq(ones[seen], Y[seen])[0]
        error = np.sqrt(np.mean((Y[new] - ones[new] @ coef) ** 2))
        assert found["least squares"][split] == pytest.approx(error, rel=1e-9)
        assert all(abs(found[name][split] - error) < 0.5 * error for name in CRITERIA)


def test_narrowing_is_that_of_a_grid_over_prior_sds() -> None:
    """The textbook posterior for each prior sd on a grid, without the mean of the rows.

    The evidence's prior sd is the grid's best; the hierarchical one is its median.
    """
    found = narrowing(X, Y, rows=12, samples=2, noise_sd=1.0)
    rng = np.random.default_rng(2)
    taus = np.geomspace(1e-3, 1e5, 8001)
    for sample in range(2):
        few = rng.permutation(25)[:12]
        contrasts = np.linalg.svd(np.eye(12) - 1 / 12)[0][:, :11]
        Z, z = contrasts.T @ X[few], contrasts.T @ Y[few]
        values, V = np.linalg.eigh(Z.T @ Z)
        pull = V.T @ Z.T @ z
        spread = 1 / (values + 1 / taus[:, None] ** 2)  # of each axis, by prior sd
        logs = -np.log1p(values * taus[:, None] ** 2).sum(axis=1) / 2
        logs += (spread * pull**2).sum(axis=1) / 2
        weights = np.exp(logs - logs.max()) * taus / (1 + (taus / 20) ** 2)
        weights /= weights.sum()
        means, variances = (spread * pull) @ V.T, spread @ (V**2).T
        mean = weights @ means
        averaged = np.sqrt(weights @ (variances + (means - mean) ** 2)).mean()
        median = np.searchsorted(np.cumsum(weights), 0.5)
        for name, place in (("evidence", np.argmax(logs)), ("hierarchical", median)):
            ratio = np.sqrt(variances[place]).mean() / averaged
            assert found[name][sample] == pytest.approx(ratio, rel=2e-3)


@pytest.mark.slow
def test_draws_estimate_the_exact_densities_of_rows_left_out() -> None:
    """The estimate has an error of draws and of weights; here it is below 0.01 nats."""
    X, y = datasets.diabetes()
    rows = X.to_numpy()[:100, :3], y[:100]
    found = compared_densities(*rows, noise_sd=54.0, prior_sds=(20.0, 5.0))
    assert list(found) == ["exact", "PSIS-LOO", "exact, prior sd 5"]
    assert found["exact"]["difference of a row"] == 0.0
    off, moved = (each["difference of a row"] for each in [*found.values()][1:])
    assert 0 < off < 0.02
    assert moved > 5 * off
    exact = left_out_log_densities(*rows, noise_sd=54.0, prior_sd=20.0).sum()
    assert found["exact"]["sum"] == pytest.approx(exact)


def test_differences_have_the_standard_error_of_pairs() -> None:
    named = {"a": np.array([1.0, 2.0, 3.0]), "b": np.array([2.0, 2.0, 6.0])}
    rows = differences(named, "a")
    assert rows["a"] == {"error": 2.0, "above a": 0.0, "standard error": 0.0}
    assert rows["b"]["above a"] == pytest.approx(4 / 3)
    expected = stats.sem([1.0, 0.0, 3.0])
    assert rows["b"]["standard error"] == pytest.approx(expected)


def test_differences_need_two_errors_of_each_name() -> None:
    with pytest.raises(ValueError, match="named must hold two or more errors each"):
        differences({"a": np.ones(1)}, "a")
    with pytest.raises(ValueError, match=r"named\['b'\] must have 3 entries, got 2"):
        differences({"a": np.ones(3), "b": np.ones(2)}, "a")
