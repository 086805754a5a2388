"""Options that several commands of the exercises share."""

from typing import Annotated, Literal

import typer

from bayes_l2.texts import shortened

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Decimal = Annotated[
    Literal["point", "comma"] | None,
    typer.Option(
        help="Decimal mark: says whether 1,234 is 1.234 or 1234. [default: both marks "
        "are understood, and 1,234 is refused]",
        metavar="point|comma",
    ),
]
Name = Annotated[str, typer.Argument(help="Name of the exercise.", metavar="NAME")]
Seed = Annotated[
    int | None,
    typer.Option(help="Seed of the numbers: your student number.", min=0, metavar="N"),
]


def seed_of(seed: int | None, command: str, *words: str) -> int:
    """Return the seed, or refuse a command without one and say what to type."""
    if seed is None:
        typed = shortened(" ".join(words))
        raise ValueError(
            "--seed is missing: your numbers are made from your student number; type "
            f"bayes-l2 exercises {command} {typed} --seed NUMBER"
        )
    return seed
