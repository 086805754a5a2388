"""Simulations from a prior, and u against textbook formulas."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from bayes_l2.course.demonstrations.calibration import (
    SETTINGS,
    Simulation,
    calibrate,
    integrals,
    uniformity,
)
from tests.course.demonstrations.calibration.faults import FAULTS

LEVEL = 1e-8  # of one test; there are some 40 of them, so 4e-7 for a run


def textbook(simulation: Simulation, noise_sd: float, prior_sd: float) -> Any:
    """Return mean and covariance of (intercept, coef), by the normal equations."""
    X, y = simulation.model.rows("the test")
    weights: Any = simulation.model.weights
    columns = np.column_stack([np.ones(len(y)), X])
    precision = columns.T * weights @ columns / noise_sd**2
    precision[1:, 1:] += np.eye(X.shape[1]) / prior_sd**2
    covariance = np.linalg.inv(precision)
    return covariance @ (columns.T * weights @ y) / noise_sd**2, covariance


@pytest.mark.parametrize("seed", range(5))
def test_u_is_the_textbook_distribution_function(seed: int) -> None:
    rng = np.random.default_rng(seed)
    simulation = Simulation.draw(SETTINGS["known scales"], rng, rows=(5, 30))
    truth, row = simulation.truth, simulation.row
    sds = truth["noise_sd"], truth["prior_sd"]
    mean, covariance = textbook(simulation, *sds)
    point = np.array([truth["intercept"], *(truth[f"x{j}"] for j in range(len(row)))])
    new = np.append(1.0, row)
    line_sd = np.sqrt(new @ covariance @ new)
    distance = (point - mean) @ np.linalg.solve(covariance, point - mean)
    expected = {
        "intercept": stats.norm.cdf(point[0], mean[0], covariance[0, 0] ** 0.5),
        "first coefficient": stats.norm.cdf(point[1], mean[1], covariance[1, 1] ** 0.5),
        "mean of a new y": stats.norm.cdf(new @ point, new @ mean, line_sd),
        "new y": stats.norm.cdf(
            simulation.new_y, new @ mean, np.hypot(line_sd, sds[0])
        ),
        "all coefficients": stats.chi2.cdf(distance, len(point)),
    }
    found = integrals(simulation)
    assert found == {name: pytest.approx(u, abs=1e-8) for name, u in expected.items()}


def test_a_simulation_has_the_moments_of_its_setting() -> None:
    rng = np.random.default_rng(0)
    drawn = [Simulation.draw(SETTINGS["unknown noise"], rng) for _ in range(300)]
    sizes = np.array([each.model.n_rows for each in drawn])
    assert sizes.min() == 3
    assert sizes.max() in (99, 100)
    assert all(len(each.row) <= 2 * each.model.n_rows for each in drawn)
    coef = np.concatenate(
        [[each.truth[f"x{j}"] for j in range(len(each.row))] for each in drawn]
    )
    # 5 standard errors of the variance of so many standard normal numbers
    assert abs(coef.var() - 1) < 5 * np.sqrt(2 / len(coef))
    scaled = [
        (each.new_y - each.truth["intercept"] - each.row @ own) / each.truth["noise_sd"]
        for each in drawn
        for own in [np.array([each.truth[f"x{j}"] for j in range(len(each.row))])]
    ]
    assert stats.kstest(scaled, "norm").pvalue > 1e-7


@pytest.mark.parametrize("name", SETTINGS)
def test_exact_posteriors_are_calibrated(name: str) -> None:
    setting = SETTINGS[name]
    count = 100 if setting.is_closed else 20 if name != "both unknown" else 8
    found = calibrate(setting, count, seed=[1, *map(ord, name)])
    for quantity, u in found.items():
        assert uniformity(u).p_value > LEVEL, quantity
    expected = {"intercept", "first coefficient", "mean of a new y", "new y"}
    assert expected <= set(found)
    assert ("all coefficients" in found) == setting.is_closed


def test_a_wrong_prior_sd_is_seen() -> None:
    """The prior sd is half of the true one: 150 simulations see it."""
    right = SETTINGS["known scales"]
    wrong = replace(
        right,
        model=lambda X, y, w, noise, prior: right.model(X, y, w, noise, prior / 2),
    )
    found = calibrate(wrong, 150, seed=3)
    assert uniformity(found["all coefficients"]).p_value < LEVEL
    assert uniformity(found["first coefficient"]).sd > 1.2


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = FAULTS[name]
    fault.put_in(monkeypatch)
    setting = SETTINGS[fault.setting]
    found = calibrate(setting, 400 if setting.is_closed else 80, seed=4)
    assert uniformity(found[fault.quantity]).p_value < LEVEL
