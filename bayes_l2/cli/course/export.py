"""The command ``bayes-l2 exercises export``."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bayes_l2.cli.terminal import console


def formats(incomplete: str) -> list[str]:
    """Return the formats that begin with the typed text."""
    from bayes_l2.course.exercises.export import FORMATS

    return [name for name in FORMATS if name.startswith(incomplete.lower())]


def export(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="Names of exercises, in order; without names, all.", metavar="NAME"
        ),
    ] = None,
    *,
    format: Annotated[
        str,
        typer.Option(
            help="moodle (.xml), qti for Canvas (.zip), gift (.txt, .gift) or "
            "prairielearn (.zip).",
            metavar="FORMAT",
            autocompletion=formats,
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The file.", metavar="FILE")
    ],
    seeds: Annotated[
        int,
        typer.Option(
            help="How many questions to make of each exercise: seeds 0 to N - 1.",
            metavar="N",
        ),
    ] = 100,
) -> int:
    """Write exercises as questions of a learning system.

    The questions of an exercise differ by their numbers. The learning system draws one
    for each student. Exit status: 0, or 2 on bad input.
    """
    from rich.progress import track

    from bayes_l2.course.exercises.export.files import write

    progress = Console(stderr=True)
    made = write(
        output,
        names or None,
        format=format,
        seeds=seeds,
        name="--output",
        watched=lambda chosen: track(
            list(chosen),
            "making questions",
            console=progress,
            transient=True,
            disable=not progress.is_terminal,
        ),
    )
    questions = "1 question" if made == 1 else f"{made} questions"
    console(110).say(f"{output}: {questions}")
    return 0
