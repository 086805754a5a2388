"""The numbers on the page on the L2 loss are those of its notebooks and modules."""

import re
import shlex
from pathlib import Path

import nbformat
import pytest

from bayes_l2.course.demonstrations.counterexamples import CASES
from bayes_l2.course.demonstrations.equivalences import cases

ROOT = Path(__file__).parent.parent
PAGE = " ".join((ROOT / "docs" / "why_l2.md").read_text(encoding="utf-8").split())
LOSSES, WEIGHTS = "01_losses_are_likelihoods", "09_weight_decay"


@pytest.fixture(scope="module")
def outputs() -> dict[str, str]:
    """Return what notebooks print, their tables and the words of their figures."""
    found = {}
    for name in (LOSSES, WEIGHTS):
        notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
        outputs = [each for cell in notebook.cells for each in cell.get("outputs", [])]
        found[name] = "\n".join(
            output.get("text", "")
            or output.data.get("text/plain", "")
            + output.metadata.get("image/png", {}).get("alt", "")
            for output in outputs
        )
    return found


@pytest.mark.parametrize(
    ("notebook", "printed", "words"),
    [
        (LOSSES, r"median regression: (0\.848 ± 0\.040)", "mean squared error of {}"),
        (LOSSES, r"least squares +0\.000 +(1\.312)", "least squares has {}"),
        (LOSSES, r"least squares +0\.000 +(1\.312)", "{} for least squares"),
        (LOSSES, r"ridge, α = 5 +0\.264 +(1\.206)", "{} for ridge"),
        (LOSSES, r"last value 50 +(12)\.0", "The mean goes from 3 to {}"),
        (LOSSES, r"last value 50 +12\.0 +(3)\.0", "the median stays at {}"),
        (WEIGHTS, r"new rows it is .* at 10 with (1\.03)", "{} noise variances"),
        (WEIGHTS, r"new rows it is (2\.42) first", "With almost no penalty it is {}"),
        (WEIGHTS, r"Ridge has (1\.06) on new rows", "A line has {}"),
        (
            WEIGHTS,
            r"are (0\.256) apart\nby theory 0\.256",
            "a distance of {} noise sds",
        ),
        (WEIGHTS, r"highest point of the line: (66) nats", "falls by {} [nats]"),
    ],
)
def test_numbers_of_notebooks(
    notebook: str, printed: str, words: str, outputs: dict[str, str]
) -> None:
    found = re.search(printed, outputs[notebook])
    assert found is not None
    assert words.format(found[1]) in PAGE


def test_there_are_modes_of_three_heights(outputs: dict[str, str]) -> None:
    settled = re.search(r"after Newton's method +(.*)", outputs[WEIGHTS])
    assert settled is not None
    starts = [int(each) for each in settled[1].split()]
    assert (len(starts), sum(starts)) == (3, 20)
    assert "modes of three heights from 20 starts" in PAGE


def test_normalised_weights_have_no_minimum() -> None:
    power = CASES["normalised weights"]().measured
    assert f"to the power {power:.3f}" in PAGE


def test_equivalences_that_are_named_hold_and_cover_what_is_said() -> None:
    commands = re.findall(r"bayes-l2 equivalences ([^`]+?)(?:`| ```)", PAGE)
    named = [name for words in commands for name in shlex.split(words)]
    assert len(named) == 6
    found = {name: cases.find(name)() for name in named}
    assert all(each.holds for each in found.values())
    held = 100 * found["wrong noise"].found
    assert f"intervals of 90 % contain {held:.0f} % of new rows" in PAGE
    assert 100 * found["split conformal"].found == pytest.approx(90, abs=1)
    assert "they contain about 90 %" in PAGE


def test_it_is_first_on_the_front_page() -> None:
    front = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    for links in (r"^- \[.*?\]\((.*?)\)", r"^.* <(.*)>$"):
        first = re.search(links, front, flags=re.MULTILINE)
        assert first is not None
        assert first[1].removesuffix(".md") == "why_l2"
