"""Notebooks are stored small and without warnings, and say sizes as they are."""

import inspect
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

from bayes_l2 import datasets
from bayes_l2.course.demonstrations.equivalences import CASES

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
DISGUISES = FOLDER / "11_one_prior_many_disguises.ipynb"
WITHOUT_PENALTY = FOLDER / "12_regularisation_without_a_penalty.ipynb"


def printed(path: Path) -> str:
    """Return what the cells of a notebook print."""
    return "\n".join(
        output.get("text", "")
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", [])
    )


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
