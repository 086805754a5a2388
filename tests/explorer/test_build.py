"""The explorer's file equals a build of its sources, is small and asks for nothing."""

import importlib.util
import json
import re
from pathlib import Path

import numpy as np

from bayes_l2 import datasets

EXPLORER = Path(__file__).parents[2] / "explorer"
SPEC = importlib.util.spec_from_file_location("build", EXPLORER / "build.py")
assert SPEC is not None
assert SPEC.loader is not None
builder = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(builder)
PAGE = builder.OUTPUT.read_text(encoding="utf-8")

LIMIT = 200_000  # bytes
NAMESPACE = "http://www.w3.org/2000/svg"


def test_the_committed_file_is_a_build_of_the_sources() -> None:
    same = builder.build() == PAGE
    assert same, "run `uv run python explorer/build.py` and commit the page"


def test_the_file_is_small() -> None:
    assert builder.OUTPUT.stat().st_size <= LIMIT


def test_the_page_asks_for_no_other_file() -> None:
    assert set(re.findall(r"\w+://[^\s\"'`<)]+", PAGE)) == {NAMESPACE}
    code = re.sub(r"/\*.*?\*/", "", PAGE, flags=re.DOTALL)
    requests = r"\bsrc=|\bfetch\(|XMLHttpRequest|@import|\burl\((?!#)|\bimport\("
    assert not re.findall(requests, code)
    assert set(re.findall(r"<link[^>]*href=\"([^\"]*)", PAGE)) == {"data:,"}


def test_every_module_is_in_the_page_or_waits_for_a_view() -> None:
    named = {builder._name(path) for path in (EXPLORER / "src").rglob("*.js")}
    inlined = re.findall(r"^const (module_\w+) = \(\(\) => \{$", PAGE, re.MULTILINE)
    assert len(inlined) == len(set(inlined))
    waiting = named - set(inlined)
    assert all(each.startswith("module_numbers_") for each in waiting)


def test_the_data_are_those_of_the_package() -> None:
    found = re.search(r'id="data">(.*?)</script>', PAGE, re.DOTALL)
    assert found
    head, *lines = json.loads(found[1])["diabetes"].split()
    rows = np.array([line.split(",") for line in lines], dtype=float)
    X, y = datasets.diabetes()
    assert head.split(",") == [*X.columns, "target"]
    np.testing.assert_array_equal(rows[:, -1], y)
    columns = rows[:, :-1]
    expected = (columns - columns.mean(0)) / columns.std(0)
    np.testing.assert_allclose(X, expected, rtol=0, atol=1e-14)
