"""The commands ``bayes-l2 convert`` and ``bayes-l2 conventions``."""

import json
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from bayes_l2.cli.numbers import number
from bayes_l2.cli.terminal import console
from bayes_l2.texts import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType

    from bayes_l2.conventions.convention import Convention
    from bayes_l2.conventions.proofs.verify import ProofResult

WIDTH = 120  # of tables where the output is not a terminal
WITH_LIBRARIES = "uv run --project proofs bayes-l2 conventions --verify"


def complete(incomplete: str) -> list[tuple[str, str]]:
    """Return the names that begin with the typed text, and the setting of each."""
    from bayes_l2.conventions.catalogue import RECORDS

    return [
        (record.name, record.setting)
        for record in RECORDS
        if record.name.startswith(incomplete.lower())
    ]


def _library(flag: str, words: str) -> typer.models.OptionInfo:
    return typer.Option(flag, help=words, metavar="NAME", autocompletion=complete)


def convert(
    value: Annotated[
        str,
        typer.Argument(
            help="The setting to convert; one for each column as 1,2,3.",
            metavar="VALUE",
        ),
    ],
    source: Annotated[str, _library("--from", "The convention of the setting.")],
    target: Annotated[str, _library("--to", "The convention of the result.")],
    n: Annotated[
        int | None, typer.Option("--n", help="Number of rows.", metavar="N")
    ] = None,
    weight_sum: Annotated[
        float | None,
        typer.Option(
            parser=number,
            help="Sum of the row weights, if there are any.",
            metavar="NUMBER",
        ),
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(help="Rows in a minibatch.", metavar="N")
    ] = None,
    y_sd: Annotated[
        float | None,
        typer.Option(
            parser=number,
            help="Standard deviation of y (divisor n).",
            metavar="NUMBER",
        ),
    ] = None,
    x_sd: Annotated[
        str | None,
        typer.Option(
            help="Standard deviation of the columns (divisor n), or one for each as "
            "1,2,3.",
            metavar="NUMBER,NUMBER",
        ),
    ] = None,
    noise_sd: Annotated[
        float | None,
        typer.Option(
            parser=number,
            help="Noise standard deviation, in the units of y.",
            metavar="NUMBER",
        ),
    ] = None,
    intercept: Annotated[
        bool, typer.Option(help="Whether the model has an intercept.")
    ] = True,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
) -> int:
    """Convert a penalty from one library's units to another's.

    Exit status: 0, or 2 on bad input.
    """
    from bayes_l2.conventions import listing
    from bayes_l2.conventions.catalogue import find
    from bayes_l2.conventions.conversion import convert as convert_setting

    conversion = convert_setting(
        _numbers(value, "VALUE"),
        find(source, "--from").name,
        find(target, "--to").name,
        n=n,
        weight_sum=weight_sum,
        batch_size=batch_size,
        y_sd=y_sd,
        x_sd=None if x_sd is None else _numbers(x_sd, "--x-sd"),
        noise_sd=noise_sd,
        intercept=intercept,
    )
    if as_json:
        print(json.dumps(conversion.to_dict(), indent=2, allow_nan=False))
    else:
        console(WIDTH).print(listing.block(conversion.lines()))
    return 0


def conventions(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="The conventions to show in full; without names, a table of all.",
            metavar="NAME",
            autocompletion=complete,
        ),
    ] = None,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify",
            help="Fit each installed library, and print the digits that agree. "
            f"`{WITH_LIBRARIES}` installs them all.",
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON list and nothing else.")
    ] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the table as Markdown.")
    ] = False,
) -> int:
    """List the objective of each library, and the prior that its setting stands for.

    Exit status: 0, 1 if a proof fails, 2 on bad input.
    """
    from bayes_l2.conventions import listing
    from bayes_l2.conventions.catalogue import RECORDS, find

    if as_markdown and (as_json or verify):
        raise ValueError("--markdown cannot be used with --json or --verify")
    records = [find(name) for name in names or []] or list(RECORDS)
    if verify:
        return _verify(records, as_json=as_json)
    if as_json:
        print(json.dumps([listing.plain(record) for record in records], indent=2))
    elif as_markdown:
        print(listing.markdown(records), end="")
    elif names:
        for record in records:
            console(WIDTH).print(listing.block(listing.details(record)), "")
    else:
        console(WIDTH).print(listing.table(records), listing.LEGEND, markup=False)
    return 0


def _verify(records: "list[Convention]", *, as_json: bool) -> int:
    """Run proofs and print their results; progress goes to standard error."""
    from rich.progress import track

    from bayes_l2.conventions.proofs.verify import verify

    shown = Console(stderr=True)
    running = track(
        verify(records), "fitting", total=len(records), console=shown, transient=True
    )
    found = list(running)
    if as_json:
        print(json.dumps([each.to_dict() for each in found], indent=2))
    else:
        console(WIDTH).print(_results(found))
        passed = [each.passed for each in found]
        print(
            f"{passed.count(True)} proved, {passed.count(False)} failed, "
            f"{passed.count(None)} not run."
        )
        if any(each.note.startswith("not installed") for each in found):
            print(f"`{WITH_LIBRARIES}` installs the libraries that are missing.")
    return 1 if any(each.passed is False for each in found) else 0


def _results(found: "Iterable[ProofResult]") -> "RenderableType":
    """Return the results of proofs as a table for a terminal."""
    from rich.text import Text

    from bayes_l2.conventions.listing import empty_table

    numbers = ("digits", "asked", "seconds")
    grid = empty_table("proof", "convention", *numbers, "note", right=numbers)
    words = {True: ("pass", "green"), False: ("FAIL", "bold red"), None: ("n/a", "dim")}
    for each in found:
        ran = each.passed is not None
        grid.add_row(
            Text(*words[each.passed]),
            each.convention.name,
            "" if each.digits is None else f"{each.digits:.1f}",
            each.asked if ran else "",
            f"{each.seconds:.1f}" if ran else "",
            Text(each.note),
        )
    return grid


def _numbers(text: str, name: str) -> float | list[float]:
    """Return one number, or a list of numbers between commas."""
    try:
        numbers = [number(each) for each in text.split(",")]
    except ValueError:
        raise ValueError(
            f"{name} must be a number, or numbers between commas, got {shown(text)}"
        ) from None
    return numbers if len(numbers) > 1 else numbers[0]
