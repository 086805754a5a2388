"""A table has the columns that a width has room for, and cuts no number."""

import re
from dataclasses import replace
from html import unescape

import pytest
from rich.cells import cell_len
from rich.console import Console

from bayes_l2.comparison.text.grid import Column, Grid

NAMES = ["intercept", "age at\x1b[31m first birth", "日本の列の名前 [years]"]
NUMBERS = Column("exact\nmean", ["152.13", "-13.7", "5530"], are_numbers=True)
WORDS = ["one", "two words", "a long note of many words " * 3]
GRID = Grid(
    [
        Column("parameter", NAMES),
        NUMBERS,
        replace(NUMBERS, heading="R-hat", rank=2),
        replace(NUMBERS, heading="bulk\nESS", rank=3),
        Column("note", WORDS, rank=4, narrowest=20),
    ],
    styles=["green", "bold red", "dim"],
)


def lines(grid: Grid, width: int) -> list[str]:
    with (console := Console(width=width)).capture() as captured:
        console.print(grid)
    return captured.get().rstrip("\n").split("\n")


def test_columns_are_left_out_by_rank() -> None:
    grid = Grid([Column("parameter", ["x", "y", "z"]), *GRID.columns[1:]])
    names = [column.name for column in grid.columns]
    for count in range(len(names), 1, -1):
        whole = Grid(grid.columns[:count])
        assert [each.name for each in grid.within(whole.width).columns] == names[:count]
        narrower = grid.within(whole.width - 1)
        assert len(narrower.columns) == max(count - 1, 2)


@pytest.mark.parametrize("width", range(36, 130))
def test_a_table_has_the_width_that_it_claims_and_all_its_digits(width: int) -> None:
    shown, grid = lines(GRID, width), GRID.within(width)
    assert max(map(cell_len, shown)) <= width
    assert all(line.isprintable() for line in shown)
    text = "\n".join(shown)
    for column in grid.columns[1:]:
        for cell in column.texts if column.are_numbers else []:
            assert cell in text
    # each row is one line, but for the note
    first = [line for line in shown if line.startswith(("intercept", "age", "日本"))]
    assert len(first) == 3


@pytest.mark.parametrize("width", range(24, 40))
def test_long_names_lose_their_middle(width: int) -> None:
    name = "Mean annual income before taxes (log)"
    grid = Grid([Column("parameter", [name, "x", "y"]), NUMBERS])
    shown = lines(grid, width)
    (line,) = (each for each in shown if "…" in each)
    assert line.startswith("Mean")
    assert "g)" in line
    assert "152.13" in line
    assert max(map(cell_len, shown)) <= width


def test_names_of_half_a_line_are_shortened_before_a_column_goes() -> None:
    grid = Grid([Column("parameter", ["x" * 60, "y", "z"]), *GRID.columns[1:4]])
    assert len(grid.within(80).columns) == 4
    assert grid.within(80).columns[0].width == 80 - (grid.width - 60)
    short = Grid([Column("parameter", ["x" * 30, "y", "z"]), *GRID.columns[1:4]])
    assert short.within(30 + 18).columns[0].texts[0] == "x" * 30


def test_a_notebook_has_all_columns_and_the_colours() -> None:
    html = GRID.as_html()
    head, body = html.split("</thead>")
    # a heading breaks where it has a line end, a number nowhere
    assert head.count("white-space:pre-line") == len(GRID.columns)
    assert "nowrap" not in head
    assert body.count("white-space:nowrap") == 4 * 3
    assert "pre-line" not in body
    assert html.count("<th") - html.count("<thead") == len(GRID.columns) + 3
    assert "color:red" in html
    assert "\x1b" not in html
    assert r"age at\x1b[31m first birth" in html


def test_a_notebook_shortens_a_long_name_and_tells_it_under_the_pointer() -> None:
    name = "Mean annual household income before taxes ('000 of 2019 dollars)"
    html = Grid([Column("parameter", [name, "x", "y"]), NUMBERS]).as_html()
    (title, shown) = re.findall(r"<span title='([^']*)'>([^<]*)</span>", html)[0]
    assert unescape(title) == name
    assert len(shown) == 40
    start, end = shown.split("…")
    assert name.startswith(start)
    assert name.endswith(end)
    assert html.count("<span title") == 1


