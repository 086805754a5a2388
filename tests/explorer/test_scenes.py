"""The site's scenes of the explorer: their sections exist, and the page reads them."""

import importlib.util
import json
import runpy
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from bayes_l2.explorer.page import PAGE
from tests.explorer.node import needs_node

ROOT = Path(__file__).parents[2]
SPEC = importlib.util.spec_from_file_location("scenes", ROOT / "docs" / "scenes.py")
assert SPEC is not None
assert SPEC.loader is not None
scenes = importlib.util.module_from_spec(SPEC)
sys.modules["scenes"] = scenes  # for its dataclass
SPEC.loader.exec_module(scenes)
check = runpy.run_path(str(ROOT / "docs" / "check_links.py"))


def headings(page: str) -> list[str]:
    """Return the headings of a page's source."""
    path = ROOT / f"{page}.ipynb"
    if not path.exists():
        text = path.with_suffix(".md").read_text(encoding="utf-8")
    else:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        markdown = [each for each in cells if each["cell_type"] == "markdown"]
        text = "\n".join("".join(each["source"]) for each in markdown)
    lines = [line for line in text.split("\n") if line.startswith("#")]
    return [line.lstrip("#").strip() for line in lines]


@pytest.mark.parametrize("scene", scenes.SCENES, ids=lambda each: each.fragment)
def test_a_scene_follows_one_section_of_its_page(scene: Any) -> None:
    assert headings(scene.page).count(scene.heading) == 1
    assert scene.title
    assert scene.text.endswith(".")


def test_the_front_page_and_the_first_six_notebooks_have_scenes() -> None:
    pages = {scene.page for scene in scenes.SCENES}
    first = {f"notebooks/{path.stem}" for path in ROOT.glob("notebooks/0[1-6]_*.ipynb")}
    assert len(first) == 6
    assert first | {"docs/index"} <= pages


@needs_node
def test_the_page_reads_every_scene() -> None:
    fragments = [scene.fragment for scene in scenes.SCENES]
    assert check["complaints"](PAGE, fragments) == {}


@needs_node
def test_a_scene_that_cannot_be_read_is_a_broken_link(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(PAGE, tmp_path)
    for fragment, said in (
        ("view=cube", "view must be line, plane"),
        ("view=plane&noise_sd=-1", "noise_sd must be a number"),
        ("view=plane&wings=2", "the view plane has no wings"),
    ):
        link = f"{PAGE.name}#{fragment}"
        (tmp_path / "a.html").write_text(f'<iframe src="{link}" title="a"></iframe>')
        assert check["main"](str(tmp_path)) == 1
        printed = capsys.readouterr().out
        assert f"a.html: {link}" in printed
        assert said in printed
    (tmp_path / "a.html").write_text(f'<iframe src="{PAGE.name}#view=plane"></iframe>')
    assert check["main"](str(tmp_path)) == 1
    assert "has no title" in capsys.readouterr().out
