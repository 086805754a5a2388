"""The bibliography has every work that is cited."""

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat

ROOT = Path(__file__).parent.parent
ENTRIES = re.findall(
    r"^- (.+)$",
    (ROOT / "docs" / "bibliography.md").read_text(encoding="utf-8"),
    flags=re.MULTILINE,
)
# the last name before a year: "Golub and Van Loan (2013)", "Allen, 1974", "Neal 2011"
CITATION = re.compile(
    r"([A-Z][\w'-]+)(?: et al\.?| and others)?,? \(?((?:19|20)\d\d)\b"
)
NO_AUTHORS = {"Python", "Software"}
THIS_YEAR = "2026"


def texts() -> Iterator[str]:
    for path in (ROOT / "bayes_l2").rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        yield re.sub(r"\"?\n\s*[\"#]?", " ", code)  # joins lines of a text
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    for path in pages:
        if path.name != "bibliography.md":
            yield " ".join(path.read_text(encoding="utf-8").split())
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                yield " ".join(cell.source.split())


def test_every_work_that_is_cited_has_an_entry() -> None:
    cited = {pair for text in texts() for pair in CITATION.findall(text)}
    cited = {
        (name, year)
        for name, year in cited
        if year != THIS_YEAR and name not in NO_AUTHORS
    }
    assert len(cited) > 45
    missing = [
        (name, year)
        for name, year in sorted(cited)
        if not any(name in entry and f"({year})" in entry for entry in ENTRIES)
    ]
    assert missing == []


def test_each_section_is_in_the_order_of_its_authors() -> None:
    page = (ROOT / "docs" / "bibliography.md").read_text(encoding="utf-8")
    for section in page.split("\n## ")[1:]:
        names = [
            entry.removeprefix("van ").removeprefix("der ").casefold()
            for entry in re.findall(r"^- (.+)$", section, flags=re.MULTILINE)
        ]
        assert names == sorted(names)
