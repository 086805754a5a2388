"""Risks of shrinkage against integrals and traces; a wrong rule is noticed."""

from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from bayes_l2.course.demonstrations.equivalences import shrinkage


def test_james_and_stein_have_a_risk_of_6_21_in_place_of_10() -> None:
    assert shrinkage._risk(10, 10) == pytest.approx(6.209, abs=1e-3)
    case = shrinkage.james_stein(seed=0)
    assert "6.21 by theory and 6.20 in 100000 draws, against 10" in case.reason
    # the least risk that a penalty can have is known, and the rule is close to it
    assert shrinkage._risk(10, 10) > 10 * 10 / 20


@pytest.mark.parametrize(("p", "size"), [(10, 0), (10, 3), (25, 40)])
def test_the_series_is_the_integral_over_chi_square(p: int, size: float) -> None:
    law: Any = stats.ncx2(p, size) if size else stats.chi2(p)
    inverse = quad(lambda q: law.pdf(q) / q, 0, np.inf, epsabs=1e-12)[0]
    integral = p - (p - 2) ** 2 * inverse
    assert shrinkage._risk(p, size) == pytest.approx(integral, rel=1e-7)


@pytest.mark.parametrize("most", [np.inf, 1.0])
def test_a_gain_is_what_the_rule_errs_less_than_y(most: float) -> None:
    noise = np.random.default_rng(1).standard_normal((5, 10))
    theta = np.zeros(10)
    theta[0] = 1.5
    y = theta + noise
    cut = np.minimum(8 / np.sum(y**2, axis=1), most)[:, None]
    losses = np.sum(((1 - cut) * y - theta) ** 2, axis=1)
    gains = shrinkage._gains(noise, 1.5**2, 8, most)
    np.testing.assert_allclose(gains, np.sum(noise**2, axis=1) - losses, rtol=1e-12)


def test_p_in_the_place_of_p_minus_2_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right = shrinkage._gains

    def wrong(noise: Any, size: float, constant: float, most: float = np.inf) -> Any:
        return right(noise, size, constant + 2, most)

    monkeypatch.setattr(shrinkage, "_gains", wrong)
    assert not shrinkage.james_stein(size=1).holds


@pytest.mark.parametrize(("p", "size"), [(3, 1), (3, 1000), (100, 50)])
def test_the_evidence_gives_the_rule_with_p_for_p_minus_2(p: int, size: int) -> None:
    assert shrinkage.penalty_by_evidence(p=p, size=size, seed=3).holds


def test_where_y_is_short_the_evidence_leaves_nothing_of_it() -> None:
    # with seed 0 and size 10, the squared length of y is below p
    case = shrinkage.penalty_by_evidence(size=10)
    assert "where 0.000 of y is left" in case.picture.alt
    assert case.found < 1e-13


def test_a_noise_sd_that_is_wrong_by_one_percent_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right = shrinkage.ridge_model

    def wrong(X: Any, y: Any, noise_sd: float, prior_sd: Any) -> Any:
        return right(X, y, noise_sd * 1.01, prior_sd)

    monkeypatch.setattr(shrinkage, "ridge_model", wrong)
    assert not shrinkage.penalty_by_evidence().holds


def test_ridge_has_no_peak_and_least_squares_has_one_at_as_many_rows() -> None:
    case = shrinkage.double_descent(p=20, draws=200)
    curves = case.picture.curves
    rows, found = curves["least squares, draws"].x, curves["least squares, draws"].y
    assert rows[np.argmax(found)] == 20
    variance = curves["posterior variance"].y
    assert np.all(np.diff(variance) < 0)
    assert variance[0] < 1
    X = np.random.default_rng(0).standard_normal((80, 20))
    for n, ours in zip(rows, variance, strict=True):
        precision = X[:n].T @ X[:n] / 0.25 + 20 * np.eye(20)
        assert ours == pytest.approx(np.trace(np.linalg.inv(precision)), rel=1e-10)


def test_the_mean_risk_over_rows_is_that_of_many_rows() -> None:
    # 400 designs far from p = n, where the mean has a variance: off by 4 % at 5 se
    n, risk = shrinkage._mean_over_rows(10, 40, 0.5, 10**-0.5)
    rng = np.random.default_rng(0)
    for few in (4, 30):
        s = np.linalg.svd(rng.standard_normal((400, few, 10)), compute_uv=False)
        mean = np.mean(np.sum(0.25 / s**2, axis=1)) + max(10 - few, 0) / 10
        assert risk[n == few][0] == pytest.approx(mean, rel=0.05)
    assert np.all(np.isnan(risk[(n >= 9) & (n <= 11)]))


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_another_penalty_than_the_prior_is_noticed(
    monkeypatch: pytest.MonkeyPatch, factor: float
) -> None:
    right = shrinkage.ridge_model

    def wrong(X: Any, y: Any, noise_sd: float, prior_sd: Any) -> Any:
        return right(X, y, noise_sd, prior_sd * factor**0.5)

    monkeypatch.setattr(shrinkage, "ridge_model", wrong)
    assert not shrinkage.double_descent(p=10, draws=400).holds


def test_the_bound_on_a_mean_of_squares_keeps_its_false_alarm_rate() -> None:
    # one weight is the worst: a chi square of as many degrees as draws
    draws = 100
    x = np.log(2 * 26 / 1e-7)
    allowed = np.sqrt(2 * x) + x * np.sqrt(2 / draws)
    law = stats.chi2(draws)
    error = np.sqrt(2 * draws)
    outside = law.sf(draws + allowed * error) + law.cdf(draws - allowed * error)
    assert 26 * outside < 1e-7
