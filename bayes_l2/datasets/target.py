"""The response: numbers, or labels as they are written."""

from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2.datasets.columns import Column, as_text, number_hint
from bayes_l2.datasets.files.grid import Grid
from bayes_l2.texts import shown

if TYPE_CHECKING:
    import pandas as pd

MAX_DIGITS = 4000  # of a label that is a number: Python reads no more


def numbers(column: Column, grid: Grid) -> "pd.Series":
    """Return the target as numbers.

    Raises
    ------
    ValueError
        If a cell is no number.
    """
    import pandas as pd

    try:
        values = column.numbers(grid, may_drop=False)
    except ValueError as error:
        if column.kind == "numbers":
            raise
        row = int(np.flatnonzero(~column.missing)[0])
        seen = shown(as_text(column.cells[row]))
        place = grid.at(column.rows[row], column.name)
        hint = number_hint(as_text(column.cells[row]))
        hint += ", or " if hint else ""
        raise ValueError(
            f"{place}: a finite number is needed of the target, got {seen}; "
            f"{hint}compare --likelihood bernoulli or categorical (labels=True in "
            "Python) takes labels, or name another --target (target= in Python)"
        ) from error
    return pd.Series(values, index=column.rows, name=column.name)


def labels(column: Column, grid: Grid) -> "pd.Series":
    """Return the target as labels: text, or whole numbers if all are written so.

    A column that has types in the file keeps its type.
    """
    import pandas as pd

    series = grid.columns[column.name]
    if series.dtype != object:
        return series.iloc[column.rows].rename(column.name)
    found = column.cells
    if any(isinstance(cell, str) for cell in found):
        found = [as_text(cell) for cell in found]
    # "01", "+1" and "1_1" are other labels than 1 and 11, so they stay text
    if all(map(_is_whole, found)):
        found = [int(text) for text in found]
    return pd.Series(found, index=column.rows, name=column.name)


def _is_whole(text: Any) -> bool:
    if not isinstance(text, str):
        return False
    digits = text.removeprefix("-")
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= MAX_DIGITS
    return is_number and str(int(text)) == text


def require_variety(y: "pd.Series", grid: Grid, *, labels: bool) -> None:
    """Refuse a target that is the same in all rows, if there are several."""
    if len(y) > 1 and y.nunique() == 1:
        what = "label" if labels else "value"
        seen = shown(as_text(y.iloc[0])) if labels else as_text(y.iloc[0])
        raise ValueError(
            f"{grid.file}, column {shown(y.name)}: the target is {seen} in "
            f"all {len(y)} rows, and no feature explains one {what}; name another "
            "--target (target= in Python)"
        )
