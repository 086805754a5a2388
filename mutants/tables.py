"""The tables beside this module: what was found, what is equivalent, and the sample."""

import csv
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

type Name = tuple[str, str, str]  # module, function, change
FOLDER = Path(__file__).parent
CAMPAIGN = ["module", "text", "mutants", "killed", "equivalent", "open", "seconds"]
KILLS = ["module", "function", "change", "tests", "test", "seconds"]
OPEN = KILLS[:4]
SAMPLE = ["module", "function", "change", "test"]


class Verdict(NamedTuple):
    """A mutant, how many tests it met of those that reach it, and which killed it.

    Where it met none, ``tests`` says why.
    """

    module: str
    function: str
    change: str
    tests: str
    test: str
    seconds: float

    @property
    def name(self) -> Name:
        """Return what tells the mutant from all others."""
        return self[:3]


def equivalent() -> set[Name]:
    """Return the mutants that are listed with the reason why no test can kill them."""
    return {
        (entry["module"], entry["function"], change)
        for path in sorted((FOLDER / "equivalent").glob("*.toml"))
        for entry in tomllib.loads(path.read_text("utf-8"))["same"]
        for change in entry["changes"]
    }


def read(table: str) -> list[dict[str, str]]:
    """Return the rows of a table, or none before the command has written it."""
    path = FOLDER / table
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(table: str, header: list[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table, with its rows in the order of their text."""
    (FOLDER / table).parent.mkdir(exist_ok=True)
    with (FOLDER / table).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(sorted([str(each) for each in row] for row in rows))


def replace(
    table: str, header: list[str], module: str, rows: Iterable[Sequence[object]]
) -> None:
    """Write the rows of one module in the place of those that a table has of it."""
    others = [list(row.values()) for row in read(table) if row["module"] != module]
    write(table, header, [*others, *rows])


def name_of(row: dict[str, str]) -> Name:
    """Return what tells the row's mutant from all others."""
    return row["module"], row["function"], row["change"]
