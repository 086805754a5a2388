"""Comma-separated text: its header, and cells that are numbers or labels."""

import csv
from pathlib import Path
from typing import Any

import numpy as np

from bayes_l2 import validation
from bayes_l2.texts import end_of, listed, shown

MAX_DIGITS = 4000  # of a label that is a number: Python reads no more


def cells(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the header of a CSV file, and its other rows with their line numbers."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = enumerate(csv.reader(file), start=1)
            rows = [
                (number, [cell.strip() for cell in row])
                for number, row in lines
                if any(map(str.strip, row))
            ]
    except OSError as error:
        raise ValueError(f"cannot read {end_of(path)}: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(
            f"{end_of(path)} is not a CSV file in UTF-8: {error}"
        ) from None
    if not rows:
        raise ValueError(
            f"{end_of(path)} is empty; it must have a header line and rows of numbers"
        )
    (_, header), *body = rows
    _require_names(path, header)
    for number, row in body:
        if len(row) != len(header):
            raise ValueError(
                f"{end_of(path)}, line {number}: {len(header)} columns in the header, "
                f"{len(row)} here"
            )
    if not body:
        raise ValueError(f"{end_of(path)} has a header line but no rows")
    return header, body


def _require_names(path: Path, header: list[str]) -> None:
    if len(header) == 1 and any(mark in header[0] for mark in ";\t"):
        raise ValueError(
            f"{end_of(path)} must be comma-separated, got the header {shown(header[0])}"
        )
    if "" in header:
        raise ValueError(
            f"{end_of(path)}: column {header.index('') + 1} has no name; give it one, "
            "or drop it if it is an index"
        )
    repeated = validation.repeated(header)
    if repeated:
        raise ValueError(
            f"{end_of(path)}: column names must be unique, "
            f"got {listed(map(repr, repeated))} more than once"
        )


def labels(path: Path, name: str, entries: list[tuple[int, str]]) -> list[Any]:
    """Return labels: whole numbers if all are written as such, else text."""
    for number, text in entries:
        if not text or text.lower() in ("nan", "na", "null", "none"):
            _refuse(path, number, name, text, wanted="a label")
    texts = [text for _, text in entries]
    # "01", "+1" and "1_1" are other labels than 1 and 11, so they stay text
    return [int(text) for text in texts] if all(map(_is_whole, texts)) else texts


def _is_whole(text: str) -> bool:
    digits = text.removeprefix("-")
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= MAX_DIGITS
    return is_number and str(int(text)) == text


def numbers(path: Path, name: str, entries: list[tuple[int, str]]) -> list[float]:
    """Return finite numbers."""
    values = []
    for number, text in entries:
        try:
            # Python alone reads 1_000 as a number
            value = float(text.replace("_", "?"))
        except ValueError:
            value = np.nan
        if not np.isfinite(value):
            _refuse(path, number, name, text, wanted="a finite number")
        values.append(value)
    return values


def _refuse(path: Path, number: int, name: str, text: str, *, wanted: str) -> None:
    seen = shown(text) if text else "an empty field"
    raise ValueError(
        f"{end_of(path)}, line {number}, column {shown(name)}: {wanted} is needed, "
        f"got {seen}"
    )
