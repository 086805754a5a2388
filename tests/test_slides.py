"""The slides are ten a notebook, short, and say what their notebook says."""

import re
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from bayes_l2 import exercises

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "docs" / "slides.py"
TEXTS = ROOT / "docs" / "teaching" / "slides"
PLANS = (ROOT / "docs" / "teaching" / "plans.md").read_text(encoding="utf-8")
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CHAPTERS = list(dict.fromkeys(each.chapter for each in exercises.EXERCISES.values()))
NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[-‑]?\d+)?")
FIGURE = re.compile(r"!\[.*?\]\(figure:\d+\)")


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(SCRIPT))


def split(k: int) -> list[tuple[str, str]]:
    """Return the text and the note of each slide of a notebook."""
    text = (TEXTS / f"{k:02}.md").read_text(encoding="utf-8")
    pairs = [slide.split("\nNote: ") for slide in text.split("\n---\n")]
    return [(seen.strip(), note.strip()) for seen, note in pairs]


def words(text: str) -> list[str]:
    """Return the words of a slide: a formula is one, and marks of Markdown are none."""
    text = FIGURE.sub("", re.sub(r"(\$\$?).*?\1", "formula", text, flags=re.DOTALL))
    return [word for word in text.split() if re.search(r"\w", word)]


def said(path: Path) -> set[str]:
    """Return all numbers of a notebook: in its text, its code and its outputs."""
    texts: list[str] = []
    for cell in nbformat.read(path, as_version=4).cells:
        texts.append(cell.source)
        for output in cell.get("outputs", []):
            texts.append(output.get("text", ""))
            texts += (str(each) for each in output.get("metadata", {}).values())
            data = output.get("data", {}).items()
            texts += (each for kind, each in data if kind.startswith("text/"))
    return {number for text in texts for number in NUMBER.findall(text)}


def minutes_of_plans() -> list[int]:
    """Return the minutes of the slides of each notebook, as the plans have them."""
    row = re.search(r"^\| minutes \|([\d |]+)\|$", PLANS, flags=re.MULTILINE)
    assert row is not None
    return [int(each) for each in row[1].split("|")]


def test_each_notebook_has_slides() -> None:
    names = sorted(path.stem for path in TEXTS.glob("*.md"))
    assert names == [path.stem[:2] for path in NOTEBOOKS]
    assert len(names) == len(CHAPTERS) == len(minutes_of_plans()) == 12


@pytest.mark.parametrize("k", range(1, 13))
def test_ten_short_slides_in_the_minutes_of_the_plans(k: int) -> None:
    slides = split(k)
    assert len(slides) == 10
    assert all(len(words(text)) <= 45 for text, _ in slides)
    titles = [text.splitlines()[0] for text, _ in slides]
    assert titles[0].startswith("# ")
    assert titles[1].startswith("## Predict: ")
    assert all(title.startswith("## ") for title in titles[1:])
    notes = [re.fullmatch(r"(\d+) min\. (.+)", note) for _, note in slides]
    found = [(int(note[1]), note[2]) for note in notes if note]
    assert sum(minutes for minutes, _ in found) == minutes_of_plans()[k - 1]
    assert [len(re.findall(r"[.?](?= |$)", note)) for _, note in found] == [
        pytest.approx(1.5, abs=0.5)  # one or two sentences
    ] * 10


@pytest.mark.parametrize("k", range(1, 13))
def test_a_slide_has_one_picture_table_or_formula(k: int) -> None:
    for text, _ in split(k):
        tables = len(re.findall(r"^\|---", text, flags=re.MULTILINE))
        shown = len(FIGURE.findall(text)) + text.count("$$") // 2 + tables
        assert shown <= 1, text
        assert text.count("$") % 2 == 0
        # other readers of Markdown take these for escapes and break the formula
        assert not re.search(r"\\[^A-Za-z]", text), text


