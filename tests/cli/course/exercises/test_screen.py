"""Bars of a class on the screen."""

import io

import pytest

from bayes_l2.cli.course.exercises.screen import print_class
from bayes_l2.course.exercises import Summary

LARGE = Summary("r-hat", 100, {"you took the root of a number of words": 3}, {}, 0, 51)


def printed(monkeypatch: pytest.MonkeyPatch, encoding: str) -> list[str]:
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding=encoding, errors="replace")
    monkeypatch.setattr("sys.stdout", stream)
    monkeypatch.setenv("COLUMNS", "50")
    print_class([], [LARGE])
    stream.flush()
    return written.getvalue().decode(encoding).splitlines()


@pytest.mark.parametrize(("encoding", "mark"), [("utf-8", "\u2588"), ("ascii", "#")])
def test_bars_of_a_large_class_have_at_most_20_marks_that_the_output_can_show(
    monkeypatch: pytest.MonkeyPatch, encoding: str, mark: str
) -> None:
    lines = printed(monkeypatch, encoding)
    assert lines[0].rstrip() == "What the class misunderstood: 0 students, 1"
    place = lines.index("r-hat")
    assert lines[place + 1 : place + 5] == [
        f"  100 {20 * mark} right",
        f"    3 {mark}{20 * ' '}you took the root of a",
        f"{27 * ' '}number of words",
        f"   51 {10 * mark}{11 * ' '}blank",
    ]
