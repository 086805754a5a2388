"""Columns, noise and priors near the ends of the range of doubles.

Each case shows a kind of fault that random models found. The truth has hundreds of
digits.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bayes_l2 import fit_exact, fit_map, fit_ridge
from tests.many_digits import posterior
from tests.oracles import in_sds, parameters
from tests.strategies import Case


def case(X: Any, y: Any, **options: Any) -> Case:
    X = np.array(X, dtype=float)
    terms = {"weights": None, "noise_sd": 1.0, "intercept": True} | options
    sds = np.broadcast_to(terms.pop("prior_sds"), X.shape[1])
    return Case(X, np.array(y, dtype=float), prior_sds=sds, **terms)


ROWS = [[1.0, 0.3], [2.0, -1.0], [-0.5, 0.2], [0.1, 1.7]]
Y = [1.0, 2.0, 0.5, -1.0]
FAR = {
    "columns of 1e150 and 1e-150": case(
        np.array(ROWS) * [1e150, 1e-150], Y, prior_sds=[1e-150, 1e150]
    ),
    "columns of 1e150, noise of 1e-10": case(
        1e150 * np.array(ROWS), 1e-10 * np.array(Y), noise_sd=1e-10, prior_sds=1e-140
    ),
    "a prior of 1e-100 for one column, and of 1e100 for the other": case(
        np.array(ROWS) * [1e100, 1e-100], Y, noise_sd=1e-3, prior_sds=[1e-100, 1e100]
    ),
    "columns and sds of 1e-150": case(
        1e-150 * np.array(ROWS),
        1e-150 * np.array(Y),
        noise_sd=1e-150,
        prior_sds=1.0,
        intercept=False,
    ),
    "heavy rows, columns of 1e148": case(
        1e148 * np.array(ROWS), Y, prior_sds=1e-148, weights=np.full(4, 1e12)
    ),
}


@pytest.mark.parametrize("name", FAR)
def test_every_route_in_units_of_its_own(name: str) -> None:
    """Squares overflow: fit_map leaked warnings, and fit_ridge an OverflowError."""
    each = FAR[name]
    truth, model = posterior(each), each.model
    mean, sd = (np.array([float(v) for v in part]) for part in (truth.mean, truth.sd))
    exact = fit_exact(model)
    np.testing.assert_allclose(exact.sd, sd, rtol=1e-12)
    for fit in (exact, fit_map(model), fit_ridge(model)):
        assert in_sds(parameters(model, fit), mean, sd) < 1e-9
        assert getattr(fit, "converged", True)
    # the density at the point, which is in the units of the model
    point = fit_map(model)
    log_joint = -float(truth.squares) / 2 + _log_factor(each)
    assert -point.objective == pytest.approx(log_joint, rel=1e-12)


def _log_factor(each: Case) -> float:
    p = each.X.shape[1]
    constant = -0.5 * (len(each.y) + p) * np.log(2 * np.pi)
    logs = len(each.y) * np.log(each.noise_sd) + np.log(each.prior_sds).sum()
    if each.weights is not None:
        logs -= 0.5 * np.log(each.weights).sum()
    return float(constant - logs)


@pytest.mark.parametrize(("size", "noise_sd"), [(1e40, 1e-140), (1e-20, 1e140)])
def test_a_covariance_beyond_doubles_is_refused_and_the_sds_are_not(
    size: float, noise_sd: float
) -> None:
    """The sds are 1e-180 and 1e160, and their squares are no doubles."""
    options = {"noise_sd": noise_sd, "prior_sds": np.inf, "intercept": False}
    each = case(size * np.array(ROWS), np.zeros(4), **options)
    exact = fit_exact(each.model)
    np.testing.assert_allclose(
        exact.sd, [float(v) for v in posterior(each).sd], rtol=1e-12
    )
    with pytest.raises(ValueError, match="use sd, or rescale") as refusal:
        _ = exact.cov
    assert "\n" not in str(refusal.value)


def test_predictions_of_nearly_equal_columns_under_a_wide_prior() -> None:
    """Terms of 1e22 cancel in an sd of 0.7: predict said 1e5."""
    rng = np.random.default_rng(3)
    x = rng.standard_normal(6)
    X = np.column_stack([x, x + 1e-10 * rng.standard_normal(6), x])
    each = case(X, x + 1, prior_sds=1e22, noise_sd=1.0)
    truth, exact = posterior(each), fit_exact(each.model)
    mean, sd = exact.predict(X, return_sd=True, observation_noise=False)
    expected = [truth.at(row, intercept=True) for row in X]
    np.testing.assert_allclose(sd, [float(s) for _, s in expected], rtol=1e-9)
    for ours, (theirs, spread) in zip(mean, expected, strict=True):
        assert abs(ours - float(theirs)) < 1e-9 * spread
    assert np.all(exact.predict(X) == mean)


def test_an_sd_beyond_doubles_is_refused_in_one_line() -> None:
    """The intercept has an sd of 4e337."""
    each = case([[-4e45, 2e46]], [1e130], noise_sd=1e142, prior_sds=1e150)
    relative = replace(each, relative=True)
    with pytest.raises(ValueError, match="beyond double precision") as refusal:
        fit_exact(relative.model)
    assert "\n" not in str(refusal.value)


def test_a_precision_beyond_doubles_is_refused_in_one_line() -> None:
    each = case(ROWS, Y, noise_sd=1e-150, prior_sds=1.0, weights=np.full(4, 1e12))
    with pytest.raises(ValueError, match="total weight / noise_sd²") as refusal:
        fit_exact(each.model)
    assert "\n" not in str(refusal.value)