@pytest.mark.parametrize("k", range(1, 13))
def test_the_last_slide_names_the_exercises_of_the_notebook(k: int) -> None:
    named = re.findall(r"^- `(\S+)`$", split(k)[-1][0], flags=re.MULTILINE)
    chapter = CHAPTERS[k - 1]
    known = [each for each in exercises.EXERCISES.values() if each.chapter == chapter]
    assert sorted(named) == sorted(each.name for each in known)


@pytest.mark.parametrize("k", range(1, 13))
def test_each_number_of_a_slide_is_in_its_notebook(k: int) -> None:
    known = said(NOTEBOOKS[k - 1])
    for text, note in split(k):
        spoken = note.partition(" min. ")[2]
        assert set(NUMBER.findall(FIGURE.sub("", text) + spoken)) <= known, text


@pytest.mark.parametrize("k", range(1, 13))
def test_a_notebook_of_slides_has_the_stored_pictures_and_their_words(
    k: int, script: dict[str, Any], tmp_path: Path
) -> None:
    stored = [
        (each.metadata["image/png"]["alt"], "".join(each.data["image/png"].split()))
        for cell in nbformat.read(NOTEBOOKS[k - 1], as_version=4).cells
        for each in cell.get("outputs", [])
        if "image/png" in each.get("data", {})
    ]
    wanted: list[tuple[str, str]] = []
    for text, note in split(k):
        for number in re.findall(r"figure:(\d+)", text):
            alt, picture = stored[int(number) - 1]
            assert alt
            image = f"![{alt}](data:image/png;base64,{picture})"
            text = text.replace(f"![](figure:{number})", image)
        wanted += [("slide", text), ("notes", note)]
    output = tmp_path / "slides.ipynb"
    assert script["main"]([str(k), str(output)]) == 0
    made = nbformat.read(output, as_version=4)
    nbformat.validate(made)
    assert wanted == [
        (cell.metadata.slideshow.slide_type, cell.source) for cell in made.cells
    ]


def test_a_page_has_all_slides_and_asks_for_nothing(
    script: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("mdit_py_plugins", reason="the group docs has it")
    monkeypatch.syspath_prepend(SCRIPT.parent)
    for k in range(1, 13):
        output = tmp_path / "slides.html"
        assert script["main"]([str(k), str(output)]) == 0
        made = output.read_text(encoding="utf-8")
        assert made.count("<section ") == made.count("<aside>") == 10
        assert "$" not in re.sub(r"<script>.*</script>", "", made, flags=re.DOTALL)
        assert "<!--" not in made
        assert set(re.findall(r'(?:src|href)="(\w+:)', made)) <= {"data:"}
        assert made.count("<img ") == sum(len(FIGURE.findall(t)) for t, _ in split(k))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "usage: slides.py NUMBER FILE.html or FILE.ipynb"),
        (["3", "slides.pdf"], "usage: slides.py NUMBER FILE.html or FILE.ipynb"),
        (["13", "slides.html"], "there are slides for the notebooks 1 to 12, not '13'"),
        (["one", "a.html"], "there are slides for the notebooks 1 to 12, not 'one'"),
        (["3", "nowhere/slides.html"], "there is no folder 'nowhere'"),
    ],
)
def test_a_wrong_call_is_one_line(
    arguments: list[str],
    message: str,
    script: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert script["main"](arguments) == 2
    assert capsys.readouterr().err == f"{message}\n"


@pytest.mark.parametrize("wanted", [0, 4])
def test_a_figure_that_is_not_there_is_one_line(
    wanted: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = runpy.run_path(str(SCRIPT))
    main: Callable[[list[str]], int] = script["main"]
    main.__globals__["TEXTS"] = tmp_path
    (tmp_path / "03.md").write_text(f"# A\n\n---\n\n![](figure:{wanted})\n")
    assert main(["03", str(tmp_path / "slides.ipynb")]) == 2
    message = f"slide 2 wants figure {wanted}, and notebook 03 has 3 figures\n"
    assert capsys.readouterr().err == message
    assert not (tmp_path / "slides.ipynb").exists()
