"""Three exact disguises, each held against codes that its case does not use."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import multivariate_normal

from bayes_l2.course.demonstrations.equivalences.kernels import curves, processes


def test_kernel_ridge_is_the_mean_to_the_last_digits() -> None:
    assert processes.kernel_ridge().found < 1e-12


@pytest.mark.parametrize("n", [2, 200])
@pytest.mark.parametrize("length", [1, 10])
def test_kernel_ridge_at_the_corners_of_its_sizes(n: int, length: int) -> None:
    assert processes.kernel_ridge(seed=7, n=n, length=length).holds


@pytest.mark.parametrize(("n", "p"), [(2, 2), (2, 200), (200, 2), (60, 60)])
def test_a_linear_kernel_at_the_corners_of_its_sizes(n: int, p: int) -> None:
    case = processes.linear_kernel(seed=7, n=n, p=p)
    assert case.holds
    assert case.found < 1e-11


@pytest.mark.parametrize("features", [1, 8, 20, 30, 100])
@pytest.mark.parametrize("n", [2, 30])
def test_features_left_out_hide_no_more_than_the_bound(n: int, features: int) -> None:
    assert processes.sd_of_functions(seed=7, n=n, features=features).holds


def test_the_bound_of_features_left_out_is_nearly_reached() -> None:
    # power: a bound that is far too large would hold for wrong codes as well
    case = processes.sd_of_functions(features=20)
    assert case.found > 1e-4
    assert case.found / case.allowed > 0.99


def test_a_wrong_penalty_or_length_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    gaussian = curves.gaussian
    with monkeypatch.context() as patch:
        patch.setattr(
            processes,
            "gaussian",
            lambda x, length: gaussian(x, (1 + 1e-9) * length),
        )
        assert not processes.kernel_ridge().holds
    with monkeypatch.context() as patch:
        row_by_row = curves.row_by_row
        patch.setattr(
            processes,
            "row_by_row",
            lambda cov, y, variance: row_by_row(cov, y, (1 + 1e-9) * variance),
        )
        assert not processes.kernel_ridge().holds
    for name in ("linear_kernel", "sd_of_functions"):
        with monkeypatch.context() as patch:
            patch.setattr(
                processes.priors, "Normal", _scaled(processes.priors.Normal, 1 + 1e-9)
            )
            assert not getattr(processes, name)().holds


def _scaled(prior: Callable[..., Any], factor: float) -> Callable[[float], Any]:
    return lambda sd: prior(factor * sd)


def test_row_by_row_is_the_conditional_normal() -> None:
    cov = curves.gaussian(np.array([0.0, 0.7, 2.0]))
    mean, after = curves.row_by_row(cov, np.array([1.5]), 0.2)
    normal: Any = multivariate_normal
    joint = normal([0, 0], cov[:2, :2] + np.diag([0.2, 0]))
    total = quad(lambda f: joint.pdf([1.5, f]), -9, 9)[0]
    first = quad(lambda f: f * joint.pdf([1.5, f]), -9, 9)[0] / total
    second = quad(lambda f: f**2 * joint.pdf([1.5, f]), -9, 9)[0] / total
    assert mean[1] == pytest.approx(first, abs=1e-9)
    assert after[1, 1] == pytest.approx(second - first**2, abs=1e-9)


def test_the_features_sum_to_the_kernel() -> None:
    x = np.linspace(-3, 3, 7)
    features = curves.taylor(x, 60)
    np.testing.assert_allclose(features @ features.T, curves.gaussian(x), atol=1e-14)
