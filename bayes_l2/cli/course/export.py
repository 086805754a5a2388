"""The command ``bayes-l2 exercises export``."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bayes_l2.cli.terminal import console
from bayes_l2.texts import shown


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
        str,
        typer.Option(
            help="How many questions to make of each exercise, such as 100 for the "
            "seeds 0 to 99; or the seeds, such as 100-199 or 7,1234567.",
            metavar="N",
        ),
    ] = "100",
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
        seeds=_seeds(seeds),
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


def _seeds(text: str) -> int | Sequence[int]:
    """Return a number of questions, the seeds from one to another, or single seeds."""
    if re.fullmatch("[0-9]{1,18}", text):
        return int(text)
    if re.fullmatch("[0-9]{1,18}-[0-9]{1,18}", text):
        first, last = map(int, text.split("-"))
        return range(first, last + 1)
    if re.fullmatch("[0-9]{1,18}(,[0-9]{1,18})+", text):
        return [int(each) for each in text.split(",")]
    raise ValueError(
        "--seeds must be a number of questions, such as 100, or seeds, such as 100-199 "
        f"or 7,1234567; got {shown(text)}"
    )
