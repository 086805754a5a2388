"""Random effects, by the equations of mixed models."""

from typing import Any

import numpy as np
import pytest

from bayes_l2.course.demonstrations.equivalences import mixed


def _henderson(
    x: Any, y: Any, Z: Any, sds: Any, noise_sd: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return solution and sds of the equations of Henderson (1975)."""
    W = np.column_stack([np.ones_like(x), x, Z])
    system = W.T @ W / noise_sd**2 + np.diag([0, 0, *(1 / np.square(sds))])
    inverse = np.linalg.inv(system)
    return inverse @ W.T @ y / noise_sd**2, np.sqrt(np.diag(inverse))


def test_the_difference_is_that_of_rounding() -> None:
    for seed in range(3):
        case = mixed.random_effects(seed=seed)
        assert case.found < 1e-13
        assert case.found < 0.3 * case.allowed < 1e-10


@pytest.mark.parametrize(("n", "groups"), [(4, 2), (4, 100), (30, 30), (200, 3)])
def test_groups_without_rows_and_of_one_row(n: int, groups: int) -> None:
    assert mixed.random_effects(n=n, groups=groups, seed=n).holds


def test_the_formulas_solve_the_equations_of_henderson() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.standard_normal((2, 25))
    Z = (rng.integers(6, size=25)[:, None] == np.arange(6)).astype(float)
    Z = np.hstack([Z, Z * x[:, None]])
    sds = np.repeat([mixed.LEVEL_SD, mixed.SLOPE_SD], 6)
    beta, u, sd = mixed._blup(x, y, Z, sds)
    solution, errors = _henderson(x, y, Z, sds, mixed.NOISE_SD)
    np.testing.assert_allclose(np.append(beta, u), solution, rtol=0, atol=1e-13)
    np.testing.assert_allclose(sd, errors, rtol=1e-13)


@pytest.mark.parametrize("place", [1, -1])
def test_one_penalty_that_is_a_millionth_off_is_noticed(
    place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    normal = mixed.priors.Normal

    def off(sd: list[float]) -> Any:
        sds = np.array(sd)
        sds[place] *= 1 + 1e-6
        return normal(sds)

    monkeypatch.setattr(mixed.priors, "Normal", off)
    case = mixed.random_effects()
    assert case.found > 1e3 * case.allowed


def test_a_penalised_slope_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    normal = mixed.priors.Normal
    monkeypatch.setattr(
        mixed.priors, "Normal", lambda sd: normal(np.minimum(sd, 100.0))
    )
    assert not mixed.random_effects().holds


def test_a_group_keeps_its_share() -> None:
    """A group of one row keeps 1 / (1 + 1 / 0.8²) = 0.39 of its residual."""
    kept, theory = mixed.random_effects().picture.curves.values()
    assert kept.y[0] == pytest.approx(0.64 / 1.64, rel=1e-12)
    assert kept.x[0] == 1
    np.testing.assert_allclose(kept.y, kept.x / (kept.x + 1 / 0.64), rtol=1e-10)
    assert theory.x[-1] == np.max(kept.x)
