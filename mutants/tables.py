"""The tables beside this module: what was found, what is equivalent, and the sample."""

import csv
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

type Name = tuple[str, str, str]  # module, function, change
FOLDER = Path(__file__).parent
CAMPAIGN = ["module", "text", "mutants", "killed", "equivalent", "open", "seconds"]
OPEN = ["module", "function", "change", "tests left out"]
SAMPLE = ["module", "function", "change", "test"]
KILLS = [*SAMPLE, "seconds"]


def equivalent() -> dict[Name, str]:
    """Return the reason why each listed mutant changes nothing that a test may ask."""
    entries = tomllib.loads((FOLDER / "equivalent.toml").read_text("utf-8"))["same"]
    return {
        (entry["module"], entry["function"], change): entry["reason"]
        for entry in entries
        for change in entry["changes"]
    }


def read(name: str) -> list[dict[str, str]]:
    """Return the rows of a table, or none before the command has written it."""
    path = FOLDER / name
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(name: str, header: list[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Write a table, with its rows in the order of their text."""
    path = FOLDER / name
    path.parent.mkdir(exist_ok=True)
    ordered = sorted(rows, key=lambda row: [str(row[key]) for key in header[:3]])
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(ordered)


def replace(
    name: str, header: list[str], module: str, rows: list[dict[str, object]]
) -> None:
    """Write the rows of one module in the place of those that a table has of it."""
    others = [dict[str, object](r) for r in read(name) if r["module"] != module]
    write(name, header, others + rows)


def name_of(row: dict[str, str]) -> Name:
    """Return what tells the row's mutant from all others."""
    return row["module"], row["function"], row["change"]
