"""The command ``bayes-l2 equivalences``."""

import json
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from bayes_l2 import arguments
from bayes_l2.cli.terminal import console
from bayes_l2.files import draft_of
from bayes_l2.texts import end_of

if TYPE_CHECKING:
    from rich.console import RenderableType

    from bayes_l2.course.demonstrations.equivalences.equivalence import Equivalence

WIDTH = 110  # of the table where the output is not a terminal


def complete(incomplete: str) -> list[str]:
    """Return the names that begin with the typed text."""
    from bayes_l2.course.demonstrations.equivalences.cases import CASES

    return [name for name in CASES if name.lower().startswith(incomplete.lower())]


def equivalences(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="The equivalences to show in full; without names, a table of all.",
            metavar="NAME",
            autocompletion=complete,
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(help="Seed of the data that are drawn.", min=0, metavar="N")
    ] = 0,
    figures: Annotated[
        Path | None,
        typer.Option(help="Write a small figure of each to a folder.", metavar="DIR"),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON list and nothing else.")
    ] = False,
) -> int:
    """Compute the same thing by two codes, and print the difference found and allowed.

    Exit status: 0, 1 if a difference is larger than theory allows, 2 on bad input.
    """
    from rich.progress import track

    from bayes_l2.course.demonstrations.equivalences.cases import CASES, find

    if figures is not None:
        _require_folder(figures)
    cases = {name: find(name) for name in names or CASES}
    progress = Console(stderr=True)
    running = track(
        cases.items(),
        "computing",
        console=progress,
        transient=True,
        disable=not progress.is_terminal,
    )
    found = {name: case(seed=seed) for name, case in running}
    written = [] if figures is None else _write(figures, found)
    if as_json:
        print(json.dumps([_plain(*each) for each in found.items()], indent=2))
    elif names:
        screen = console(WIDTH)
        for name, each in found.items():
            screen.print(_details(name, each, screen.width), markup=False)
    else:
        console(WIDTH).print(_table(found))
        held = sum(each.holds for each in found.values())
        print(f"{held} of {len(found)} differ by no more than theory allows.")
    if not as_json:
        for path in written:
            print(f"Figure: {path}")
    return 0 if all(each.holds for each in found.values()) else 1


def _require_folder(folder: Path) -> None:
    """Refuse a folder that is not there, before anything is computed."""
    path = end_of(arguments.path(str(folder), "--figures"))
    try:
        if folder.is_dir():
            return
        seen = "is a file, not a folder" if folder.exists() else "is not there"
    except OSError as error:  # a name longer than those of files
        seen = f"cannot be read: {error.strerror}"
    raise ValueError(f"--figures: {path} {seen}; name a folder that exists")


def _write(folder: Path, found: "dict[str, Equivalence]") -> list[Path]:
    """Write the figure of each equivalence to a folder, and return the files."""
    import matplotlib as mpl

    from bayes_l2.course.figures.equivalences import small_figure

    mpl.use("agg")  # no window
    paths = {name: folder / f"{name.replace(' ', '-')}.png" for name in found}
    for name, path in paths.items():
        with draft_of(path, "--figures") as draft:
            small_figure(found[name]).savefig(draft, format="png", dpi=150)
    return list(paths.values())


def _table(found: "dict[str, Equivalence]") -> "RenderableType":
    from rich.text import Text

    from bayes_l2.conventions.listing import empty_table
    from bayes_l2.course.demonstrations.equivalences.equivalence import in_short

    grid = empty_table("", "claim", "found", "allowed", right=("found",))
    for name, each in found.items():
        word = Text("ok", "green") if each.holds else Text("FAIL", "bold red")
        claim = Text.assemble((name, "bold"), f"\n{each.claim}")
        allowed = f"{each.bounds}\n{each.unit}"
        grid.add_row(word, claim, in_short(each.found), allowed)
    return grid


def _details(name: str, each: "Equivalence", width: int) -> str:
    """Return a claim and what is known of it, in lines of at most a width."""
    from bayes_l2.course.demonstrations.equivalences.equivalence import in_short

    lines = [
        f"{name}: {each.claim}.",
        f"  found    {in_short(each.found)} {each.unit}",
        f"  allowed  {each.bounds} {each.unit}",
        f"  because  {each.reason}",
        f"  source   {each.source}",
    ]
    if each.false_alarm:
        chance = f"at most {each.false_alarm:.0e}"
        lines.append(f"  chance   of a difference that is not allowed: {chance}")
    indent = " " * len("  because  ")
    folded = [fill(each, width, subsequent_indent=indent) for each in lines]
    return "\n".join([*folded, ""])


def _plain(name: str, each: "Equivalence") -> dict[str, Any]:
    return {
        "name": name,
        "claim": each.claim,
        "found": each.found,
        "at_least": each.at_least,
        "allowed": each.allowed,
        "unit": each.unit,
        "reason": each.reason,
        "source": each.source,
        "false_alarm": each.false_alarm,
        "holds": each.holds,
    }
