"""README and the pages of the guide: their examples run and their links exist."""

import contextlib
import io
import re
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
import xarray as xr

from bayes_l2 import LinearModel, compare
from bayes_l2.cli.main import app
from bayes_l2.course import demonstrations
from bayes_l2.course.demonstrations import counterexamples
from bayes_l2.fits.penalised import ESTIMATORS
from bayes_l2.model import likelihoods, priors

ROOT = Path(__file__).parent.parent
GUIDE = ROOT / "docs" / "guide"
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (
        ROOT / "README.md",
        ROOT / "docs" / "fitted-ridge.md",
        ROOT / "docs" / "scale.md",
        ROOT / "docs" / "why_l2.md",
        *sorted(GUIDE.glob("*.md")),
    )
}
README = PAGES["README.md"]


EXAMPLE = re.compile(r"```python\n(.*?)```\n\n```text\n(.*?)```", flags=re.DOTALL)
ONE_PROGRAM = ("docs/fitted-ridge.md",)  # each example goes on from those before it


def examples_of(page: str, text: str) -> list[tuple[str, str]]:
    """Return programs and what they print."""
    examples = EXAMPLE.findall(text)
    if page in ONE_PROGRAM:
        return [
            ("".join(code for code, _ in examples), "".join(o for _, o in examples))
        ]
    return examples


def marks_of(page: str) -> list[pytest.MarkDecorator]:
    """Return the mark of a page whose examples take 12 seconds or more."""
    is_slow = page in ("docs/scale.md", "docs/guide/other-losses.md")
    return [pytest.mark.slow] if is_slow else []


EXAMPLES = [
    pytest.param(code, expected, id=f"{page}-{number}", marks=marks_of(page))
    for page, text in PAGES.items()
    for number, (code, expected) in enumerate(examples_of(page, text))
]
NUMBER = re.compile(r"-?\d+\.\d+")


def test_the_two_commands_come_first() -> None:
    first = re.search(r"```sh\n(.*?)```", README, flags=re.DOTALL)
    assert first is not None
    assert first.group(1) == (
        "pip install uv && uv run --no-dev bayes-l2 compare\nuv run pytest\n"
    )
    assert README.index("```") == first.start()


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 150


def test_every_example_of_a_page_is_run() -> None:
    for page, text in PAGES.items():
        assert len(EXAMPLE.findall(text)) == text.count("```python"), page
    assert len(EXAMPLES) >= 8


def lines(text: str) -> list[tuple[str, np.ndarray]]:
    """Return the words and the numbers of each line."""
    return [
        (NUMBER.sub("#", line), np.array(NUMBER.findall(line), dtype=float))
        for line in text.splitlines()
    ]


def test_code_fits_the_width_of_a_page() -> None:
    for page, text in PAGES.items():
        for block in re.findall(r"```(?:python|sh)\n(.*?)```", text, flags=re.DOTALL):
            assert max(len(line) for line in block.splitlines()) <= 80, (page, block)


def output_of_process(code: str) -> str:
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    return run.stdout


def output_of(code: str) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as written:
        exec(code, {"__name__": "__main__"})
    return written.getvalue()


