"""Tables of notebooks align their decimals, and long lines are folded."""

import re

import numpy as np
import pytest

from bayes_l2.course.printing import folded, side_by_side, table


def test_numbers_of_a_column_have_the_same_decimals() -> None:
    rows = {
        "a": {"count": 3, "mean": 1.25, "gap": 1.234e-12},
        12: {"count": np.int64(44), "mean": np.float64(-10), "gap": 0.5, "note": "x"},
    }
    found = table(rows, decimals={"mean": 1, "gap": None})
    assert found.index.tolist() == ["a", "12"]
    assert found.columns.tolist() == ["count", "mean", "gap", "note"]
    assert found["count"].tolist() == ["3", "44"]
    assert found["mean"].tolist() == ["1.2", "-10.0"]
    assert found["gap"].tolist() == ["1.2e\N{NON-BREAKING HYPHEN}12", "0.500"]
    assert found["note"].tolist() == ["", "x"]
    assert table(rows)["mean"].tolist() == ["1.250", "-10.000"]


@pytest.mark.parametrize("tiny", [-1e-9, -0.0, 0.0, 1e-9])
def test_a_number_that_rounds_to_0_has_no_sign(tiny: float) -> None:
    assert table({"a": {"x": tiny}}, decimals=2).loc["a", "x"] == "0.00"


def test_lines_are_folded_between_words() -> None:
    text = "word " * 30 + "\n" + "x" * 90 + "\nshort"
    lines = folded(text).split("\n")
    assert [len(line) for line in lines] == [79, 69, 90, 5]
    assert folded(ValueError("a message")) == "a message"


def test_vectors_stand_side_by_side() -> None:
    found = side_by_side(["a", "b"], {"x": [1.0, 2.0], "n": [3, 4]}, decimals=1)
    assert found.to_numpy().tolist() == [["1.0", "3"], ["2.0", "4"]]
    assert found.index.tolist() == ["a", "b"]
    with pytest.raises(ValueError, match="shorter"):
        side_by_side(["a", "b"], {"x": [1.0]})


def test_a_page_aligns_numbers_right_and_texts_left() -> None:
    long = "a long text " * 9
    rows = {"a": {"n": 1.5, "t": "2 x", "s": long}, "b": {"n": -2e-9, "t": ""}}
    found = table(rows, decimals={"n": None})
    page = found._repr_html_()
    assert long.strip() in page
    cells = re.findall(r'<td style="text-align: (\w+)">', page)
    assert cells == ["right", "left", "left"] * 2
    heads = re.findall(r'<th style="text-align: (\w+)">', page)
    assert heads == ["left", "right", "left", "left"]
    assert type(found.T).__name__ == "Table"
