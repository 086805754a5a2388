"""Numbers of a column stand with their points, and their units, above each other."""

import re

import numpy as np
import pytest

from bayes_l2.comparison.check import Check
from bayes_l2.comparison.text.numbers import (
    aligned,
    aligned_html,
    as_text,
    decimals_for,
)


@pytest.mark.parametrize(
    ("sd", "shown"),
    [
        (2.8, "24.69"),
        (11.6, "24.7"),
        (0.0123, "24.6883"),
        (345.6, "25"),
        (1e9, "24.69"),
        (99_999.0, "25"),
        (1e5, "24.69"),
        (1.001e-4, "24.688250"),
        (1e-4, "24.69"),
        (1e-9, "24.69"),
    ],
)
def test_numbers_have_the_digits_that_their_sd_gives_meaning(
    sd: float, shown: str
) -> None:
    assert f"{24.688250:{decimals_for(sd)}}" == shown


@pytest.mark.parametrize("value", [-0.0, -0.0004, 0.0])
def test_no_zero_is_negative(value: float) -> None:
    assert as_text(value, ".2f") == "0.00"


def test_no_number_is_empty() -> None:
    assert as_text(np.nan, ".2f") == ""


COLUMNS = {
    "decimals": ["152.13", "-13.7", "5530", "-0.0004", ""],
    "powers": ["7.7e-15 sd", "2.139 MCSE", "6849", "0", "2.991e+18 sd", ""],
    "bounds": ["≤ 1e-08", "≥ 400", "≤ 6.43", "≤ 0"],
    "no numbers": ["inf", "-inf", "nan", "1.5"],
}


@pytest.mark.parametrize("name", COLUMNS)
def test_points_and_units_stand_above_each_other(name: str) -> None:
    texts = COLUMNS[name]
    shown = aligned(texts)
    assert len({len(text) for text in shown}) == 1
    # nothing but spaces is added
    for before, after in zip(texts, shown, strict=True):
        assert after.replace(" ", "") == before.replace(" ", "")
    found = [re.search(r"(?<=\d)(?=[.e ]|$)|(?<=nan)|(?<=inf)", each) for each in shown]
    assert len({each.start() for each in found if each}) == 1
    units = [re.search("sd|MCSE", each) for each in shown]
    assert len({each.start() for each in units if each}) <= 1


@pytest.mark.parametrize("name", COLUMNS)
def test_a_notebook_gives_each_part_the_room_of_the_longest(name: str) -> None:
    texts = COLUMNS[name]
    rows = [re.findall(r"min-width:([\d.]+)ch", each) for each in aligned_html(texts)]
    assert len({tuple(widths) for widths in rows if widths}) == 1
    for before, after in zip(texts, aligned_html(texts), strict=True):
        assert re.sub("<[^>]*>", "", after).strip() == before


@pytest.mark.parametrize(
    ("statistic", "tolerance", "at_least", "shown"),
    [
        (7.7e-15, 1e-8, False, "7.7e-15 sd"),
        (2.13942, 6.4, False, "2.139 sd"),
        (1043.4, 6.4, False, "1043 sd"),
        (23456.7, 6.4, False, "23457 sd"),
        (12345.6, 6.4, False, "12346 sd"),
        (999999999999999.0, 6.4, False, "999999999999999 sd"),
        (1e15, 6.4, False, "1.000e+15 sd"),
        (3e20, 6.4, False, "3.000e+20 sd"),
        (0.0, 1e-5, False, "0 sd"),
        (np.nan, 1.01, False, "nan sd"),
        (np.inf, 1.01, False, "inf sd"),
        # one digit more than would hide the failure
        (1.01004, 1.01, False, "1.01004 sd"),
        (1.0104, 1.01, False, "1.0104 sd"),
        (1.03, 1.01, False, "1.030 sd"),
        (212.4, 400.0, True, "212 sd"),
        (45.51, 400.0, True, "46 sd"),
        (399.97, 400.0, True, "399.97 sd"),
        (400.2, 400.0, True, "400.2 sd"),
        (10761.3, 400.0, True, "10761 sd"),
    ],
)
def test_what_was_measured_is_told_from_its_bound(
    statistic: float, tolerance: float, at_least: bool, shown: str
) -> None:
    check = Check("they agree", statistic, tolerance, "sd", at_least=at_least)
    assert check.measured == shown
    assert check.allowed == f"{'≥' if at_least else '≤'} {tolerance:.3g}"


def test_a_check_that_measured_nothing_shows_no_number() -> None:
    check = Check("they agree", reason="there is no MAP")
    assert (check.measured, check.allowed) == ("", "")
    assert Check("they agree", 0.5).measured == ""


def test_a_part_has_room_in_digits_and_a_letter_more() -> None:
    """A bound has a space behind it, and a letter of a unit is wider than a digit."""
    (text,) = aligned_html(["≤ 12.5e-3 MCSE"])
    assert re.findall(r"min-width:([\d.]+)ch", text) == ["3", "2", "5", "6"]


def test_text_without_a_number_stands_with_the_units() -> None:
    assert aligned(["1.5 sd", "none"]) == ["1.5 sd  ", "    none"]
    assert aligned(["1.5", "22"]) == [" 1.5", "22  "]
