"""The terms of the glossary are linked where a page first uses them."""

import re
from pathlib import Path

import pytest

from bayes_l2.course.questions import page

ROOT = Path(__file__).parent.parent
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
PAGES = [
    ROOT / "README.md",
    *(
        ROOT / "docs" / f"{name}.md"
        for name in (
            "index",
            "course",
            "teaching",
            "teaching/plans",
            "teaching/open-questions",
            "accuracy",
            "scale",
            "fitted-ridge",
            "calibration",
            "coverage",
            "why_l2",
            "questions",
        )
    ),
    *sorted((ROOT / "docs" / "guide").glob("*.md")),
]
# how the text of a page uses a term, by the anchor of its entry; the page of questions
# needs no link to the others, which its first lines have
TERMS = {
    **page.TERMS,
    "divergent-transition": r"(?i)\bdivergent transitions?\b",
    "duality-gap": r"(?i)\bduality gap\b",
    "effective-sample-size-ess": r"\bESS\b|\beffective draws\b",
    "penalty": r"(?i)\bpenalty\b|\bpenalties\b",
    "prior": r"(?i)\bpriors?\b",
    "r-hat": r"\bR-hat\b",
    "relative-to-the-noise": r"(?i)\brelative to the noise\b",
    "separable-classes": r"(?i)\bseparable classes\b",
    "student-t": r"\bStudent-t\b",
    "subgradient": r"(?i)\bsubgradient\b",
    "sufficient-statistics": r"(?i)\bsufficient statistics\b",
    "type-ii-maximum-likelihood": r"(?i)\btype-II maximum likelihood\b",
}


def anchors(text: str) -> set[str]:
    """Return the anchors of the headings of a page, as code forges make them."""
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-")
        for heading in headings
    }


def prose(text: str) -> str:
    """Return a page without headings, code, figures and titles of other works."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"!\[.*?\]\(.*?\)", "", text)
    text = re.sub(r"`.*?`", "", text)
    text = re.sub(r"(?<!\*)\*[^*]+\*(?!\*)", "", text)  # titles of works
    return re.sub(r"\[[^]]*\]\((?!\S*glossary\.md#)[^)]*\)", "", text)


def unlinked(text: str) -> list[str]:
    """Return the terms whose first use on a page does not link to the glossary."""
    text = prose(text)
    links = [
        (found.span(1), found[2])
        for found in re.finditer(r"\[([^]]*)\]\(([^)\s]+)\)", text)
    ]
    words = re.sub(r"\]\([^)\s]+\)", lambda found: " " * len(found[0]), text)
    found = []
    for anchor, pattern in TERMS.items():
        use = re.search(pattern, words)
        if use is None:
            continue
        to = [to for (low, high), to in links if low <= use.start() < high]
        if not (to and to[0].endswith(f"glossary.md#{anchor}")):
            found.append(f"{use[0]}: {words[use.start() - 30 : use.end() + 30]!r}")
    return found


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_terms_link_to_the_glossary_where_a_page_first_uses_them(path: Path) -> None:
    assert unlinked(path.read_text(encoding="utf-8")) == []


def test_a_first_use_without_a_link_is_found() -> None:
    link = "[evidence](docs/glossary.md#evidence)"
    assert unlinked(f"# Evidence\n\nThe {link}, the evidence, `evidence`.") == []
    assert len(unlinked(f"The evidence is the {link}.")) == 1
    assert len(unlinked("The [evidence](docs/glossary.md#nat).")) == 1


def test_every_link_to_the_glossary_has_an_entry() -> None:
    entries = anchors(GLOSSARY)
    assert set(TERMS) <= entries
    pages = [*PAGES, *(ROOT / "docs").glob("*.md")]
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert set(re.findall(r"glossary\.md#([\w-]+)\)", text)) <= entries, path.name
