"""The way out that a message names is one: with it the file is read."""

from pathlib import Path
from typing import Any

import pytest

from tests.datasets.files import read

# content, options that are refused, words of the way out, and the options they set
WAYS_OUT: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    (
        "a,b,y\n1,2,3\n4,five,6\n7,8,9\n",
        {},
        "--na five --drop-missing (na='five', drop_missing=True in Python)",
        {"na": "five", "drop_missing": True},
    ),
    (
        "a,b,y\n1,2,3\n4,none,6\n7,8,9\n",
        {},
        "--na NA,none --drop-missing (na='NA,none', drop_missing=True in Python)",
        {"na": "NA,none", "drop_missing": True},
    ),
    (
        "a,b,y\n1,2,5\n1,2,-inf\n3,3,3\n",
        {},
        "--na=-inf --drop-missing (na='-inf', drop_missing=True in Python)",
        {"na": "-inf", "drop_missing": True},
    ),
    (
        "a,b,y\n1,2,5\n1,5,1e999\n3,3,3\n",
        {},
        "--na 1e999 --drop-missing (na='1e999', drop_missing=True in Python)",
        {"na": "1e999", "drop_missing": True},
    ),
    (
        "a;y\n1,5;3\n4,5;6\n",
        {"decimal": "."},
        "--decimal comma (decimal='comma' in Python)",
        {"decimal": "comma"},
    ),
    (
        "a;y\n1,5;3\n4,5;6\n",
        {"sep": ","},
        "--sep semicolon (sep='semicolon' in Python)",
        {"sep": "semicolon"},
    ),
    (
        '"a" "y"\n"1" 1 2\n"2" 2 3\n',
        {},
        "--sep space (sep='space' in Python)",
        {"sep": "space"},
    ),
    (
        "city,a\u00a0b,y\nOslo,1,3\nRome,4,6\n",
        {"features": ["city"]},
        "--encode (encode=True in Python)",
        {"encode": True},
    ),
    (
        '"of\nbirth",a,y\nOslo,1,3\nRome,4,6\n',
        {},
        "--drop 'of birth' (drop=['of\\nbirth'] in Python)",
        {"drop": ["of birth"]},
    ),
]


@pytest.mark.parametrize(("content", "options", "words", "more"), WAYS_OUT)
def test_a_way_out_works(
    content: str,
    options: dict[str, Any],
    words: str,
    more: dict[str, Any],
    tmp_path: Path,
) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        read(tmp_path, content, **options)
    assert words in str(caught.value)
    assert len(read(tmp_path, content, **options | more).y) >= 2


def test_spaces_in_names_may_differ(tmp_path: Path) -> None:
    content = 'body\u00a0mass,"of\nbirth",my  y\n1,2,3\n4,5,6\n2,2,1\n'
    table = read(tmp_path, content, "my y", features=["body mass", "of birth"])
    assert list(table.X) == ["body\u00a0mass", "of\nbirth"]
    assert table.y.name == "my  y"
    # a name that is written so is meant, and two names that differ in spaces are two
    content = "a b,a  b,y\n1,2,3\n4,6,6\n"
    assert list(read(tmp_path, content, features=["a  b"]).X) == ["a  b"]
    with pytest.raises(ValueError, match=r"--drop: .* has no column 'a b'"):
        read(tmp_path, content, drop=["a   b"])


def test_spaces_of_no_width_are_left_out(tmp_path: Path) -> None:
    content = "a,y\u200b\n1\u200b,2\n\ufeff2,3\n3\u2060,4\n"
    table = read(tmp_path, content)
    assert table.X["a"].tolist() == [1, 2, 3]
    assert table.y.tolist() == [2, 3, 4]
