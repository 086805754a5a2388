"""Tests of uniformity: their level, their power, and the band."""

import numpy as np
import pytest
from arviz_stats.ecdf_utils import ecdf_pit
from scipy import stats

from bayes_l2.course.demonstrations.calibration import band, power, uniformity
from bayes_l2.course.figures.calibration import calibrations
from bayes_l2.drawing import description

RNG = np.random.default_rng(0)


def test_a_p_value_is_below_a_level_no_more_often_than_the_level_says() -> None:
    found = [uniformity(RNG.uniform(size=40)).p_value for _ in range(400)]
    # 5 standard errors above 5 %; the three tests overlap, so it may be below
    assert np.mean(np.array(found) < 0.05) < 0.05 + 5 * np.sqrt(0.05 * 0.95 / 400)
    assert np.mean(np.array(found) < 0.05) > 0.01


@pytest.mark.parametrize("ratio", [0.9, 1.1])
def test_the_power_is_how_often_a_wrong_sd_is_seen(ratio: float) -> None:
    count, level = 500, 0.01
    seen = [
        uniformity(stats.norm.cdf(ratio * RNG.standard_normal(count))).p_value < level
        for _ in range(300)
    ]
    expected = power(count, ratio, level)
    assert abs(np.mean(seen) - expected) < 5 * np.sqrt(expected * (1 - expected) / 300)


def test_the_power_for_a_student_t_is_less() -> None:
    count, level, df = 500, 0.01, 4.0
    t = stats.t.rvs(df, size=(400, count), random_state=RNG)
    seen = [uniformity(u).p_value < level for u in stats.t.cdf(1.1 * t, df)]
    expected = power(count, 1.1, level, df=df)
    assert expected < power(count, 1.1, level) - 0.05
    # the derivative at 1 stands for the step to 1.1, and other tests add a little
    assert abs(np.mean(seen) - expected) < 0.03 + 5 * np.sqrt(0.25 / 400)


def test_shapes_that_have_mean_0_and_sd_1_are_seen_too() -> None:
    z = np.where(RNG.uniform(size=2000) < 0.5, -1.0, 1.0)
    z = np.sqrt(0.9) * z + np.sqrt(0.1) * RNG.standard_normal(2000)
    assert uniformity(stats.norm.cdf(z)).p_value < 1e-8


def test_the_band_is_that_of_arviz() -> None:
    places, low, high = band(100, seed=1)
    at, _, lower, upper = ecdf_pit(RNG.uniform(size=100), 0.95, 4000)
    np.testing.assert_allclose(places, at[1:-1])
    # counts of 100, of which a draw of samples can move one by a unit
    assert np.abs(low + places - lower[1:-1]).max() <= 0.01 + 1e-9
    assert np.abs(high + places - upper[1:-1]).max() <= 0.01 + 1e-9


def test_the_band_holds_95_of_100_lines() -> None:
    places, low, high = band(300)
    u = np.sort(RNG.uniform(size=(2000, 300)), axis=1)
    lines = (u[:, :, np.newaxis] <= places).mean(axis=1) - places
    held = ((lines >= low - 1e-9) & (lines <= high + 1e-9)).all(axis=1).mean()
    # 5 standard errors, of the lines and of the 4000 samples of the band
    assert abs(held - 0.95) < 5 * np.sqrt(0.05 * 0.95 * (1 / 2000 + 1 / 4000)) + 0.01


@pytest.mark.parametrize("u", [[], [0.5, np.nan], [1.5], [-0.1]])
def test_values_that_are_no_probabilities_are_refused(u: list[float]) -> None:
    with pytest.raises(ValueError, match=r"^u must hold one or more numbers from 0 to"):
        uniformity(u)


def test_values_at_the_ends_count_as_near_them() -> None:
    assert np.isfinite(uniformity([0.0, 1.0]).sd)


def test_the_figure_says_which_lines_leave_the_band() -> None:
    right = RNG.uniform(size=500)
    wrong = stats.norm.cdf(1.5 * RNG.standard_normal(500))
    figure = calibrations({"one": {"a": right, "b": wrong}, "two": {"a": right}})
    words = description(figure)
    assert words.endswith("Lines that leave the band: 1 of 2 in the panel one.")
    assert description(calibrations({"two": {"a": right}})).endswith("band: none.")
    assert len(figure.axes[0].lines) == 2
