"""The coverage of a wrong model and of split conformal intervals."""

import numpy as np
import pytest
from scipy.stats import beta

from bayes_l2.course.demonstrations.equivalences import conformal


def test_the_figures_of_both() -> None:
    # the trial had 0.61 and 0.91; a count of 10 000 has the standard error 0.005
    assert conformal.wrong_noise().found == pytest.approx(0.61, abs=0.03)
    assert conformal.split_conformal().found == pytest.approx(0.90, abs=0.03)


def test_a_wrong_model_covers_less_than_it_says_at_every_size() -> None:
    for n in (20, 200):
        for p in (2, 10):
            case = conformal.wrong_noise(seed=7, n=n, p=p, fresh=1000)
            assert case.holds
            assert case.allowed < conformal.NOMINAL


@pytest.mark.parametrize(("n", "p"), [(2, 2), (2, 200), (200, 2)])
@pytest.mark.parametrize("calibration", [100, 101, 10_000])
def test_conformal_holds_for_any_model(n: int, p: int, calibration: int) -> None:
    case = conformal.split_conformal(
        seed=7, n=n, p=p, calibration=calibration, fresh=1000
    )
    assert case.holds


def test_a_model_that_is_right_would_not_pass_as_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # power: intervals that cover what they say are far from the prediction
    case = conformal.wrong_noise()
    assert case.allowed < 0.65
    monkeypatch.setattr(conformal, "TRUE", conformal.BELIEVED)
    assert conformal.wrong_noise().found > case.allowed


def test_a_rank_that_is_wrong_by_4_percent_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right = conformal.split_conformal(calibration=10_000, fresh=20_000)
    monkeypatch.setattr(conformal, "_rank", lambda level, c: round((level - 0.04) * c))
    wrong = conformal.split_conformal(calibration=10_000, fresh=20_000)
    assert wrong.found < right.at_least


@pytest.mark.parametrize(("c", "rank"), [(9, 9), (99, 90), (100, 91), (1000, 901)])
def test_the_rank_is_the_least_that_covers_90_percent(c: int, rank: int) -> None:
    assert conformal._rank(0.9, c) == rank
    assert 0.9 <= beta(rank, c + 1 - rank).mean() + 1e-15 <= 0.9 + 1 / (c + 1) + 1e-12


def test_the_ranks_of_the_picture_are_whole() -> None:
    for level in conformal.LEVELS:
        for c in (100, 999, 10_000):
            exact = np.ceil(round(level * (c + 1), 6))
            assert conformal._rank(level, c) == exact
