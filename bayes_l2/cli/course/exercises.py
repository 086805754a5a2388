"""The command line: ``bayes-l2 exercises``."""

import csv
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from bayes_l2.cli.help import Command, Group
from bayes_l2.cli.terminal import console
from bayes_l2.texts import printable

app = typer.Typer(name="exercises", help="Exercises that grade themselves.", cls=Group)
# a full-width mark opens a formula too
FORMULA_MARKS = tuple("=+-@" + "\uff1d\uff0b\uff0d\uff20")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


@app.command(cls=Command, name="list")
def list_(as_json: AsJson = False) -> int:
    """List the exercises by chapter."""
    from bayes_l2.course.exercises.catalogue import EXERCISES

    if as_json:
        chapters = {each.name: each.chapter for each in EXERCISES.values()}
        print(json.dumps(chapters, indent=2))
        return 0
    # with no room beside the table its longest row fits 80 places
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("exercise", no_wrap=True)
    table.add_column("chapter")
    table.add_column("known\nmistakes", justify="right")
    for each in EXERCISES.values():
        known = each.misconceptions(**each.numbers(seed=0))
        table.add_row(each.name, each.chapter, str(len(known)))
    console(110).print(table)
    return 0


@app.command(cls=Command)
def show(
    name: Annotated[str, typer.Argument(help="Name of the exercise.", metavar="NAME")],
    seed: Annotated[
        int,
        typer.Option(help="Seed of the numbers: a student number.", min=0, metavar="N"),
    ] = 0,
    as_json: AsJson = False,
) -> int:
    """Print an exercise with the numbers of a seed."""
    from bayes_l2.course.exercises import catalogue

    question = catalogue.question(name, seed=seed)
    if as_json:
        numbers = catalogue.numbers(name, seed=seed)
        found = {"name": name, "seed": seed, "question": question, "numbers": numbers}
        print(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        console(110).print(question, markup=False)
        note = (
            f"Numbers of seed {seed}. In Python `from bayes_l2 import exercises`, and "
            f'`exercises.check("{name}", ANSWER, seed={seed})` checks an answer.'
        )
        console(110).print(note, style="dim", markup=False)
    return 0


@app.command(cls=Command)
def assignment(
    names: Annotated[
        list[str],
        typer.Argument(help="Names of exercises, in order.", metavar="NAME"),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="A new file.", metavar="FILE.ipynb")
    ],
) -> int:
    """Write a notebook of exercises for nbgrader, with solutions."""
    from bayes_l2.course.exercises.assignment import write_assignment

    write_assignment(names, output)
    console(110).print(
        f"{output}: {len(names)} exercise{'s' * (len(names) > 1)}", markup=False
    )
    return 0


@app.command(cls=Command)
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
