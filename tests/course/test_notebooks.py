"""Notebooks are stored small and without warnings, and say sizes as they are."""

import inspect
import re
from pathlib import Path

import nbformat
import pytest

from bayes_l2.course.demonstrations.equivalences import CASES

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
DISGUISES = FOLDER / "11_one_prior_many_disguises.ipynb"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem[:2])
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
    printed = "\n".join(
        output.get("text", "")
        for cell in nbformat.read(DISGUISES, as_version=4).cells
        for output in cell.get("outputs", [])
    )
    found = re.findall(r"^\S.*: (\S+) posterior sds", printed, flags=re.MULTILINE)
    assert len(found) == 4  # more rows, the dual, a linear kernel, the filter
    assert max(map(float, found)) < 1e-11
