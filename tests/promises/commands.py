"""A use of each command of ``bayes-l2`` that takes a second or less."""

import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import typer

from bayes_l2.cli.main import app, main

COMMANDS = {
    "compare": "compare data.csv --target y --prior-sd 1 --noise-sd 1 --meaning "
    "--draws 20 --tune 20 --predict new.csv --output predicted.csv --save kept.nc "
    "--plot figure.png --report report.html",
    "convert": "convert 1 --from ridge --to kernel-ridge",
    "conventions": "conventions",
    "ask": "ask ridge penalty",
    "equivalences": "equivalences 'kernel ridge' --json --figures .",
    "explore": "explore data.csv --target y --output explorer.html --no-browser",
    "exercises list": "exercises list",
    "exercises show": "exercises show r-hat --seed 1 --solution",
    "exercises hint": "exercises hint r-hat",
    "exercises check": "exercises check r-hat 1.5 --seed 1",
    "exercises assignment": "exercises assignment r-hat --output homework.ipynb",
    "exercises grade": "exercises grade class.json --output grades.csv --summary s.csv",
    "exercises export": "exercises export r-hat --format moodle --seeds 2 -o quiz.xml",
}
CLASS = '{"1": {"r-hat": 1.5}, "Ada": {"r-hat": 1.01}}'


def names_of(command: Any, before: str = "") -> list[str]:
    """Return the names of all commands that do something."""
    within = getattr(command, "commands", {})
    if not within:
        return [before.strip()]
    return [
        each
        for name, one in within.items()
        for each in names_of(one, f"{before} {name}")
    ]


ALL = names_of(typer.main.get_command(app))


def write_inputs(folder: Path) -> None:
    """Write the files that the commands read."""
    rng = np.random.default_rng(0)
    data = pd.DataFrame(rng.standard_normal((20, 3)), columns=["a", "b", "y"])
    data.to_csv(folder / "data.csv", index=False)
    data[["a", "b"]].head(2).to_csv(folder / "new.csv", index=False)
    (folder / "class.json").write_text(CLASS, encoding="utf-8")


def status_of(words: str) -> object:
    """Run a command, and return its exit status."""
    with pytest.raises(SystemExit) as stop:
        main(shlex.split(words))
    return stop.value.code
