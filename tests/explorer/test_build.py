"""The explorer's file equals a build of its sources, is small and asks for nothing."""

import importlib.util
import json
import re
import runpy
from typing import Any

import numpy as np

from bayes_l2 import datasets
from tests.explorer.node import EXPLORER, needs_node, run_node

SPEC = importlib.util.spec_from_file_location("build", EXPLORER / "build.py")
assert SPEC is not None
assert SPEC.loader is not None
builder = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(builder)
PAGE = builder.OUTPUT.read_text(encoding="utf-8")

FOUND = re.search(r'id="data">(.*?)</script>', PAGE, re.DOTALL)
assert FOUND
DATA = json.loads(FOUND[1])

LIMIT = 200_000  # bytes
NAMESPACE = "http://www.w3.org/2000/svg"


def test_the_committed_file_is_a_build_of_the_sources() -> None:
    """The digest of the sources is in it; .ci/run builds the page and compares."""
    same = f'<meta name="sources" content="{builder.digest()}">' in PAGE
    assert same, "run `uv run python explorer/build.py` and commit the page"


def test_the_file_is_small() -> None:
    assert builder.OUTPUT.stat().st_size <= LIMIT


def test_the_page_asks_for_no_other_file() -> None:
    assert set(re.findall(r"\w+://[^\s\"'`<)]+", PAGE)) == {NAMESPACE}
    code = re.sub(r"/\*.*?\*/", "", PAGE, flags=re.DOTALL)
    requests = r"\bsrc=|\bfetch\(|XMLHttpRequest|@import|\burl\((?!#)|\bimport\("
    assert not re.findall(requests, code)
    assert set(re.findall(r"<link[^>]*href=\"([^\"]*)", PAGE)) == {"data:,"}


def test_the_data_are_those_of_the_package() -> None:
    X, y = datasets.diabetes()
    assert [each["name"] for each in DATA["diabetes"]] == [*X.columns, "target"]
    rows = np.array([_decimals(**each) for each in DATA["diabetes"]]).T
    np.testing.assert_array_equal(rows[:, -1], y)
    columns = rows[:, :-1]
    expected = (columns - columns.mean(0)) / columns.std(0)
    np.testing.assert_allclose(X, expected, rtol=0, atol=1e-14)


def test_packing_loses_no_digit() -> None:
    text = builder.DATA.read_text(encoding="utf-8")
    head, *lines = text.split()
    read = np.array([line.split(",") for line in lines], dtype=float)
    for j, name in enumerate(head.split(",")):
        packed = DATA["diabetes"][j]
        np.testing.assert_array_equal(_decimals(**packed), read[:, j], err_msg=name)
    packing = runpy.run_path(str(EXPLORER / "packing.py"))
    given = "a,b\n-1.25,7\n0.5,7\n1e3,7\n"
    found = [_decimals(**each) for each in packing["packed_numbers"](given)]
    assert found == [[-1.25, 0.5, 1000.0], [7.0, 7.0, 7.0]]


def test_packed_records_are_those_of_the_export() -> None:
    expected = _exported()
    packed = DATA["conventions"]
    for i, (name, record) in enumerate(expected.items()):
        found = {
            field: kept["values"][kept.get("places", range(len(expected)))[i]]
            for field, kept in packed.items()
        }
        assert found == record, name
    assert packed["name"] == {"values": list(expected)}


@needs_node
def test_the_page_unpacks_the_same_data() -> None:
    tasks = [("decimals", each) for each in DATA["diabetes"]]
    *columns, records = run_node([*tasks, ("records", DATA["conventions"])])
    assert columns == [_decimals(**each) for each in DATA["diabetes"]]
    assert records == _exported()


def _exported() -> dict[str, dict[str, Any]]:
    """Return the records of conventions, as JSON keeps them."""
    records = runpy.run_path(str(EXPLORER / "export.py"))["conventions"]()
    return json.loads(json.dumps(records))


def _decimals(name: str, low: int, scale: int, width: int, digits: str) -> list[float]:
    """Return the numbers of a packed column."""
    parts = [digits[i : i + width] for i in range(0, len(digits), width)]
    return [(low + int(part, 36)) / scale for part in parts]
