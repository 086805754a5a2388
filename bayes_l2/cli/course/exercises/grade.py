"""The command ``bayes-l2 exercises grade``."""

import json
from pathlib import Path
from typing import Annotated

import typer

from bayes_l2.cli.course.exercises.options import AsJson, Decimal
from bayes_l2.cli.files import require_distinct, require_writable
from bayes_l2.cli.terminal import PROSE, console


def grade(
    file: Annotated[
        str,
        typer.Argument(
            help="Answers: CSV with the columns student, exercise and answer, or with "
            'a column for each exercise; or JSON, {"student": {"exercise": answer}}.',
            metavar="FILE",
        ),
    ],
    seeds: Annotated[
        str | None,
        typer.Option(
            help="CSV of student,seed. Students who are not in FILE are named. "
            "[default: the number in the student's name]",
            metavar="FILE",
        ),
    ] = None,
    student: Annotated[
        str | None,
        typer.Option(
            help="Column that holds the student. [default: found]", metavar="COLUMN"
        ),
    ] = None,
    exercises: Annotated[
        str | None,
        typer.Option(
            help="Exercises of the columns Response 1, Response 2, ..., in order.",
            metavar="NAME,NAME",
        ),
    ] = None,
    decimal: Decimal = None,
    encoding: Annotated[
        str | None,
        typer.Option(
            help="Encoding of the files, such as utf-16 or latin-1. [default: found]",
            metavar="NAME",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Write a line for each answer here, for a spreadsheet.",
            metavar="FILE.csv",
        ),
    ] = None,
    summary: Annotated[
        Path | None,
        typer.Option(
            help="Write the counts of each exercise here, for a spreadsheet.",
            metavar="FILE.csv",
        ),
    ] = None,
    as_json: AsJson = False,
    as_csv: Annotated[
        bool,
        typer.Option("--csv", help="Print a line for each answer, for a spreadsheet."),
    ] = False,
) -> int:
    """Grade a class: what it misunderstood, and who is missing.

    The command names each entry that cannot be graded, and grades all others.

    Exit status: 0, or 2 if the file cannot be graded.
    """
    from bayes_l2.cli.course.exercises import results
    from bayes_l2.cli.course.exercises.screen import print_class
    from bayes_l2.course.exercises.grading import grade_file, summaries

    if as_csv and as_json:
        raise ValueError("--csv and --json exclude each other")
    written = {"--output": output, "--summary": summary}
    for option, path in written.items():
        if path is not None:
            require_writable(path, option, (".csv",))
    require_distinct({"FILE": file, "--seeds": seeds}, written)
    names = (
        None if exercises is None else [each.strip() for each in exercises.split(",")]
    )
    grades = grade_file(
        file,
        seeds=seeds,
        student=student,
        exercises=names,
        decimal=decimal,
        encoding=encoding,
    )
    counted = summaries(grades)
    if output is not None:
        results.write(results.answers_as_csv(grades), output, "--output")
    if summary is not None:
        results.write(results.exercises_as_csv(counted), summary, "--summary")
    if as_csv:
        print(results.answers_as_csv(grades), end="")
    elif as_json:
        print(json.dumps(results.as_json(grades, counted), indent=2))
    else:
        print_class(grades, counted)
        if output is not None:
            console(PROSE).say(f"A line for each answer: {output}")
        if summary is not None:
            console(PROSE).say(f"Counts of each exercise: {summary}")
    return 0
