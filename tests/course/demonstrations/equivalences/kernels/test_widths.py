"""Two limits: their constants against simulation, and wrong ones that are noticed."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from bayes_l2.arrays import FloatArray
from bayes_l2.course.demonstrations.equivalences.equivalence import Equivalence
from bayes_l2.course.demonstrations.equivalences.kernels import widths

CASES = [widths.random_features, widths.wide_network]


@pytest.fixture(autouse=True)
def _small_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(widths, "WIDTHS", (100,))


@pytest.mark.parametrize("case", CASES)
def test_the_error_has_the_rate_of_theory(case: Callable[..., Equivalence]) -> None:
    # false alarm 1e-7 a case; the power: errors as 1/width**0.45 at width 1000
    found = case(seed=7, n=15)
    assert found.holds
    assert found.found * 1000**0.05 > found.allowed


@pytest.mark.parametrize("case", CASES)
def test_a_kernel_that_is_wrong_by_20_percent_is_noticed(
    case: Callable[..., Equivalence], monkeypatch: pytest.MonkeyPatch
) -> None:
    approach = widths._approach

    def wrong(claim: str, source: str, kernel: FloatArray, *rest: Any) -> Equivalence:
        return approach(claim, source, 1.2 * kernel, *rest)

    monkeypatch.setattr(widths, "_approach", wrong)
    assert not case(seed=7, width=2000).holds


def test_the_fourth_moments_are_those_of_quadrature(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moments = {}

    def keep(claim: str, source: str, kernel: object, *rest: object) -> tuple:
        x = np.array([0.5, *np.sort(np.random.default_rng(5).uniform(-3, 3, 2))])
        return x, kernel, rest[-1]

    monkeypatch.setattr(widths, "_approach", keep)
    u, a = np.array([1.0, -0.4, 0.3]), np.array([0.0, 0.7, -0.5])
    units = {
        "random_features": lambda x, w, b: np.sqrt(2) * np.cos(w * x + b),
        "wide_network": lambda x, w, b: np.sqrt(2) * np.maximum(0, w * x + b),
    }
    for name, unit in units.items():
        x, kernel, moment = getattr(widths, name)(seed=5, n=2)
        nodes, weights = np.polynomial.legendre.leggauss(400)
        w, of_w = 9 * nodes, 9 * weights * norm.pdf(9 * nodes)
        if name == "random_features":
            b, of_b = np.pi * nodes, weights / 2
        else:
            b, of_b = 9 * nodes, 9 * weights * norm.pdf(9 * nodes)
        mass = np.outer(of_w, of_b)
        z = np.array([unit(each, w[:, None], b[None, :]) for each in x])
        expected = np.sum(
            mass * np.tensordot(u, z, 1) ** 2 * np.tensordot(a, z, 1) ** 2
        )
        moments[name] = moment(u, a) / expected
        prior = np.einsum("iwb,jwb,wb->ij", z, z, mass)
        np.testing.assert_allclose(kernel, prior, atol=1e-4)
    assert moments == pytest.approx(dict.fromkeys(units, 1), rel=1e-4)
