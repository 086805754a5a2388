"""Each kind of block of a document, as Markdown and as a page."""

from xml.etree.ElementTree import Element

import pytest

from bayes_l2.comparison.document.blocks import (
    Bullets,
    Code,
    Document,
    Facts,
    Formula,
    Noted,
    Paragraph,
    Picture,
    Scene,
    Section,
    Table,
    Value,
)
from bayes_l2.comparison.document.html import SHORT, html, policy
from bayes_l2.comparison.document.markdown import markdown
from bayes_l2.drawing import describe, new_figure
from tests.comparison.document.page import tree_of, words

SCENE = Scene("of a & b", '<script>1</script><p>it\'s "a" & b</p>', "Not on paper.")
TABLE = Table(
    "Sizes",
    ("name", "mean", "note"),
    [
        ("a|b", Value("1.50", 1.5), Noted("claim", "meaning")),
        ("d", "not found", "none"),
        ("c", Value("inf", None), "none"),
    ],
    ["pass", "quiet", "fail"],
)
DOCUMENT = Document(
    "Title <1>",
    [
        Section("First", [Paragraph("All is well.", "pass"), Paragraph("2 * 3")]),
        Section("Rows", [Bullets(["one", "two_"], "quiet"), Bullets(["three"])]),
        Section(
            "Facts",
            [
                Facts([("", Formula("a²"))]),
                Facts(
                    [
                        ("loss", Formula("b`c``d", "words of it")),
                        ("sd", Value("0.1", 0.125)),
                        ("", "nothing"),
                    ]
                ),
            ],
        ),
        Section("Lines", [Code("x = 1\ny < 2"), Code("a = `b````"), Code("`")]),
        Section("Table", [TABLE, SCENE]),
    ],
)
MARKDOWN = r"""# Title \<1\>

## First

**All is well.**

2 \* 3

## Rows

- one
- two\_

- three

## Facts

- `a²`

- loss: ``` b`c``d ``` (words of it)
- sd: 0.1
- nothing

## Lines

```
x = 1
y < 2
```

`````
a = `b````
`````

```
`
```

## Table

Sizes:

| name | mean | note |
| --- | --- | --- |
| a\|b | 1.50 | claim. meaning |
| d | not found | none |
| c | inf | none |

Not on paper.
"""


def test_each_block_as_markdown() -> None:
    assert markdown(DOCUMENT) == MARKDOWN


@pytest.fixture(scope="module")
def page() -> Element:
    return tree_of(html(DOCUMENT))


def test_the_head_of_a_page(page: Element) -> None:
    assert page.attrib == {"lang": "en"}
    head = [dict(each.attrib) for each in page[0]]
    assert head == [
        {"charset": "utf-8"},
        {"http-equiv": "Content-Security-Policy", "content": policy(DOCUMENT)},
        {"name": "viewport", "content": "width=device-width, initial-scale=1"},
        {"name": "color-scheme", "content": "light dark"},
        {"rel": "icon", "href": "data:,"},
        {},
        {},
    ]
    assert words(page[0][5]) == "Title <1>"


def test_text_has_its_tone(page: Element) -> None:
    found = [(each.get("class"), words(each)) for each in page.iter("p")]
    assert found[:2] == [("pass", "All is well."), ("", "2 * 3")]
    assert [each.get("class") for each in page.iter("ul")] == ["quiet", ""]
    assert [words(each) for each in page.iter("li")] == ["one", "two_", "three"]
    assert next(words(each) for each in page.iter("pre")) == "x = 1\ny < 2"


def test_a_fact_stands_below_its_heading_where_there_is_one(page: Element) -> None:
    (section,) = (each for each in page.iter("section") if words(each[0]) == "Facts")
    _, formula, facts = section
    assert (formula.tag, formula.get("class")) == ("div", "formula")
    assert [words(each) for each in facts.iter("dt")] == ["loss", "sd", ""]
    loss, sd, nothing = facts.iter("dd")
    assert (loss[0].get("class"), loss[0].tail) == ("formula", "words of it")
    assert (sd[0].tag, sd[0].get("value"), words(sd)) == ("data", "0.125", "0.1")
    assert (len(nothing), words(nothing)) == (0, "nothing")


def test_a_table_tells_headings_numbers_and_outcomes(page: Element) -> None:
    (table,) = page.iter("table")
    (around,) = (each for each in page.iter("div") if table in list(each))
    label = {"role": "region", "aria-label": "Sizes", "tabindex": "0"}
    assert around.attrib == {"class": "wide short", **label}
    head, first, third, second = table.iter("tr")
    assert [each.get("scope") for each in head] == ["col"] * 3
    assert [each.get("class") for each in head] == ["", "number", ""]
    tones = [row.get("class") for row in (first, second, third)]
    assert tones == ["pass", "fail", "quiet"]
    assert first[0].attrib == {"scope": "row", "dir": "auto"}
    assert [each.tag for each in first] == ["th", "td", "td"]
    assert [row[1].get("class") for row in (first, second)] == ["number"] * 2
    assert first[1][0].get("value") == "1.5"
    assert (len(second[1]), words(second[1])) == (0, "inf")
    assert (first[2].text, first[2][0].tag, words(first[2][0])) == (
        "claim",
        "small",
        "meaning",
    )


@pytest.mark.parametrize(
    ("n", "kind"), [(0, "wide short"), (15, "wide short"), (16, "wide")]
)
def test_a_table_of_fifteen_rows_stays_on_one_page(n: int, kind: str) -> None:
    assert SHORT == 15
    blocks = [Table("Many", ("name", "x"), [("a", "b")] * n)]
    (around,) = (
        each
        for each in tree_of(html(Document("", [Section("", blocks)]))).iter("div")
        if each.get("role") == "region"
    )
    assert around.get("class") == kind
    rows = list(around.iter("tr"))
    assert [row.get("class") for row in rows[1:]] == [""] * n
    assert [each.get("class") for each in rows[0]] == ["", ""]


def test_a_scene_is_a_page_in_a_page(page: Element) -> None:
    (frame,) = page.iter("iframe")
    assert (frame.get("title"), frame.get("srcdoc")) == (SCENE.title, SCENE.page)
    (around,) = (each for each in page.iter("div") if frame in list(each))
    assert around.get("class") == "scene"
    assert (around[1].get("class"), words(around[1])) == ("instead", "Not on paper.")


def test_a_picture_has_its_words_and_its_numbers_beside_it() -> None:
    figure = describe(new_figure(1, 1), "Two * marks.")
    table = Table("Numbers", ("name", "x"), [("a", Value("1.5", 1.5))])
    document = Document("", [Section("", [Picture("Marks", figure, table)])])
    (found,) = tree_of(html(document)).iter("figure")
    frame, caption, details = found
    assert (frame.get("class"), frame[0].tag) == ("drawing", "svg")
    assert frame[0].get("aria-labelledby") == "figure-1-title figure-1-description"
    assert (caption.tag, words(caption)) == ("figcaption", "Marks. Two * marks.")
    assert (details.tag, words(details[0])) == ("details", "Numbers of this figure")
    assert len(list(details.iter("table"))) == 1
    assert markdown(document).endswith(
        "### Marks\n\nTwo \\* marks.\n\nNumbers:\n\n"
        "| name | x |\n| --- | --- |\n| a | 1.5 |\n"
    )
