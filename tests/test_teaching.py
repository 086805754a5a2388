"""The pages for teachers say the same as the notebooks and the exercises."""

import json
import re
from itertools import groupby
from pathlib import Path

import pytest

from bayes_l2 import exercises

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
GOALS = (ROOT / "docs" / "teaching" / "goals.md").read_text(encoding="utf-8")
SECTIONS = re.split(r"^## \d+\. .*$", GOALS, flags=re.MULTILINE)[1:]
CHAPTERS = [
    [each.name for each in chapter]
    for _, chapter in groupby(
        exercises.EXERCISES.values(), key=lambda each: each.chapter
    )
]


def head(notebook: Path) -> str:
    return "".join(json.loads(notebook.read_text("utf-8"))["cells"][0]["source"])


@pytest.mark.parametrize("number", range(len(NOTEBOOKS)))
def test_goals_are_those_of_the_notebook(number: int) -> None:
    bullets = re.compile(r"^- .*(?:\n  .*)*", re.MULTILINE)
    of_notebook = bullets.findall(head(NOTEBOOKS[number]).replace("../docs/", "../"))
    assert len(of_notebook) >= 2
    assert bullets.findall(SECTIONS[number]) == of_notebook


@pytest.mark.parametrize("number", range(len(NOTEBOOKS)))
def test_exercises_are_those_of_the_chapter(number: int) -> None:
    line = next(each for each in SECTIONS[number].splitlines() if "Exercises:" in each)
    assert re.findall(r"`([\w-]+)`", line) == CHAPTERS[number]


def test_the_course_has_the_minutes_of_the_heads() -> None:
    course = (ROOT / "docs" / "course.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| \d+ \| \[.*?\]\(.*?\) \|[^|]*\| (\d+) \|", course, re.M)
    teaching = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
    counted = re.findall(
        r"^\| \[.*?\]\(\.\./notebooks.*\| (\d+) \| \d+ \|$", teaching, re.M
    )
    assert len(found) == len(NOTEBOOKS)
    assert found == counted
