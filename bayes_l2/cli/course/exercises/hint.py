"""The command ``bayes-l2 exercises hint``."""

import json
from typing import Annotated

import typer

from bayes_l2.cli.course.exercises.options import AsJson, Name
from bayes_l2.cli.terminal import PROSE, console
from bayes_l2.texts import shortened


def hint(
    name: Name,
    number: Annotated[
        int, typer.Argument(help="Number of the hint.", min=1, metavar="N")
    ] = 1,
    as_json: AsJson = False,
    seed: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> int:
    """Print a hint to an exercise.

    Each step has two hints: its idea, and its formula without your numbers.
    """
    if seed is not None:
        raise ValueError(
            "hint takes no --seed, because hints have no numbers; type "
            f"bayes-l2 exercises hint {shortened(name)}"
        )
    from bayes_l2.course.exercises import catalogue

    text = catalogue.hint(name, number)
    n_hints = len(catalogue.find(name).hints)
    if as_json:
        found = {"name": name, "number": number, "n_hints": n_hints, "hint": text}
        print(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        console(PROSE).say(f"Hint {number} of {n_hints}: {text}")
    return 0