SMALL = Grid(
    [
        Column("parameter", ["x", "y"]),
        Column("a long\nheading", ["1.5", "-22"], are_numbers=True, rank=2),
        Column("sd", ["0.1234", "5"], are_numbers=True, rank=1),
        Column("note", ["some words that go on here", "b"], narrowest=10),
    ],
    styles=["green", "dim"],
)
FACTS = Grid(
    [
        Column("", ["model", "prior"]),
        Column("", ["a line of many words", "b"], narrowest=12),
    ]
)
SHOWN = {
    80: """\
            a long
parameter  heading      sd  note
──────────────────────────────────────────────────────
x              1.5  0.1234  some words that go on here
y            -22    5       b""",
    46: """\
            a long
parameter  heading      sd  note
──────────────────────────────────────────────
x              1.5  0.1234  some words that go
                            on here
y            -22    5       b""",
    30: """\
parameter      sd  note
──────────────────────────────
x          0.1234  some words
                   that go on
                   here
y          5       b""",
}


@pytest.mark.parametrize("width", SHOWN)
def test_a_table_as_it_is_seen(width: int) -> None:
    """Headings stand on the side of their cells; two spaces are between columns."""
    assert "\n".join(line.rstrip() for line in lines(SMALL, width)) == SHOWN[width]


def test_a_list_of_facts_has_no_line_of_headings() -> None:
    shown = [line.rstrip() for line in lines(FACTS, 40)]
    assert shown == ["model  a line of many words", "prior  b"]
    shown = [line.rstrip() for line in lines(FACTS, 22)]
    assert shown == ["model  a line of many", "       words", "prior  b"]


def test_a_number_without_room_is_not_cut_to_another_number() -> None:
    numbers = Column("exact\nmean", ["123456.5", "-22.25"], are_numbers=True)
    grid = Grid([Column("parameter", ["x of y z", "y"]), numbers])
    for width in range(8, 19):
        for line, number in zip(lines(grid, width)[3:], numbers.texts, strict=True):
            *_, shown = line.split()
            assert shown == number or shown.endswith("…")


def test_a_word_that_is_longer_than_its_column_goes_on_in_the_next_line() -> None:
    grid = Grid([Column("a", ["x"]), Column("note", ["y" * 30], narrowest=10)])
    shown = lines(grid, 13)
    assert [line.split()[-1] for line in shown[2:]] == ["y" * 10] * 3


def test_the_first_cell_of_a_row_has_its_style_in_a_terminal() -> None:
    console = Console(width=80, force_terminal=True, color_system="standard")
    with console.capture() as captured:
        console.print(SMALL)
    styles = re.findall(r"\x1b\[(\d+)m([xy])\b", captured.get())
    assert styles == [("32", "x"), ("2", "y")]  # ECMA-48: green, faint


def test_a_column_is_as_wide_as_its_widest_line_or_as_its_narrowest() -> None:
    assert [column.width for column in SMALL.columns] == [9, 7, 6, 10]
    assert SMALL.width == 9 + 7 + 6 + 10 + 3 * 2
    assert SMALL.columns[1].cells == ["    1.5", "  -22  "]
    called = Column("note", ["a"], called="notes of checks")
    assert Grid([FACTS.columns[0], SMALL.columns[2]]).has_headings
    assert [called.name, SMALL.columns[1].name] == ["notes of checks", "a long heading"]


def test_a_notebook_has_sides_heads_and_colours() -> None:
    line, left, right = "white-space:nowrap", "text-align:left", "text-align:right"
    found = re.findall(r"<(t[hd]) style='([^']*)'>", SMALL.as_html())
    breaks = ";white-space:pre-line"
    heads = [("th", f"{side}{breaks}") for side in (left, right, right, left)]
    numbers = [("td", f"{right};{line}")] * 2
    assert found == [
        *heads,
        *(("th", f"{left};{line};color:green"), *numbers, ("td", left)),
        *(("th", f"{left};{line};color:gray"), *numbers, ("td", left)),
    ]
    assert "min-width:3ch;text-align:right'>1<" in SMALL.as_html()
    assert FACTS.as_html() == (
        "<table style='font-variant-numeric:tabular-nums'><tbody>"
        f"<tr><th style='{left};{line}'>model</th>"
        f"<td style='{left}'>a line of many words</td></tr>"
        f"<tr><th style='{left};{line}'>prior</th><td style='{left}'>b</td></tr>"
        "</tbody></table>"
    )


def test_a_name_has_all_the_room_that_other_columns_leave() -> None:
    grid = Grid([Column("parameter", ["x" * 20, "y", "z"]), NUMBERS])
    for width, shown in ((29, "x" * 20), (28, f"{'x' * 9}…{'x' * 9}"), (1, "xxxx…xxx")):
        assert grid.within(width).columns[0].texts[0] == shown
        assert len(grid.within(width).columns) == 2
    short = Grid([Column("a", ["xyz", "y", "z"]), NUMBERS])
    assert short.within(1).columns[0].texts[0] == "xyz"
