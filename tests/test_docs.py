"""The pages of the site name every public name, notebook and exercise."""

import doctest
import re
import runpy
from importlib import import_module
from pathlib import Path

import nbformat
import pytest

import bayes_l2
from bayes_l2 import exercises

DOCS = Path(__file__).parent.parent / "docs"
API = "\n".join(
    path.read_text(encoding="utf-8") for path in sorted((DOCS / "api").glob("*.rst"))
)
DOCUMENTED = set(
    re.findall(
        r"^\.\. auto(?:class|function|module):: (?:bayes_l2\.)?(\S+)$",
        API,
        flags=re.MULTILINE,
    )
)
TEACHERS = (DOCS / "teaching.md").read_text(encoding="utf-8")
DEMONSTRATIONS = Path(bayes_l2.__file__).parent / "course" / "demonstrations"
PACKAGE = Path(bayes_l2.__file__).parent
WITH_EXAMPLES = [
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    for path in sorted(PACKAGE.rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]


def test_some_docstrings_have_examples() -> None:
    assert len(WITH_EXAMPLES) >= 5


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_of_docstrings_print_what_is_shown(name: str) -> None:
    found = doctest.testmod(import_module(name))
    assert found.attempted > 0
    assert found.failed == 0


@pytest.mark.parametrize("name", bayes_l2.__all__)
def test_every_public_name_is_on_an_api_page_and_in_its_table(name: str) -> None:
    assert name in DOCUMENTED
    assert f"\n   {name}\n" in (DOCS / "api" / "index.rst").read_text(encoding="utf-8")


def test_every_demonstration_is_on_an_api_page() -> None:
    modules = {
        f"course.demonstrations.{path.stem}"
        for path in DEMONSTRATIONS.glob("*.py")
        if path.stem != "__init__"
    }
    assert modules <= DOCUMENTED


def test_readme_and_teachers_page_name_every_notebook_and_its_exercises() -> None:
    notebooks = sorted(
        path.name for path in (DOCS.parent / "notebooks").glob("*.ipynb")
    )
    chapters = list(
        dict.fromkeys(exercise.chapter for exercise in exercises.EXERCISES.values())
    )
    rows = re.findall(
        r"^\| \[[^]]+\]\(\.\./notebooks/(\S+)\) .*\| (\d+) \| \d+ \| \d+ \|$",
        TEACHERS,
        flags=re.MULTILINE,
    )
    assert [name for name, _ in rows] == notebooks
    counts = [
        sum(each.chapter == chapter for each in exercises.EXERCISES.values())
        for chapter in chapters
    ]
    assert [int(count) for _, count in rows] == counts
    assert f"twelve notebooks and {len(exercises.EXERCISES)} exercises" in TEACHERS
    assert len(notebooks) == 12
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\(notebooks/(\S+\.ipynb)\)", readme) == notebooks


def test_every_exercise_is_named_in_its_notebook() -> None:
    notebooks = [
        nbformat.read(path, as_version=4)
        for path in sorted((DOCS.parent / "notebooks").glob("*.ipynb"))
    ]
    texts = [
        "\n".join(cell.source for cell in notebook.cells) for notebook in notebooks
    ]
    chapters = list(
        dict.fromkeys(exercise.chapter for exercise in exercises.EXERCISES.values())
    )
    for exercise in exercises.EXERCISES.values():
        named = re.search(
            f'[`"]{exercise.name}[`"]', texts[chapters.index(exercise.chapter)]
        )
        assert named, exercise.name


def test_the_class_on_the_teachers_page_can_be_graded(tmp_path: Path) -> None:
    found = re.search(r"```json\n(.*?)```", TEACHERS, flags=re.DOTALL)
    assert found is not None
    (tmp_path / "class.json").write_text(found.group(1), encoding="utf-8")
    grades = exercises.grade_file(tmp_path / "class.json")
    assert [
        (grade.student, len(grade.verdicts), grade.problems) for grade in grades
    ] == [
        ("1234567", 2, ()),
        ("Ada", 1, ()),
    ]
    assert all(
        verdict.correct for grade in grades for verdict in grade.verdicts.values()
    )


def test_broken_links_and_anchors_are_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main = runpy.run_path(str(DOCS / "check_links.py"))["main"]
    (tmp_path / "a.html").write_text(
        '<h1 id="here"></h1><a href="b.html#there">b</a><a href="#here">a</a>'
    )
    (tmp_path / "b.html").write_text(
        '<h1 id="there"></h1><a href="a.html"></a><a href="https://example.org/x">x</a>'
    )
    assert main(str(tmp_path)) == 0
    assert "2 pages, 3 internal links, 0 scenes, 0 broken" in capsys.readouterr().out
    for link in ("c.html", "b.html#nowhere", "#nowhere"):
        (tmp_path / "a.html").write_text(f'<a href="{link}">c</a>')
        assert main(str(tmp_path)) == 1
        assert f"a.html: {link}" in capsys.readouterr().out


def test_the_glossary_is_in_order_and_points_to_notebooks() -> None:
    glossary = (DOCS / "glossary.md").read_text(encoding="utf-8")
    terms = [
        term.casefold()
        for term in re.findall(r"^## (.+)$", glossary, flags=re.MULTILINE)
    ]
    assert len(terms) > 40
    assert terms == sorted(terms)
    numbers = {
        number
        for group in re.findall(r"\[([\d, ]+)\]", glossary)
        for number in group.split(", ")
    }
    assert numbers <= {f"{number:02}" for number in range(1, 13)}
