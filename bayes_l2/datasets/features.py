"""The columns that become features, and the rows that are complete."""

import difflib
import re
from itertools import compress

import numpy as np

from bayes_l2.datasets.columns import Column, as_text, number_hint
from bayes_l2.datasets.files import numerals
from bayes_l2.datasets.files.grid import Grid
from bayes_l2.datasets.files.options import SEPARATORS, option, spaced
from bayes_l2.texts import listed, shown

MARKS = re.compile(r"[,;\t| :/!&#^~]")  # that may separate the names of columns
TITLE = 10  # rows that may stand before the header
ALL = 300  # characters of names that a line may list


def named(grid: Grid, name: str, argument: str | None = None) -> str:
    """Return the name of a column that is asked for; spaces in it may differ.

    Raises
    ------
    ValueError
        If the file has no such column, or two that differ in spaces.
    """
    if name in grid.columns:
        return name
    alike = [each for each in grid.columns if spaced(each) == spaced(name)]
    if len(alike) == 1:
        return alike[0]
    said = "" if argument is None else f"--{argument}: "
    raise ValueError(f"{said}{unknown(grid, name)}")


def chosen(
    grid: Grid, target: str, features: list[str] | None, drop: list[str]
) -> list[str]:
    """Return the names of the features, in the order of the file or as given.

    Raises
    ------
    ValueError
        If the target is among the features or those to drop, or no feature is left.
    """
    for argument, names in (("features", features or []), ("drop", drop)):
        if target in names:
            raise ValueError(
                f"--{argument} must not name the target, {shown(target)} "
                f"({argument}= in Python)"
            )
    if len(grid.columns) < 2:
        raise ValueError(
            f"{grid.file} has no column besides {shown(target)}; at least one feature "
            "is needed: put a column of numbers beside it"
        )
    names = [name for name in grid.columns if name != target]
    kept = [name for name in features or names if name not in drop]
    if not kept:
        raise ValueError(
            f"{grid.file}: --drop leaves no feature (drop= in Python); its columns are "
            f"{listed(grid.columns)}"
        )
    return kept


def unknown(grid: Grid, name: str) -> str:
    """Return what is wrong with the name of a column that a file does not have."""
    header = list(grid.columns)
    text = f"{grid.file} has no column {shown(name)}"
    mark = MARKS.search(header[0]) if len(header) == 1 else None
    if mark:
        sep = SEPARATORS.get(mark.group(), mark.group())
        return (
            f"{text}; its one column is {shown(header[0])}: if that is several, name "
            f"their separator, as by {option('sep', sep)}"
        )
    by_fold = {each.casefold(): each for each in header}
    alike = difflib.get_close_matches(name.strip().casefold(), by_fold, n=1)
    if alike:
        return (
            f"{text}; did you mean {shown(by_fold[alike[0]])}? Its columns are "
            f"{listed(header)}"
        )
    if numerals.looks_like_data(header):
        return (
            f"{text}, and its first line looks like data, not like names: "
            f"{listed(header)}; put a line with the names of columns before it"
        )
    row = _row_with(grid, name)
    if row is not None:
        return (
            f"{text}, but its {grid.place(row)} has it; if that is the header, delete "
            "what stands before it"
        )
    return f"{text}; its columns are {listed(header)}"


def _row_with(grid: Grid, name: str) -> int | None:
    """Return the first of the first rows that has a name as a cell, or None."""
    first = zip(
        *(cells.iloc[:TITLE].tolist() for cells in grid.columns.values()), strict=True
    )
    found = (
        row
        for row, cells in enumerate(first)
        if any(isinstance(cell, str) and cell == name for cell in cells)
    )
    return next(found, None)


def require_numbers(columns: list[Column], grid: Grid, *, encode: bool) -> None:
    """Refuse columns of text and dates unless they are to be encoded, and lists."""
    for each in columns:
        if each.kind == "text" and all(
            isinstance(cell, str) and each.has_other_mark(cell)
            for cell in compress(each.cells, ~each.missing)
        ):
            each.numbers(grid)  # says that the decimal mark is another one
    kinds = ["lists"] if encode else ["text", "dates", "lists"]
    found = {kind: [c.name for c in columns if c.kind == kind] for kind in kinds}
    names = [name for kind in kinds for name in found[kind]]
    if not names:
        return
    parts = [
        f"{'column' if len(of) == 1 else 'columns'} {_all(of)} "
        f"{'holds' if len(of) == 1 else 'hold'} {kind}"
        for kind, of in found.items()
        if of
    ]
    first = next(each for each in columns if each.name == names[0])
    row = int(np.flatnonzero(~first.missing)[0])
    example = shown(as_text(first.cells[row]))
    hint = number_hint(as_text(first.cells[row]))
    way_out = f"{hint}; " if hint else ""
    way_out += f"{option('encode', True)} makes 0 and 1 of each level, "
    raise ValueError(
        f"{grid.file}: {' and '.join(parts)}, such as {example} in "
        f"{grid.place(row)}; {'' if found['lists'] else way_out}"
        f"{option('drop', names)} leaves {'it' if len(names) == 1 else 'them'} out"
    )


