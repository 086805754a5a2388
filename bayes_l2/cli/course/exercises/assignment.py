"""The command ``bayes-l2 exercises assignment``."""

from pathlib import Path
from typing import Annotated

import typer

from bayes_l2.cli.files import require_writable
from bayes_l2.cli.terminal import PROSE, console


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

    require_writable(output, "--output", (".ipynb",))
    write_assignment(names, output)
    console(PROSE).print(
        f"{output}: {len(names)} exercise{'s' * (len(names) > 1)}", markup=False
    )
    return 0
