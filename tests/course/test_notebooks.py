"""Notebooks are stored small and without warnings, fit the page, and say what is so.

Code and printed lines have at most 79 columns, as the site shows them, and a cell has
at most 25 lines. Notebooks and the teacher's page name the reading time that
``notebooks_reading`` finds.
"""

import ast
import inspect
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

from bayes_l2 import datasets
from bayes_l2.course.demonstrations.equivalences import CASES
from tests.course import notebooks_reading as reading
from tests.test_glossary import unlinked

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
DISGUISES = FOLDER / "11_one_prior_many_disguises.ipynb"
WITHOUT_PENALTY = FOLDER / "12_regularisation_without_a_penalty.ipynb"


over_all = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem[:2])
FORMULA = r"(?s)\$\$.*?\$\$|\$[^$]+\$"
WIDEST, LONGEST, LONGEST_READING = 79, 25, 21  # columns, lines, minutes


def printed(path: Path) -> str:
    """Return what the cells of a notebook print."""
    return "\n".join(
        output.get("text", "")
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", [])
    )


@over_all
def test_it_is_stored_small_with_all_outputs_and_no_warnings(path: Path) -> None:
    assert path.stat().st_size < 400_000
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert {output.output_type for output in outputs} <= {
        "stream",
        "execute_result",
        "display_data",
    }
    assert {output.get("name", "stdout") for output in outputs} == {"stdout"}
    assert "...</t" not in path.read_text(encoding="utf-8")  # a text of a table, cut


