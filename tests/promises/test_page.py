"""Every promise of the page names the test that holds it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| \*\*(.+?)\*\* .* \| (.+) \|$", PAGE, flags=re.MULTILINE)


def test_every_promise_is_held() -> None:
    assert len(ROWS) == 12
    for promise, held_by in ROWS:
        files = re.findall(r"`([^`]+)`", held_by)
        assert files, promise
        assert all((ROOT / file).is_file() for file in files), promise


def test_every_test_of_this_folder_is_named() -> None:
    for path in Path(__file__).parent.glob("test_*.py"):
        assert path.name in PAGE or path.name == Path(__file__).name


@pytest.mark.parametrize("name", ["SECURITY.md", "docs/promises.md"])
def test_links_exist(name: str) -> None:
    path = ROOT / name
    links = re.findall(r"\]\((?!http)([^)#]+)", path.read_text(encoding="utf-8"))
    assert all((path.parent / link).exists() for link in links)


def test_ci_has_the_lowest_versions() -> None:
    steps = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "--resolution lowest-direct --python-version 3.12" in steps
