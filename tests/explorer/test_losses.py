"""The explorer's L1 fits and fits of other losses against routes of the package."""

from typing import Any

import numpy as np
import pytest

from bayes_l2 import LinearModel, fit_map, fit_penalised, likelihoods, priors
from tests.explorer.models import known_scales
from tests.explorer.node import needs_node, run_node

pytestmark = needs_node
FITTED = 1e-7


def centred(fields: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    X, y = np.array(fields["X"]), np.array(fields["y"])
    if fields["intercept"]:
        return X - X.mean(axis=0), y - y.mean()
    return X, y


def l1_problem(seed: int) -> dict[str, Any]:
    """Return a problem whose L1 penalty is up to the one that leaves nothing."""
    fields = known_scales(seed).fields
    fields["intercept"] = True
    X, y = centred(fields)
    rng = np.random.default_rng([21, seed])
    fields["l1"] = float(np.abs(X.T @ y).max() * 10 ** rng.uniform(-3, 0.05))
    return fields


@pytest.mark.parametrize("count", [200, pytest.param(1000, marks=pytest.mark.slow)])
def test_l1_fits_meet_their_condition(count: int) -> None:
    """Slopes of the loss are l1 by sign at a coefficient, and at most l1 at a zero."""
    problems = [l1_problem(seed) for seed in range(count)]
    zeros = 0
    for fields, found in zip(
        problems, run_node([("lasso", each) for each in problems]), strict=True
    ):
        X, y = centred(fields)
        coef, l1 = np.array(found["coef"]), fields["l1"]
        slopes = X.T @ (y - X @ coef)
        off = np.where(coef != 0, abs(slopes - l1 * np.sign(coef)), abs(slopes) - l1)
        assert np.all(off <= 1e-12 * np.linalg.norm(X, axis=0) * np.linalg.norm(y))
        zeros += np.count_nonzero(coef == 0)
    assert zeros > count  # exact ones


@pytest.mark.slow
def test_l1_fits_are_those_of_fit_penalised() -> None:
    problems = [l1_problem(seed) for seed in range(1000)]
    found = run_node([("lasso", each) for each in problems])
    for fields, result in zip(problems, found, strict=True):
        X, y = centred(fields)
        singular_values = np.linalg.svd(X, compute_uv=False)
        model = LinearModel(
            fields["X"],
            fields["y"],
            likelihood=likelihoods.Normal(1.0),
            prior=priors.Laplace(1 / fields["l1"]),
        )
        expected = fit_penalised(model).coef
        change = np.array(result["coef"]) - expected
        assert np.linalg.norm(X @ change) <= FITTED * np.linalg.norm(y)
        if singular_values[-1] > 1e-2 * singular_values[0]:
            sizes = np.linalg.norm(y) / np.linalg.norm(X, axis=0)
            assert np.all(abs(change) <= FITTED * sizes)


def loss_problem(seed: int, loss: str) -> dict[str, Any]:
    """Return a problem with a Gaussian prior of some strength in the columns' units."""
    fields = known_scales(seed).fields
    fields["intercept"] = True
    X, y = centred(fields)
    fields |= {"loss": loss, "scale": float(y.std()), "delta": 1.0}
    if loss == "cross-entropy":
        fields["y"] = np.where(y > np.median(y), 1.0, -1.0).tolist()
        fields["scale"] = 1.0
    rng = np.random.default_rng([22, seed])
    fields["prior_sd"] = float(10 ** rng.uniform(-1, 1) / np.median(X.std(axis=0)))
    return fields


def slopes_of(fields: dict[str, Any], eta: np.ndarray) -> np.ndarray:
    y, scale = np.array(fields["y"]), fields["scale"]
    if fields["loss"] == "cross-entropy":
        return -y / (1 + np.exp(y * eta))
    return -np.clip((y - eta) / scale, -fields["delta"], fields["delta"]) / scale


@pytest.mark.parametrize("loss", ["huber", "cross-entropy"])
def test_smooth_losses_have_no_slope_at_the_fit(loss: str) -> None:
    """Loss and penalty are convex, so a point without a slope is the minimum."""
    problems = [loss_problem(seed, loss) for seed in range(60)]
    found = run_node([("fitLoss", each) for each in problems])
    for fields, result in zip(problems, found, strict=True):
        X, coef = np.array(fields["X"]), np.array(result["coef"])
        eta = result["intercept"] + X @ coef
        slopes = slopes_of(fields, eta)
        columns, _ = centred(fields)
        pull = coef / fields["prior_sd"] ** 2
        total = columns.T @ slopes + pull
        sizes = np.linalg.norm(columns, axis=0) * np.linalg.norm(slopes) + abs(pull)
        # eta has the rounding of terms that cancel, and the slopes have it from there
        terms = abs(result["intercept"]) + (abs(X) @ abs(coef)).max()
        lost = 1e-15 * terms / fields["scale"] ** 2 * np.sqrt(len(X))
        by_rounding = lost * np.linalg.norm(columns, axis=0)
        assert np.all(abs(total) <= 1e-8 * sizes + by_rounding)
        assert abs(slopes.sum()) <= 1e-8 * abs(slopes).sum() + len(X) * lost


@pytest.mark.parametrize(
    ("loss", "count"),
    [
        ("absolute", 8),
        ("cross-entropy", 8),
        pytest.param("absolute", 200, marks=pytest.mark.slow),
        pytest.param("cross-entropy", 200, marks=pytest.mark.slow),
    ],
)
def test_fits_of_a_loss_are_those_of_fit_map(loss: str, count: int) -> None:
    problems = [loss_problem(seed, loss) for seed in range(count)]
    found = run_node([("fitLoss", each) for each in problems])
    for fields, result in zip(problems, found, strict=True):
        likelihood = {
            "absolute": likelihoods.Laplace(fields["scale"]),
            "cross-entropy": likelihoods.Bernoulli(),
        }[loss]
        y = np.array(fields["y"])
        model = LinearModel(
            fields["X"],
            y > 0 if loss == "cross-entropy" else y,
            likelihood=likelihood,
            prior=priors.Normal(fields["prior_sd"]),
        )
        expected = fit_map(model)
        columns, _ = centred(fields)
        change = np.array(result["coef"]) - expected.coef
        assert np.linalg.norm(columns @ change) <= FITTED * np.linalg.norm(y)


def test_separable_classes_without_a_penalty_are_refused() -> None:
    X = [[value] for value in (-2.0, -1.0, 1.0, 2.0)]
    task = {"X": X, "y": [-1, -1, 1, 1], "loss": "cross-entropy", "prior_sd": None}
    (found,) = run_node([("fitLoss", task)])
    assert "separable" in found["error"]


def test_a_median_needs_no_slope() -> None:
    """Least absolute deviations run through as many points as there are parameters."""
    X, y = [[0.0], [1.0], [2.0], [3.0], [4.0]], [0.0, 1.0, 2.0, 3.0, 40.0]
    (found,) = run_node([("fitLoss", {"X": X, "y": y, "loss": "absolute"})])
    assert found["coef"] == pytest.approx([1.0], abs=1e-9)
    assert found["intercept"] == pytest.approx(0.0, abs=1e-9)
    assert found["objective"] == pytest.approx(36.0, abs=1e-8)
