"""Numbers as students write them."""

import pytest

from bayes_l2.course.exercises.grading.numerals import Decimal, is_blank, number_in


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1.0),
        (" 1.5 ", 1.5),
        ("1,5", 1.5),
        (".5", 0.5),
        (",5", 0.5),
        ("5.", 5.0),
        ("+3", 3.0),
        ("-0.5", -0.5),
        ("- 0,5", -0.5),
        ("\u22120.5", -0.5),
        ("'-0.5", -0.5),
        ("1e-3", 0.001),
        ("2,5E+2", 250.0),
        ("12 %", 0.12),
        ("12,5%", 0.125),
        ("1.234", 1.234),
        ("0,123", 0.123),
        ("1234,567", 1234.567),
        ("1 234,5", 1234.5),
        ("1\u202f234.5", 1234.5),
        ("1\u00a0234\u00a0567", 1234567.0),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1,234,567", 1234567.0),
        ("1.234.567", 1234567.0),
        ("1.234.567,8", 1234567.8),
    ],
)
def test_a_number_of_one_meaning(text: str, number: float) -> None:
    for decimal in (None, "comma", "point"):
        if text == "1.234" and decimal == "comma":
            continue
        assert number_in(text, decimal=decimal) == number


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("1,234", "comma", 1.234),
        ("1,234", "point", 1234.0),
        ("-12,345 %", "comma", -0.12345),
        ("12,345e-2", "point", 123.45),
    ],
)
def test_a_mark_before_three_digits_is_settled_by_the_decimal_mark(
    text: str, decimal: Decimal, number: float
) -> None:
    assert number_in(text, decimal=decimal) == number


@pytest.mark.parametrize(
    ("text", "decimal", "words"),
    [
        ("1,234", None, "'1,234' could be 1234 or 1.234: write 1234 or 1.234"),
        ("1.234", "comma", "'1.234' could be 1234 or 1.234: write 1234 or 1,234"),
        ("1,234e-2", None, "write 1234e-2 or 1.234e-2"),
        ("1/3", None, "is a fraction: write a decimal number"),
        ("2 : 3", None, "is a fraction"),
        ("1e400", None, "too large or too small"),
        ("1e-400", None, "too large or too small"),
        ("1" * 61, None, "no number, but 61 characters"),
        *(
            (text, None, "no number: ")
            for text in (
                *("", ".", ",", "+", "%", "1 2", "12 34", "1..2", "1,2,3", "1.2.3,4"),
                *("8\u00b2", "0x1f", "1_000", "nan", "inf", "\uff11", "=1+1", "two"),
                *("--3", "1 e3", "1e3.5", "5 kg", "12 % of 3", "2*3", "$5", "1\n2"),
            )
        ),
    ],
)
def test_what_is_no_number_or_has_two_meanings_is_refused_in_one_line(
    text: str, decimal: Decimal | None, words: str
) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]*$") as error:
        number_in(text, decimal=decimal)
    assert words in str(error.value)


def test_a_dash_alone_is_no_answer() -> None:
    blank = {"", " ", "-", " \u2013 ", "\u00a0"}
    assert {text for text in [*blank, "0", "-1", "n/a"] if is_blank(text)} == blank