@pytest.mark.filterwarnings("ignore")  # a page may show a search that stops short
@pytest.mark.parametrize(("code", "expected"), EXAMPLES)
def test_examples_print_the_output_that_is_shown(
    code: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one in a process of its own, which takes a second more."""
    monkeypatch.chdir(tmp_path)
    run = output_of_process if code == EXAMPLE.findall(README)[0][0] else output_of
    printed = run(code)
    assert NUMBER.sub("#", printed) == NUMBER.sub("#", expected)
    ours, theirs = lines(printed), lines(expected)
    exact = dict(ours)
    for (words, found), (_, shown) in zip(ours, theirs, strict=True):
        if "MCMC" not in words:
            np.testing.assert_allclose(found, shown, rtol=1e-7)
        elif "draws" in words:
            # 6.4 Monte-Carlo standard errors of a difference of two averages are
            # 0.0142, and 0.005 is the rounding
            np.testing.assert_allclose(found, shown, atol=0.02)
        else:
            # other machines draw other numbers, of an ESS of 4100 or more: 0.1
            # posterior sds are 6.4 Monte-Carlo standard errors of a mean
            mean_and_sd = exact[words.replace("MCMC ", "exact")]
            for drawn in (found, shown):
                np.testing.assert_allclose(
                    drawn, mean_and_sd, atol=0.1 * mean_and_sd[1]
                )


def test_a_page_shows_the_checks_and_the_verdict(
    diabetes: LinearModel, nutpie_draws: xr.DataTree
) -> None:
    comparison = compare(diabetes, mcmc=nutpie_draws)
    page = PAGES["docs/guide/checks.md"]
    claims = [check.claim for check in comparison.checks]
    places = [page.index(f"\npass   {claim}") for claim in claims]
    assert places == sorted(places)
    verdict = str(comparison).rpartition(f"{len(claims)} of {len(claims)} ")
    outcome = " ".join("".join(verdict[1:]).split()).partition("Look next")[0]
    assert outcome.endswith(". ")
    assert outcome in " ".join(page.split())


def test_commands_that_are_shown_have_their_options() -> None:
    root = typer.main.get_command(app)
    seen = 0
    for page, text in PAGES.items():
        for line in re.findall(r"bayes-l2 ([^`\n]+(?:\\\n[^`\n]+)*)", text):
            words = line.replace("\\\n", " ").split()
            command: Any = root
            while words and words[0] in getattr(command, "commands", {}):
                command = command.commands[words.pop(0)]
            known = {name for each in command.params for name in each.opts}
            unknown = {word for word in words if word.startswith("--")} - known
            assert unknown <= {"--help"}, (page, line)
            assert command is not root, (page, line)
            seen += 1
    assert seen >= 15


def test_options_that_are_named_exist() -> None:
    root: Any = typer.main.get_command(app)
    commands = [*root.commands.values(), *root.commands["exercises"].commands.values()]
    known = {
        name
        for command in commands
        for each in command.params
        for name in (*each.opts, *each.secondary_opts)
    }
    for page, text in PAGES.items():
        spans = re.findall(r"`(--[a-z-]+)[^`]*`", text)
        assert set(spans) <= known, (page, set(spans) - known)


def test_the_table_of_estimators_is_that_of_the_package() -> None:
    listed = {}
    for line in PAGES["docs/guide/other-losses.md"].splitlines():
        cells = [re.findall(r"`(\w+)`", cell) for cell in line.split("|")]
        if len(cells) == 5 and cells[2]:
            _, estimators, (likelihood,), names, _ = cells
            for prior in names:
                pair = getattr(likelihoods, likelihood), getattr(priors, prior)
                assert pair not in listed
                listed[pair] = estimators
    assert set(listed) == set(product(likelihoods.KNOWN, priors.KNOWN))
    for pair, estimators in listed.items():
        fit = ESTIMATORS.get(pair)
        assert (fit is None) == (estimators == []), pair
        assert all(f"``{name}``" in (fit.__doc__ or "") for name in estimators), pair


def test_what_is_said_is_tried_by_a_demonstration() -> None:
    page, front = PAGES["docs/guide/what-is-said.md"], PAGES["docs/why_l2.md"]
    named = re.findall(r"\| `(\w+)`(?: \||[,:])", page + front)
    assert len(named) == 7
    folder = Path(demonstrations.__file__).parent
    tests = ROOT / "tests" / "course" / "demonstrations"
    for name in named:
        assert (folder / f"{name}.py").exists()
        assert (tests / f"test_{name}.py").exists()
    cases = page[page.index("## Where the equivalence ends") :]
    assert cases.count("\n- ") == len(counterexamples.CASES)


@pytest.mark.parametrize("document", [*PAGES, "CONTRIBUTING.md", "docs/index.md"])
def test_relative_links_exist(document: str) -> None:
    path = ROOT / document
    text = path.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!http)([^)#]+)[^)]*\)", text)
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_the_map_names_every_folder_and_module() -> None:
    page = PAGES["docs/guide/map.md"]
    package = ROOT / "bayes_l2"
    folders = {path.parent for path in package.rglob("*.py")} - {package}
    assert {folder.name for folder in folders} <= set(re.findall(r"`(\w+)/`", page))
    modules = {path.stem for path in package.glob("*.py")} - {"__init__", "__main__"}
    assert modules <= set(re.findall(r"`(\w+)`", page))
