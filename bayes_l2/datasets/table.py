"""Features and response from a file, and features of new rows in the same columns."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, override

from bayes_l2 import arguments
from bayes_l2.datasets import text_file
from bayes_l2.texts import end_of, listed, shown

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class Table:
    """Features and response of a file.

    Attributes
    ----------
    X : pandas.DataFrame of shape (n, p)
        The features, as floats.
    y : pandas.Series of shape (n,)
        The response.
    notes : tuple of str
        What was found or done while reading, a line each.
    warnings : tuple of str
        What may be wrong with the columns, a line each.
    """

    X: "pd.DataFrame"
    y: "pd.Series"
    notes: tuple[str, ...]
    warnings: tuple[str, ...]

    @override
    def __repr__(self) -> str:
        n, p = self.X.shape
        return f"Table({n} rows, {p} features, target {shown(self.y.name)})"

    def rows(self, path: str | Path) -> "pd.DataFrame":
        """Return the features of new rows, with the columns of X in their order.

        Parameters
        ----------
        path : str or Path
            A file with the columns of the features. Others, such as the target, are
            left out.

        Returns
        -------
        X : pandas.DataFrame of shape (m, p)
            The features of the new rows, as floats.

        Raises
        ------
        ValueError
            If the file cannot be read or a column is missing.
        """
        import pandas as pd

        path = arguments.path(path)
        columns = _columns(path)
        for name in self.X.columns:
            if name not in columns:
                raise ValueError(f"{end_of(path)} has no column {shown(name)}")
        X = {
            name: text_file.numbers(path, name, columns[name])
            for name in self.X.columns
        }
        return pd.DataFrame(X)


def read_table(
    path: str | Path,
    target: str,
    *,
    labels: bool = False,
    features: Iterable[str] | None = None,
    drop: Iterable[str] = (),
    encode: bool = False,
    flat_prior: bool = False,
    drop_missing: bool = False,
    sep: str | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
    na: str | None = None,
) -> Table:
    """Read features and response from a file with a header line.

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
    table : Table
        Features ``X`` and response ``y``.

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
    columns = _columns(path)
    header = list(columns)
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
    read = text_file.labels if labels else text_file.numbers
    y = pd.Series(read(path, target, columns.pop(target)), name=target)
    kept = [name for name in features or columns if name not in set(drop)]
    X = {name: text_file.numbers(path, name, columns[name]) for name in kept}
    return Table(pd.DataFrame(X), y, (), ())


def _columns(path: Path) -> dict[str, list[tuple[int, str]]]:
    header, body = text_file.cells(path)
    return {name: [(n, row[j]) for n, row in body] for j, name in enumerate(header)}
