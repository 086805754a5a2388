"""A notebook of exercises as nbgrader takes it: the seed and the answers are the student's, the rest is locked."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bayes_l2.course.exercises.catalogue import find

INTRODUCTION = """# Exercises

Put your student number, without zeros in front, in the place of the dots in `student = ...`: it makes your numbers. Put
your answers in the place of the dots below each question, three digits are enough, and remove the line that raises an
error. The cell below says whether the answer is right, and if not, what may have gone wrong."""
SEED = """student = ...
### BEGIN SOLUTION
student = 0
### END SOLUTION"""
ANSWER = """{variable} = ...
### BEGIN SOLUTION
{variable} = exercises.find("{name}").answer(**exercises.numbers("{name}", seed=student))
### END SOLUTION"""
CHECK = """assert {variable} is not ..., "not answered"
verdict = exercises.check("{name}", {variable}, seed=student)
assert verdict.correct, verdict.message"""


def assignment(names: Sequence[str]) -> dict[str, Any]:
    """Return a notebook with some exercises, by the format 4.5 of Jupyter, for nbgrader's source folder.

    Parameters
    ----------
    names : sequence of str
        Names of exercises, in order; each is worth one point.

    Returns
    -------
    dict
        To be written as JSON. It holds the solutions, between the marks at which nbgrader takes them out.

    Raises
    ------
    ValueError
        If there is no such exercise, none at all, or one twice.
    """
    if isinstance(names, str) or not isinstance(names, Sequence) or not names:
        raise ValueError(f"names must be a list of exercises, got {names!r}")
    for name in names:
        find(name)
    if len(set(names)) < len(names):
        raise ValueError(f"each exercise must stand once, got {', '.join(names)}")
    cells = [_cell("markdown", "introduction", INTRODUCTION, locked=True)]
    cells.append(
        _cell("code", "package", "from bayes_l2 import exercises", locked=True)
    )
    cells.append(_cell("code", "student", SEED, solution=True))
    for name in names:
        variable = f"answer_{name.replace('-', '_')}"
        cells += [
            _cell(
                "code",
                f"{name}-question",
                f'print(exercises.question("{name}", seed=student))',
                locked=True,
            ),
            _cell(
                "code",
                f"{name}-answer",
                ANSWER.format(name=name, variable=variable),
                solution=True,
            ),
            _cell(
                "code",
                f"{name}-check",
                CHECK.format(name=name, variable=variable),
                locked=True,
                grade=True,
            ),
        ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {
        "cells": cells,
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def write_assignment(names: Sequence[str], path: str | Path) -> None:
    """Write such a notebook to a new file; nothing is overwritten, and no half of it stays behind."""
    text = json.dumps(assignment(names), indent=1, ensure_ascii=False) + "\n"
    path = Path(path)
    if path.suffix != ".ipynb":
        raise ValueError(f"a notebook's name must end in .ipynb, got {path}")
    if path.exists() or path.is_symlink():
        raise ValueError(
            f"{path} is there already: give another name, or remove it first"
        )
    if not path.parent.is_dir():
        raise ValueError(f"there is no folder {path.parent}")
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        draft = Path(folder) / "assignment.ipynb"
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)


def _cell(kind: str, name: str, source: str, **flags: bool) -> dict[str, Any]:
    marks: dict[str, Any] = {"grade_id": name, "schema_version": 3, "task": False}
    marks |= {flag: flags.get(flag, False) for flag in ("grade", "locked", "solution")}
    if marks["grade"]:
        marks["points"] = 1
    cell: dict[str, Any] = {
        "cell_type": kind,
        "id": name,
        "metadata": {"nbgrader": marks},
        "source": source,
    }
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})
