"""Data to start from: well-known data sets, and CSV files."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2 import arguments, validation
from bayes_l2.arrays import centred_columns, norms
from bayes_l2.texts import end_of, listed, shown

if TYPE_CHECKING:
    import pandas as pd

MAX_DIGITS = 4000  # of a label that is a number: Python reads no more


def diabetes() -> tuple["pd.DataFrame", "pd.Series"]:
    """Return the diabetes data of Efron et al. (2004).

    They are 442 patients with ten standardised features.

    Returns
    -------
    X : pandas.DataFrame of shape (442, 10)
        Features in units of their standard deviation (divisor n), from their mean.
    y : pandas.Series of shape (442,)
        Disease progression after one year, on the study's scale from 25 to 346.
    """
    from sklearn.datasets import load_diabetes

    data: Any = load_diabetes(as_frame=True, scaled=False)
    return standardise(data.data), data.target


def breast_cancer() -> tuple["pd.DataFrame", "pd.Series"]:
    """Return the Wisconsin breast cancer data (Street, Wolberg and Mangasarian 1993).

    They are 569 tumours with 30 features.

    Returns
    -------
    X : pandas.DataFrame of shape (569, 30)
        Measures of cell nuclei, in units of their standard deviation (divisor n), from
        their mean.
    y : pandas.Series of shape (569,)
        Whether the tumour is benign.
    """
    from sklearn.datasets import load_breast_cancer

    data: Any = load_breast_cancer(as_frame=True)
    return standardise(data.data), (data.target == 1).rename("benign")


def iris() -> tuple["pd.DataFrame", "pd.Series"]:
    """Return the iris data (Fisher 1936): 150 flowers, four features.

    Returns
    -------
    X : pandas.DataFrame of shape (150, 4)
        Lengths and widths, in units of their standard deviation (divisor n), from their
        mean.
    y : pandas.Series of shape (150,)
        The species, one of three.
    """
    from sklearn.datasets import load_iris

    data: Any = load_iris(as_frame=True)
    names = dict(enumerate(data.target_names))
    return standardise(data.data), data.target.map(names).rename("species")


def standardise(X: "pd.DataFrame") -> "pd.DataFrame":
    """Return columns less their mean, over their standard deviation (divisor n).

    A constant column becomes 0. Values that differ by the rounding of their size alone
    are constant.
    """
    import pandas as pd

    arguments.instance(X, pd.DataFrame, "X")
    values = validation.matrix(X)
    centred = centred_columns(values)
    sizes = norms(centred, axis=0) / np.sqrt(len(values))
    standardised = centred / np.where(sizes > 0, sizes, 1.0)
    return pd.DataFrame(standardised, index=X.index, columns=X.columns)


def read_csv(
    path: str | Path, target: str, *, labels: bool = False
) -> tuple["pd.DataFrame", "pd.Series"]:
    """Read features and response from a CSV file with a header line.

    Parameters
    ----------
    path : str or Path
        The file, UTF-8, comma-separated.
    target : str
        The column to predict; all others are features.
    labels : bool, default False
        Whether the target holds labels. Labels are text, or whole numbers if all are
        written as such: 1 is a number, 01 and 1_1 are text.
        A target without labels holds numbers.

    Returns
    -------
    X : pandas.DataFrame of shape (n, p)
        The other columns.
    y : pandas.Series of shape (n,)
        The target.

    Raises
    ------
    ValueError
        If the file is missing, empty or ragged, has a column twice, or has no column
        ``target`` or no other one.
    """
    import pandas as pd

    path = arguments.path(path)
    arguments.flag(labels, "labels")
    if not isinstance(target, str):
        raise ValueError(f"target must be the name of a column, got {shown(target)}")
    header, body = _cells(path)
    if target not in header:
        raise ValueError(
            f"{end_of(path)} has no column {shown(target)}; its columns are "
            f"{listed(header)}"
        )
    if len(header) < 2:
        raise ValueError(
            f"{end_of(path)} has no column besides {shown(target)}; at least one "
            "feature is needed"
        )
    columns = {name: [(n, row[j]) for n, row in body] for j, name in enumerate(header)}
    read = _labels if labels else _numbers
    y = pd.Series(read(path, target, columns.pop(target)), name=target)
    X = {name: _numbers(path, name, each) for name, each in columns.items()}
    return pd.DataFrame(X), y


def _cells(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
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


def _labels(path: Path, name: str, entries: list[tuple[int, str]]) -> list[Any]:
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


def _numbers(path: Path, name: str, entries: list[tuple[int, str]]) -> list[float]:
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
