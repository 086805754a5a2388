"""Numbers as they are typed."""

import pytest

from bayes_l2.cli.main import main
from bayes_l2.cli.numbers import number

BAD = ["2:abc", "1_0", "0x10", "1e-400", "0.001e-330", "1e400", "\u0663", "", "1 0"]


@pytest.mark.parametrize(
    ("text", "value"),
    [("2", 2), (" 1.5e3 ", 1500), ("0e5", 0), ("-0.0", 0), (".5", 0.5)],
)
def test_decimal_digits_are_numbers(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize("text", BAD)
def test_what_a_float_cannot_hold_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match=r"number|too large|could not convert"):
        number(text)


@pytest.mark.parametrize(
    "arguments",
    [
        ["compare", "--noise-sd", "2:abc"],
        ["compare", "--noise-sd", "1e-400"],
        ["compare", "--prior-sd", "halfnormal:1_0"],
        ["convert", "1e-400", "--from", "ridge", "--to", "elastic-net", "--n", "10"],
        ["convert", "1_0", "--from", "ridge", "--to", "elastic-net", "--n", "10"],
        ["convert", "1", "--from", "ridge", "--to", "prior-sd", "--noise-sd", "1_0"],
    ],
)
def test_they_are_refused_on_the_command_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    found = capsys.readouterr()
    assert found.out == ""
    assert len(found.err.splitlines()) == 1
