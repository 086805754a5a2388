"""The examples of the README run and print the output shown, and its links exist."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bayes_l2 import LinearModel, compare

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(
    r"```python\n(.*?)```\n\n```text\n(.*?)```", README, flags=re.DOTALL
)
NUMBER = re.compile(r"-?\d+\.\d+")


def test_the_two_commands_come_first() -> None:
    first = re.search(r"```sh\n(.*?)```", README, flags=re.DOTALL)
    assert first is not None
    assert (
        first.group(1) == "pip install uv && uv run bayes-l2 compare\nuv run pytest\n"
    )
    assert README.index("```") == first.start()


def numbers(text: str) -> dict[str, np.ndarray]:
    """Return the numbers of each line, by the words of the line."""
    return {
        NUMBER.sub("#", line): np.array(NUMBER.findall(line), dtype=float)
        for line in text.splitlines()
    }


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_examples_print_the_output_of_the_readme(number: int) -> None:
    code, expected = EXAMPLES[number]
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    assert NUMBER.sub("#", result.stdout) == NUMBER.sub("#", expected)
    ours, theirs = (numbers(text) for text in (result.stdout, expected))
    for line in ours:
        if "MCMC" not in line:
            np.testing.assert_allclose(ours[line], theirs[line], rtol=1e-7)
        elif line.startswith("benign?"):
            # 0.0045 is 6.4 Monte-Carlo standard errors of a difference of two averages
            np.testing.assert_allclose(ours[line], theirs[line], atol=0.0045)
        else:
            # other machines draw other numbers; 0.3 is 6.4 Monte-Carlo standard errors
            for drawn in (ours[line], theirs[line]):
                np.testing.assert_allclose(
                    drawn,
                    ours[next(each for each in ours if "exact" in each)],
                    atol=0.3,
                )


def test_the_readme_shows_the_checks_of_the_package(diabetes: LinearModel) -> None:
    claims = [check.claim for check in compare(diabetes, routes=["exact"]).checks]
    places = [README.index(f"pass   {claim}") for claim in claims]
    assert places == sorted(places)


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_relative_links_exist(document: str) -> None:
    links = re.findall(
        r"\]\((?!http)([^)#]+)\)", (ROOT / document).read_text(encoding="utf-8")
    )
    assert all((ROOT / link).exists() for link in links), links


def test_the_map_names_every_folder_and_module() -> None:
    listed = README[README.index("## A map of the code") :]
    for path in (ROOT / "bayes_l2").iterdir():
        assert path.name.startswith(("__", "py.typed")) or path.stem in listed
