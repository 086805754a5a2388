"""Values and names in messages: on one line, short and printable."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bayes_l2.texts import listed, printable, shown


@pytest.mark.parametrize("code", [*range(32), *range(127, 160), 0x202E, 0x2028, 0xFEFF])
def test_control_characters_are_escaped(code: int) -> None:
    text = printable(f"a{chr(code)}b")
    assert text.isprintable()
    assert text.startswith("a\\")
    assert text.encode().decode("unicode_escape") == f"a{chr(code)}b"


@pytest.mark.parametrize(
    "text", ["größe", "年齢", "العمر", "a b", "a\u3000b", "a\xa0b", ""]
)
def test_other_characters_stay(text: str) -> None:
    assert printable(text) == text


class Broken:
    def __repr__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    "value",
    [
        np.zeros((50, 50)),
        pd.DataFrame(np.zeros((9, 9))),
        ["x" * 500],
        "\x1b" * 500,
        10**5000,
        Broken(),
        "two\nlines",
    ],
    ids=range(7),
)
def test_a_value_is_shown_on_one_short_line(value: Any) -> None:
    text = shown(value)
    assert text.isprintable()
    assert 0 < len(text) <= 60


@pytest.mark.parametrize("count", [1, 2, 30, 1000])
@pytest.mark.parametrize("name", ["c", "a name of some length", "x" * 200])
def test_names_are_listed_as_far_as_there_is_room(count: int, name: str) -> None:
    names = [f"{name}{j}" for j in range(count)]
    text = listed(names)
    assert len(text) <= 80
    kept, _, rest = text.partition(" and ")
    shown_names = kept.split(", ")
    assert shown_names[0][:57] == names[0][:57]
    left = int(rest.split()[0]) if rest else 0
    assert len(shown_names) + left == count
