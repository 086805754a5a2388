"""Under L1 penalties MAP and penalised fit are compared by their objectives."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bayes_l2 import LinearModel, compare, likelihoods, priors

CLAIM = "the MAP is the penalised fit"


@pytest.fixture(scope="module")
def comparison() -> Any:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((40, 3))
    y = X @ [1.0, 0.0, -2.0] + 0.1 * rng.standard_normal(40)
    model = LinearModel(
        X, y, likelihood=likelihoods.Normal(0.1), prior=priors.Laplace(0.5)
    )
    return compare(model, routes=["penalised", "map"])


def verdict(comparison: Any, **objectives: float) -> Any:
    changed = {
        route: replace(getattr(comparison, route), objective=value)
        for route, value in objectives.items()
    }
    checks = replace(comparison, **changed).checks
    (found,) = [check for check in checks if check.claim == CLAIM]
    return found


@pytest.mark.parametrize("level", [-1e4, -50.0, 0.0, 50.0, 1e4])
@pytest.mark.parametrize("sign", [-1, 1])
def test_a_difference_of_either_sign_counts(
    comparison: Any, level: float, sign: int
) -> None:
    """It is in units of the objective, whose own sign does not matter."""
    unit = max(1.0, abs(level))
    for part, passes in ((1e-7, True), (1e-5, False)):
        found = verdict(comparison, penalised=level + sign * part * unit, map=level)
        assert found.passed is passes
        assert found.statistic == pytest.approx(part, rel=1e-4)


def test_as_they_are_they_agree(comparison: Any) -> None:
    assert verdict(comparison).passed
