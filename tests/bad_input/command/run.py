"""The command in this process, and what is wrong with how it refuses its input."""

import io
import warnings
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import pytest

from bayes_l2.cli.main import main
from tests.bad_input.judge import in_time

LONGEST = 420  # characters of a refusal, which names a way out


class Ended(NamedTuple):
    """How a command ended: its status, and what it printed."""

    status: int
    out: str
    err: str


def run(*words: str) -> Ended:
    """Run a command, and return how it ended."""
    out, err = io.StringIO(), io.StringIO()
    with (
        in_time(),
        redirect_stdout(out),
        redirect_stderr(err),
        warnings.catch_warnings(action="default"),  # as for a person: a line for each
        pytest.raises(SystemExit) as stop,
    ):
        main(words)
    assert isinstance(stop.value.code, int)
    return Ended(stop.value.code, out.getvalue(), err.getvalue())


def fault_of_refusal(ended: Ended, *named: str) -> str:
    """Return what is wrong with a refusal, which has to name one of some words."""
    text = ended.err
    if ended.status != 2:
        return f"status {ended.status}, {text[:200]!r}"
    if ended.out:
        return f"it printed {ended.out[:200]!r}"
    if not text.startswith("bayes-l2: ") or text.count("\n") != 1:
        return f"no line: {text[:300]!r}"
    if not text.rstrip("\n").isprintable() or len(text) > LONGEST:
        return f"no printable line of {LONGEST} characters: {text[:600]!r}"
    if named and not any(name in text for name in named):
        return f"none of {named} is in {text!r}"
    return ""


def files_in(folder: Path) -> dict[str, int]:
    """Return the files of a folder by name, with their sizes."""
    found = {path.name: path.lstat().st_size for path in folder.iterdir()}
    return dict(sorted(found.items()))
