"""The page with columns of the user's own, and at a scene."""

import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from bayes_l2.explorer.columns import Columns
from bayes_l2.explorer.page import PAGE, explorer_page

HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "\"quoted\" 'names' \\",
    "line\u2028and\u2029paragraph",
]


class _Scripts(HTMLParser):
    """The text of the scripts as a parser of HTML finds them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.is_inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.is_inside = tag == "script"
        if self.is_inside:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.is_inside = False

    def handle_data(self, data: str) -> None:
        if self.is_inside:
            self.scripts[-1] += data


def columns(**changed: object) -> Columns:
    rng = np.random.default_rng(1)
    fields = {
        "names": ("a", "b"),
        "X": rng.standard_normal((6, 2)),
        "target": "y",
        "y": rng.standard_normal(6),
    }
    return Columns(**{**fields, **changed})  # pyright: ignore[reportArgumentType]


def data_of(page: str) -> dict[str, object]:
    data, _script = _Scripts(page).scripts
    return json.loads(data)


def test_without_columns_and_scene_it_is_the_built_page() -> None:
    assert explorer_page() == PAGE.read_text(encoding="utf-8")


def test_the_columns_are_in_the_page_with_all_digits() -> None:
    own = columns(X=np.array([[1e-40, 1 / 3], [-0.1, 1e40]] * 3))
    found = data_of(explorer_page(own))["own"]
    assert isinstance(found, dict)
    np.testing.assert_array_equal(found["X"], own.X)
    np.testing.assert_array_equal(found["y"], own.y)
    assert (found["names"], found["target"]) == (["a", "b"], "y")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_a_text(name: str) -> None:
    page = explorer_page(columns(names=(name, "b"), target=name, note=name))
    found = data_of(page)["own"]
    assert isinstance(found, dict)
    expected = name.replace("\u2028", r"\u2028").replace("\u2029", r"\u2029")
    assert [found["names"][0], found["target"], found["note"]] == [expected] * 3
    plain = explorer_page()
    for mark in ("<", "\u2028", "\u2029"):
        assert page.count(mark) == plain.count(mark)


def test_the_page_opens_at_a_scene() -> None:
    scene = "view=penalty&alpha=10"
    assert data_of(explorer_page(scene=scene))["scene"] == scene
    assert data_of(explorer_page(scene="#" + scene))["scene"] == scene
    assert data_of(explorer_page(columns(), scene=scene))["scene"] == scene
    assert data_of(explorer_page(columns()))["scene"] == "view=plane&data=own"
    one = columns(names=("a",), X=np.arange(6.0)[:, None])
    assert data_of(explorer_page(one))["scene"] == "view=line&data=own"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"X": np.ones((6, 4)).cumsum(0)}, "1 to 3 columns for the explorer, got 4"),
        ({"X": np.ones((2, 2))}, "3 to 2000 rows for the explorer, got 2"),
        ({"X": np.zeros((2001, 2))}, "got 2001; take a sample of the rows"),
        ({"X": np.full((6, 2), np.nan)}, "nan"),
        ({"y": np.full(6, np.inf)}, "inf"),
        ({"y": np.arange(5.0)}, "y"),
        (
            {"y": np.ones(6)},
            "a column must vary for the explorer, got one value in all rows of y",
        ),
        ({"X": np.ones((6, 2))}, "in all rows of a, b; name others"),
        ({"names": ("a", "b", "c")}, "3"),
        ({"y": np.arange(6) * 1e50}, "values must be at most 1e+50"),
        ({"y": np.arange(6) * 1e-60}, "sds at least 1e-50; change the units"),
        ({"target": 3}, "target must be a text, got 3"),
    ],
)
def test_columns_that_cannot_be_shown_are_refused(
    changed: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        columns(**changed)
    assert "\n" not in str(caught.value)


def test_other_types_are_refused() -> None:
    with pytest.raises(ValueError, match="scene must be the fragment of an address"):
        explorer_page(scene=3)  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match="columns must be Columns or None, got 3"):
        explorer_page(3)  # pyright: ignore[reportArgumentType]