def code(path: Path) -> list[str]:
    """Return the sources of the cells of code."""
    cells = nbformat.read(path, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


def text(path: Path) -> str:
    """Return the text of a notebook, without its formulas."""
    cells = nbformat.read(path, as_version=4).cells
    whole = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return re.sub(FORMULA, "x", whole)


@over_all
def test_cells_fit_the_page(path: Path) -> None:
    long = [cell for cell in code(path) if len(cell.splitlines()) > LONGEST]
    assert long == []
    lines = "\n".join([*code(path), printed(path)]).splitlines()
    assert [line for line in lines if len(line) > WIDEST] == []


@over_all
def test_functions_and_nested_loops_are_in_the_package(path: Path) -> None:
    for source in code(path):
        nodes = list(ast.walk(ast.parse(source)))
        assert not any(isinstance(node, ast.FunctionDef) for node in nodes), source
        loops = [node for node in nodes if isinstance(node, ast.For)]
        deep = [
            loop
            for loop in loops
            if sum(isinstance(node, ast.For) for node in ast.walk(loop)) > 2
        ]
        assert deep == [], source


@over_all
def test_its_terms_link_to_the_glossary_at_first_use(path: Path) -> None:
    assert unlinked(text(path)) == []
    formulas = re.findall(FORMULA, path.read_text(encoding="utf-8"))
    assert not any("glossary" in formula for formula in formulas)


FROM_TEN = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen")
NUMBERS = (*FROM_TEN, "seventeen", "eighteen", "nineteen", "twenty", "twenty-one")


@over_all
def test_it_says_how_long_it_takes_to_read(path: Path) -> None:
    minutes = reading.minutes(nbformat.read(path, as_version=4))
    said = re.search(r"It takes about (\S+) minutes to read", text(path))
    assert said is not None
    named = 10 + NUMBERS.index(said[1])
    assert abs(named - minutes) < 1, minutes
    assert named <= LONGEST_READING
    page = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
    (row,) = [line for line in page.splitlines() if path.name in line]
    assert int(row.split("|")[5]) == named
    if path.stem.startswith("05"):
        assert minutes <= 15


def test_the_page_names_the_rates_of_reading() -> None:
    page = " ".join((ROOT / "docs" / "teaching.md").read_text("utf-8").split())
    assert f"{reading.WORDS_A_MINUTE} words a minute" in page
    assert f"{reading.SECONDS_A_LINE} seconds for a line of code" in page
    assert f"{reading.SECONDS_A_PICTURE} seconds for a figure, a table or" in page


def test_words_are_those_of_a_reader() -> None:
    source = "# A [link](there.md) of $x + y$ words\n\n| a | b |\n|---|---|\n$$x = y$$"
    assert reading.words(source) == 4 + reading.WORDS_A_FORMULA + 2
    cells = [
        nbformat.v4.new_markdown_cell("word " * 200 + "\n$$x$$"),
        nbformat.v4.new_code_cell("a\nb", outputs=[]),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    assert reading.minutes(notebook) == pytest.approx(1 + (20 + 2 * 3) / 60)


@pytest.mark.parametrize(
    ("words", "name", "sizes"),
    [
        (r"(\d+) more rows, one for each column,", "augmented rows", ["p"]),
        (r"(\d+) unknowns give the (\d+) coefficients", "dual", ["n", "p"]),
        (r"on the first (\d+) of them", "sd of functions", ["features"]),
        (r"has (\d+) rows and (\d+) columns", "minimum norm", ["n", "p"]),
    ],
)
def test_sizes_that_it_says_are_those_of_the_cases(
    words: str, name: str, sizes: list[str]
) -> None:
    cells = nbformat.read(DISGUISES, as_version=4).cells
    prose = "\n".join(each.source for each in cells if each.cell_type == "markdown")
    found = re.search(words, prose)
    assert found is not None
    defaults = inspect.signature(CASES[name]).parameters
    assert [int(each) for each in found.groups()] == [
        defaults[size].default for size in sizes
    ]


def test_codes_of_its_own_agree_with_the_exact_posterior() -> None:
    lines = printed(DISGUISES)
    found = re.findall(r"^\S.*: (\S+) posterior sds", lines, flags=re.MULTILINE)
    assert len(found) == 4  # more rows, the dual, a linear kernel, the filter
    assert max(map(float, found)) < 1e-11


def test_settings_without_a_penalty_are_those_of_the_singular_values() -> None:
    """Sds of 5000 members are off by 1 %; these bounds are six such errors."""
    X = datasets.diabetes()[0].to_numpy()
    squares, V = np.linalg.eigh(X.T @ X)
    shares, alpha = V**2, 2.7**2

    def number(words: str) -> float:
        found = re.search(words, printed(WITHOUT_PENALTY))
        assert found is not None, words
        return float(found[1])

    assert number(r"rule of thumb, (\d+) steps") == round(squares[-1] / alpha)
    assert number(r"nearest to ridge, (\d+) steps: 0.10") == 203
    rate = number(r"is dropout at (\S+)%") / 100
    assert rate / (1 - rate) * len(X) == pytest.approx(alpha, rel=0.03)
    assert number(r"noise of sd (\S+)") ** 2 * len(X) == pytest.approx(alpha, rel=0.08)
    assert number(r"at 50% would be τ = (\S+)") == round(54 / len(X) ** 0.5, 1)
    left = shares @ (squares / (squares + alpha) ** 2)
    ratios = np.sqrt(left / (shares @ (1 / (squares + alpha))))
    least, most = (ratios.min(), ratios.max())
    assert number(r"noise alone: sds (\S+)") == pytest.approx(least, rel=0.06)
    assert number(r"noise alone: sds \S+ to (\S+)") == pytest.approx(most, rel=0.06)
    for end in (r"(\S+) to", r"\S+ to (\S+)"):
        both = number(rf"noise and draws of the prior: sds {end} ")
        assert both == pytest.approx(1, abs=0.06)
    assert number(r"neither: (\S+)") > 20 * number(r"dropout, 400 copies.*: (\S+)")


def test_the_length_of_weights_before_a_normalisation_does_not_matter() -> None:
    moves = re.findall(r"the unit moves by (\S+)", printed(WITHOUT_PENALTY))
    assert len(moves) == 3
    assert max(map(float, moves)) < 1e-13