def _all(names: list[str]) -> str:
    """Return all names, unless they are very many."""
    text = ", ".join(names)
    return text if len(text) <= ALL and text.isprintable() else listed(names)


def require_observations(columns: list[Column], grid: Grid) -> None:
    """Refuse a row that holds text and no number in the columns of numbers.

    It holds units, the names again, or a remark.
    """
    among = [each for each in columns if each.kind == "numbers"]
    if len(among) < 2:
        return
    stated = ~np.isnan([each.values for each in among])
    texts = ~stated & ~np.array([each.missing for each in among])
    rows = np.flatnonzero((texts.sum(axis=0) > 1) & ~stated.any(axis=0))
    if rows.size:
        row = rows[0]
        seen = [shown(as_text(each.cells[row])) for each in among]
        more = f" and {rows.size - 1} more {grid.unit}" if rows.size > 1 else ""
        more += "s" * (rows.size > 2)
        raise ValueError(
            f"{grid.file}, {grid.place(row)}{more}: numbers are needed in "
            f"{listed(each.name for each in among)}, got {listed(seen)}; delete the "
            f"{grid.unit} if it holds units, names or a remark"
        )


def complete_rows(
    columns: list[Column], grid: Grid, *, target: str | None, drop_missing: bool
) -> tuple[list[Column], tuple[str, ...]]:
    """Return the rows that have a value in each column, and a note on the others.

    A target, if one is among the columns, is not to be dropped.

    Raises
    ------
    ValueError
        If rows lack a value and are not to be dropped, or no row is left.
    """
    gaps = np.array([each.missing for each in columns])
    complete = ~gaps.any(axis=0)
    n, missing = len(complete), int(np.sum(~complete))
    if not missing:
        return columns, ()
    counts = {
        each.name: int(np.sum(each.missing)) for each in columns if each.missing.any()
    }
    empty = [name for name, count in counts.items() if count == n]
    if target in empty:
        raise ValueError(
            f"{grid.file}, column {shown(target)}: the target has no value in any row; "
            "name another --target (target= in Python)"
        )
    if empty:
        one = len(empty) == 1
        raise ValueError(
            f"{grid.file}: {'column' if one else 'columns'} {listed(empty)} "
            f"{'has' if one else 'have'} no value in any row; "
            f"{option('drop', empty)} leaves {'it' if one else 'them'} out"
        )
    if not drop_missing or missing == n:
        row = int(np.flatnonzero(~complete)[0])
        first = next(each for each in columns if each.missing[row])
        per_column = listed(f"{count} in {name}" for name, count in counts.items())
        raise ValueError(
            f"{grid.at(row, first.name)}: no value{_spelling(first, row)}; "
            f"{missing} of {_rows(n)} {'lacks' if missing == 1 else 'lack'} one: "
            f"{per_column}; {_way_out(counts, n, missing, target)}"
        )
    was = "was" if missing == 1 else "were"
    kept = [each.at(np.flatnonzero(complete)) for each in columns]
    return kept, (f"{_rows(missing)} of {n} with missing values {was} dropped",)


def _spelling(column: Column, row: int) -> str:
    """Return how a missing value is written, and what to say if it is a level."""
    cell = column.cells[row]
    if not isinstance(cell, str) or not cell:
        return ""
    if column.kind == "numbers":
        return f" but {shown(cell)}"
    kept = f"{option('na', 'none')} keeps it if it is a name"
    return f" but {shown(cell)}, and {kept}"


def _way_out(counts: dict[str, int], n: int, missing: int, target: str | None) -> str:
    rows = f"{option('drop_missing', True)} leaves these rows out"
    features = [name for name in counts if name != target]
    if not features:
        return rows
    most = max(features, key=counts.__getitem__)
    column = f"{option('drop', [most])} leaves out the column that lacks most"
    if missing == n:
        return column
    return f"{rows}; {column}" if 3 * counts[most] > n else rows


def _rows(count: int) -> str:
    return f"{count} row" if count == 1 else f"{count} rows"


def truth_note(columns: list[Column]) -> tuple[str, ...]:
    """Return a note on columns of truth values, if there are any."""
    names = [each.name for each in columns if each.are_truth_values]
    if not names:
        return ()
    return (f"{listed(names)}: true is 1, false is 0",)
