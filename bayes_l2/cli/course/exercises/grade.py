"""The command ``bayes-l2 exercises grade``."""

import csv
import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from bayes_l2.cli.course.exercises.options import AsJson
from bayes_l2.cli.terminal import console
from bayes_l2.texts import printable

# a full-width mark opens a formula too
FORMULA_MARKS = tuple("=+-@" + "\uff1d\uff0b\uff0d\uff20")


def grade(
    file: Annotated[
        str,
        typer.Argument(
            help='JSON: {"student number": {"exercise": answer, ...}, ...}.',
            metavar="FILE.json",
        ),
    ],
    as_json: AsJson = False,
    as_csv: Annotated[
        bool,
        typer.Option("--csv", help="Print a line for each answer, for a spreadsheet."),
    ] = False,
) -> int:
    """Grade a class. Entries that cannot be graded are named.

    Exit status: 0, or 2 if the file cannot be graded.
    """
    from bayes_l2.course.exercises.grading import grade_file

    if as_csv and as_json:
        raise ValueError("--csv and --json exclude each other")
    grades = grade_file(file)
    if as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(["student", "exercise", "right", "remark"])
        for each in grades:
            student = _in_a_cell(each.student)
            writer.writerows(
                [student, name, int(got.correct), got.message]
                for name, got in each.verdicts.items()
            )
            writer.writerows([student, "", "", problem] for problem in each.problems)
        return 0
    if as_json:
        found = [{**asdict(each), "right": each.right} for each in grades]
        print(json.dumps(found, indent=2))
        return 0
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table("student", "right", "not right", box=box.SIMPLE_HEAD)
    for each in grades:
        wrong = [verdict for verdict in each.verdicts.values() if not verdict.correct]
        lines = [
            f"{verdict.exercise}: {verdict.message.removeprefix('not right: ')}"
            for verdict in wrong
        ]
        lines += [f"not graded: {problem}" for problem in each.problems]
        table.add_row(
            Text(_printable(each.student)),
            f"{each.right} of {each.answers}",
            Text("\n".join(lines)),
        )
    console(110).print(table)
    return 0


def _printable(student: str) -> str:
    """Return a name; in quotes if a terminal would not show it as it is."""
    shown = student.isprintable() and student == student.strip()
    return student if shown else repr(student)


def _in_a_cell(student: str) -> str:
    """Return a name that a spreadsheet does not take for a formula."""
    name = printable(student)
    is_formula = student.strip().startswith(FORMULA_MARKS)
    return f"'{name}" if is_formula else name
