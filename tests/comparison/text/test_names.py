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
