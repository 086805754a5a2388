"""Short names tell columns from each other."""

from itertools import product

import pytest
from rich.cells import cell_len

from bayes_l2.comparison.text.names import shortened

STEM = "mean radius of the tumour at the {} examination in millimetres"
NAMES = {
    "different in the middle": [STEM.format(each) for each in ("first", "second")],
    "three of them": [STEM.format(each) for each in ("first", "fifth", "second")],
    "in several places": [
        f"the {a} income before {b} taxes of households in {c} prices of 2019"
        for a, b, c in product(("mean", "median"), ("all", "any"), ("real", "fair"))
    ],
    "by a number": [
        f"concentration_of_{i}_in_the_blood_after_ten_hours" for i in range(30)
    ],
    "wide": [f"日本の列の名前がとても{i}長いときの表示を確かめる" for i in "一二三"],
    "one the start of the other": ["x" * 50, "x" * 60, "x" * 70],
    "near the end": [f"{'x' * 40}{each}{'y' * 9}" for each in "ab"],
}


@pytest.mark.parametrize("width", [8, 12, 20, 39, 40])
@pytest.mark.parametrize("case", NAMES)
def test_different_names_stay_different(case: str, width: int) -> None:
    names = [*NAMES[case], "short"]
    short = shortened(names, width)
    assert len(set(short)) == len(names)
    assert max(map(cell_len, short)) <= width
    assert short[-1] == "short"


def test_the_part_that_differs_is_shown() -> None:
    assert shortened(NAMES["different in the middle"], 39) == [
        "mean radi…first examination i…llimetres",
        "mean radi…second examination…llimetres",
    ]


def test_a_name_that_is_there_twice_stays_so() -> None:
    first, second = shortened(["a" * 50] * 2, 20)
    assert first == second


EXAMPLES = {
    "as wide as there is room": (["abcdefghijk"], 11, ["abcdefghijk"]),
    "an odd width": (["abcdefghijklmnopqrstuvwxyz"], 11, ["abcde…vwxyz"]),
    "an even width": (["abcdefghijklmnopqrstuvwxyz"], 10, ["abcde…wxyz"]),
    "the part has what the sides leave": (
        NAMES["different in the middle"],
        18,
        ["mean…first ex…tres", "mean…second e…tres"],
    ),
    "the longer one has more": (
        ["x" * 50 + "y" * 10, "x" * 50 + "y" * 12],
        20,
        ["xxxx……", "xxxx…yy…"],
    ),
    "one that looks like another's short form": (
        ["a" * 12, "aaa…aaa"],
        7,
        ["a…aaa…a", "aaa…aaa"],
    ),
}


@pytest.mark.parametrize("case", EXAMPLES)
def test_a_long_name_has_start_and_end(case: str) -> None:
    names, width, expected = EXAMPLES[case]
    assert shortened(names, width) == expected


def test_names_that_differ_in_many_places_have_the_place_of_their_row() -> None:
    names = [("-" * 20).join(each) for each in product("ab", repeat=6)]
    start = f"a{'-' * 20}"
    expected = [f"{start[: 11 - len(str(k))]}…{k}" for k in range(1, 33)]
    assert shortened(names, 12)[:32] == expected
