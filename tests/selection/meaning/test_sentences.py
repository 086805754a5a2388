"""The sentences of a meaning, for numbers that are set by hand."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from bayes_l2 import PenaltyMeaning, penalty_meaning
from bayes_l2.selection.meaning.explained import RSquared
from bayes_l2.selection.meaning.sentences import (
    _is_one,
    blocks,
    percent,
    text_of,
    within,
)
from tests.selection.meaning.cases import PROBLEMS

ZEROS = np.zeros(4)


@cache
def plain() -> PenaltyMeaning:
    return penalty_meaning(PROBLEMS["plain"].model)


def of(**numbers: Any) -> PenaltyMeaning:
    """Return the meaning of three columns and an intercept with numbers by hand."""
    by_hand: dict[str, Any] = {
        "prior_prediction_sd": 2.0,
        "y_sd": 4.0,
        "column_sd": np.ones(3),
        "prior_sd": np.full(3, 10.0),
        "posterior_mean": np.array([9.0, 1.0, -15.0, 2.0]),
        "posterior_sd": np.array([3.0, 1.0, 2.0, 4.0]),
        "degrees_of_freedom": 2.5,
        "prior_r2": RSquared(np.linspace(0.2, 0.8, 101)),
        "posterior_r2": RSquared(np.linspace(0.5, 0.6, 101)),
        "mean_by_log_penalty": np.array([50.0, 1.0, -6.0, 8.0]),
        "sd_by_log_penalty": np.array([9.0, 9.0, -0.4, 9.0]),
        "mean_by_log_noise_sd": np.array([50.0, 1.0, 2.0, 6.0]),
        "sd_by_log_noise_sd": np.array([9.0, 9.0, 9.0, 2.0]),
    }
    return replace(plain(), **by_hand | numbers)


def said(**numbers: Any) -> list[str]:
    return [each for _, sentences in blocks(of(**numbers)) for each in sentences]


def test_all_sentences_for_numbers_by_hand() -> None:
    assert [heading for heading, _ in blocks(of())] == [
        "This penalty says, before any data:",
        "With the data it says:",
    ]
    assert said() == [
        "In a typical row the prediction is the mean of y ± 2, one prior sd. That is "
        "0.5 times the sd of y.",
        "R², the share of the variance of a new y that the columns explain, has the "
        "median 50 %, and is between 23 % and 77 % with a probability of 90 %.",
        "A coefficient beyond ±19.6 is a surprise: its probability is 5 %. That is "
        "1.96 prior sds.",
        "R² has the median 55 %, and is between 50 % and 60 % with a probability of "
        "90 %: as the penalty expected.",
        "The effective number of coefficients is 2.5 of 3.",
        "The coefficient furthest out is that of 'x1', 1.5 prior sds from its prior "
        "mean: no surprise.",
        "A penalty 10 % larger moves 'x1' the most: its mean by -0.3 posterior sds, "
        "its sd by -2 %, to first order. The noise sd is held fixed.",
        "A noise sd 10 % larger moves 'x2' the most: its mean by 0.15 posterior sds, "
        "its sd by 5 %, to first order. The prior sd is held fixed.",
    ]


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "0 %"),
        (5e-5, "below 0.01 %"),
        (1e-4, "0.01 %"),
        (0.005, "0.50 %"),
        (0.01, "1.0 %"),
        (0.05, "5.0 %"),
        (0.1, "10 %"),
        (0.5, "50 %"),
        (0.85, "85 %"),
        (0.95, "95.0 %"),
        (0.995, "99.50 %"),
        (1 - 5e-5, "above 99.99 %"),
        (1.0, "100 %"),
    ],
)
def test_a_share_in_per_cent_has_digits_near_its_ends(share: float, words: str) -> None:
    assert percent(share) == words


def test_shares_beyond_a_bound_have_no_interval() -> None:
    assert within(RSquared(np.full(3, 1 - 5e-5))).startswith("is above 99.99 % with")
    assert within(RSquared(np.full(3, 5e-5))).startswith("is below 0.01 % with")
    for share, words in ((1e-4, "0.01 %"), (1.0 - 1e-4, "above 99.99 %")):
        assert within(RSquared(np.full(3, share))).startswith(f"has the median {words}")


@pytest.mark.parametrize(
    ("median", "words"),
    [
        (0.5, "as the penalty expected"),  # as the 95 % quantile, and the 5 % one
        (0.51, "more than the penalty expected"),
        (0.49, "less than the penalty expected"),
    ],
)
def test_the_median_after_the_data_is_judged(median: float, words: str) -> None:
    before, after = (RSquared(np.full(3, share)) for share in (0.5, median))
    assert said(prior_r2=before, posterior_r2=after)[3].endswith(f": {words}.")


def test_a_surprise_is_more_than_two_prior_sds() -> None:
    mean, prior_sd = np.array([0.0, 1.96, 0.0, 0.0]), np.array([1.0, 9.0, 9.0])
    found = said(posterior_mean=mean, prior_sd=prior_sd)[5]
    assert found.endswith("'x0', 2 prior sds from its prior mean: no surprise.")
    found = said(posterior_mean=np.array([0.0, 0.0, -19.7, 0.0]))[5]
    assert found.endswith("prior sds from its prior mean: a surprise.")


def test_columns_are_named_where_their_sizes_differ_by_more_than_a_hundredth() -> None:
    assert "beyond ±196 is" in said(prior_sd=np.array([100.0, 99.2, 99.5]))[2]
    assert _is_one(np.array([100.0, 99.0]))
    assert not _is_one(np.array([1.0, -100.0, -99.0]))
    assert not _is_one(np.array([-100.0, -98.9]))
    assert (
        "A coefficient beyond ±39.2 for 'x1' to ±196 for 'x0' is a surprise"
        in (said(prior_sd=np.array([100.0, 20.0, 30.0]))[2])
    )
    unlike = said(column_sd=np.array([1.0, 3.0, 2.0]))[2]
    assert unlike.endswith(
        "Per sd of its column that is ±19.6 for 'x0' to ±58.8 for 'x1'."
    )
    for sd in (0.985, 1.02):  # of all columns
        alike = said(column_sd=np.full(3, sd))[2]
        assert alike.endswith(f"Per sd of its column that is ±{19.6 * sd:.3g}.")
    for sds in (np.full(3, 1.005), np.array([1.002, 1.0105, 1.002])):
        assert "Per sd" not in said(column_sd=sds)[2]


def test_a_prior_mean_is_where_predictions_and_surprises_begin() -> None:
    found = said(prior_mean=np.array([0.0, 1.0, 0.0]))
    assert "the prediction is its prior mean ± 2" in found[0]
    assert "beyond ±19.6 from its prior mean is a surprise" in found[2]


def test_lines_are_broken_between_words_and_keep_their_signs() -> None:
    for width in (30, 37, 80):
        lines = text_of(of(), width).split("\n")
        assert max(map(len, lines[1:3])) <= width
        assert all(line[:2] in ("- ", "  ") for line in lines if "says" not in line)
        assert not any(line.strip().startswith("%") for line in lines)
        assert " ".join(line.strip("- ") for line in lines if line[:2] == "- ")
        words = " ".join(" ".join(lines).replace("- ", " ").split())
        assert all(each in words for each in said()[3:6])
    headings = [line for line in str(of()).split("\n") if line.endswith(":")]
    assert headings == [heading for heading, _ in blocks(of())]
    model = plain().model
    names = ("s-y-s-t-o-l-i-c", "d-i-a-s-t-o-l-i-c", "h-e-a-r-t")
    hyphens = replace(model.statistics, feature_names=names)
    named = of(model=replace(model, data=hyphens))
    lines = [
        line for width in range(30, 50) for line in text_of(named, width).split("\n")
    ]
    assert not any(line.endswith("-") for line in lines)
    assert text_of(of(), 5) == text_of(of(), 30)
    longest = max(map(len, str(of()).split("\n")))
    assert 76 <= longest <= 80
