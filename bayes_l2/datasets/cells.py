"""Cells of a column as numbers, truth values, text or dates, or as missing."""

import re
from itertools import compress
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from bayes_l2.arrays import FloatArray
from bayes_l2.datasets.files import numerals
from bayes_l2.datasets.files.options import Missing

if TYPE_CHECKING:
    import pandas as pd

type BoolArray = npt.NDArray[np.bool]
type Kind = Literal["numbers", "text", "dates", "lists"]

TRUTH = {"True": 1.0, "TRUE": 1.0, "true": 1.0}
TRUTH |= {"False": 0.0, "FALSE": 0.0, "false": 0.0}
DATE = re.compile(
    r"(?:[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}|[0-9]{1,2}[-./][0-9]{1,2}[-./]"
    r"(?:[0-9]{4}|[0-9]{2}))(?:[T ][0-9]{1,2}:[0-9]{2}\S*)?"
)


class Read(NamedTuple):
    """What cells are: the fields of a column."""

    kind: Kind
    cells: list[Any]
    missing: BoolArray
    values: FloatArray
    are_truth_values: bool


def read(series: "pd.Series", decimal: str, missing: Missing) -> Read:
    """Return what the cells of a column are: the kind of most of them."""
    import pandas as pd

    cells = series.tolist()
    typed = series.dtype
    is_open = typed.kind == "O" and isinstance(typed, np.dtype)  # no type is said
    if is_open and set(map(type, cells)) == {str}:
        return _of_text(cells, decimal, missing)
    if isinstance(typed, np.dtype) and typed.kind in "biuf":
        values = series.to_numpy(dtype=float)
        gaps = np.isnan(values) | np.isin(values, list(missing.numbers))
        return Read("numbers", cells, gaps, values, typed.kind == "b")
    cells = [cell.strip() if isinstance(cell, str) else cell for cell in cells]
    # the text of a typed format says what it means, but in what is given
    spellings = missing.texts if is_open else missing.given
    gaps = np.array(pd.isna(pd.Series(cells, dtype=object)), dtype=bool)
    gaps |= [isinstance(cell, str) and cell in spellings for cell in cells]
    values = np.full(len(cells), np.nan)
    present = list(compress(cells, ~gaps))
    values[~gaps] = [_float(cell, decimal) for cell in present]
    gaps |= np.isin(values, list(missing.numbers))
    present = list(compress(cells, ~gaps))
    are_truth_values = bool(present) and all(isinstance(each, bool) for each in present)
    kind = _kind_of_type(series) or _kind(present, values[~gaps])
    return Read(kind, cells, gaps, values, are_truth_values)


def _of_text(cells: list[str], decimal: str, missing: Missing) -> Read:
    gaps = np.array([cell in missing.texts for cell in cells])
    present = list(compress(cells, ~gaps)) if gaps.any() else cells
    found = numerals.numbers(present, decimal)
    are_truth_values = bool(np.isnan(found).any()) and _are_truth_values(present)
    if are_truth_values:
        found = np.array([TRUTH.get(cell, float(cell == "1")) for cell in present])
    values = np.full(len(cells), np.nan)
    values[~gaps] = found
    if missing.numbers:
        gaps = gaps | np.isin(values, list(missing.numbers))
        present = list(compress(cells, ~gaps))
    return Read(_kind(present, values[~gaps]), cells, gaps, values, are_truth_values)


def _are_truth_values(cells: list[str]) -> bool:
    """Return whether cells are true or false, or 0 or 1 beside such ones."""
    found = set(cells)
    return found <= {*TRUTH, "0", "1"} and not found.isdisjoint(TRUTH)


def _kind_of_type(series: "pd.Series") -> Kind | None:
    """Return the kind that the type of a column says, or None."""
    import pandas as pd

    if isinstance(series.dtype, pd.CategoricalDtype | pd.StringDtype):
        return "text"
    if series.dtype.kind in "mM" or isinstance(series.dtype, pd.PeriodDtype):
        return "dates"
    return None


def _kind(cells: list[Any], values: FloatArray) -> Kind:
    """Return the kind of most cells, whose values as numbers are given.

    Signs such as - and ? are no levels among numbers, but missing values.
    """
    stated = ~np.isnan(values)
    signs = sum(
        isinstance(cell, str) and not any(map(str.isalnum, cell))
        for cell in compress(cells, ~stated)
    )
    if 2 * np.sum(stated) >= len(cells) - signs and (stated.any() or not cells):
        return "numbers"
    if any(
        isinstance(each, list | tuple | dict | bytes | np.ndarray) for each in cells
    ):
        return "lists"
    dates = (
        hasattr(cell, "isoformat") or (isinstance(cell, str) and DATE.fullmatch(cell))
        for cell in cells
    )
    return "dates" if all(dates) else "text"


def _float(cell: Any, decimal: str) -> float:
    """Return a cell as a number, or NaN."""
    if isinstance(cell, str):
        value = numerals.number(cell, decimal)
        return np.nan if value is None else value
    try:
        return float(cell)
    except (TypeError, ValueError, OverflowError):
        return np.nan
