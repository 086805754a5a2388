"""Columns of the user's own for the explorer."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from bayes_l2 import arguments
from bayes_l2.arrays import FloatArray, are_constant, sds
from bayes_l2.texts import listed, printable, record_text, shortened, shown
from bayes_l2.validation import feature_names, matrix, set_fields, vector

FEWEST_ROWS, MOST_ROWS = 3, 2000
MOST_FEATURES = 3
LONGEST = 40  # characters of a name in the page
LARGEST = 1e50  # of a value and of one over an sd: the page squares their ratios


@dataclass(frozen=True, eq=False)
class Columns:
    """One to three features and a response, for the explorer's views.

    Parameters
    ----------
    names : sequence of str
        Name of each feature.
    X : array, shape (n, p)
        The features, in any units; 3 to 2000 rows, 1 to 3 columns.
    target : str
        Name of the response.
    y : array, shape (n,)
        The response, in any units.
    note : str, default ""
        One sentence that the page shows, such as the origin of the rows.
    as_given : bool, default False
        Whether the plane and the penalty take the features in these units. By default
        they take them in units of their sds, with divisor n.

    Raises
    ------
    ValueError
        If there are too few or too many rows or columns, a value is missing or not
        finite, a column is constant, or its units are extreme.
    """

    names: tuple[str, ...]
    X: FloatArray
    target: str
    y: FloatArray
    note: str = ""
    as_given: bool = False

    def __post_init__(self) -> None:
        X = matrix(self.X)
        n, p = X.shape
        if not 1 <= p <= MOST_FEATURES:
            raise ValueError(
                f"X must have 1 to {MOST_FEATURES} columns for the explorer, got {p}; "
                "choose the strongest"
            )
        if not FEWEST_ROWS <= n <= MOST_ROWS:
            raise ValueError(
                f"X must have {FEWEST_ROWS} to {MOST_ROWS} rows for the explorer, got "
                f"{n}" + "; take a sample of the rows" * (n > MOST_ROWS)
            )
        names = feature_names(self.names, p)
        for name, text in (("target", self.target), ("note", self.note)):
            if not isinstance(text, str):
                raise ValueError(f"{name} must be a text, got {shown(text)}")
        arguments.flag(self.as_given, "as_given")
        y = vector(self.y, "y", length=n)
        table = np.column_stack([X, y])
        constant = are_constant(table)
        if constant.any():
            seen = [
                name
                for name, is_one in zip((*names, self.target), constant, strict=True)
                if is_one
            ]
            raise ValueError(
                "a column must vary for the explorer, got one value in all rows of "
                f"{listed(seen)}; name others"
            )
        if np.abs(table).max() > LARGEST or sds(table).min() < 1 / LARGEST:
            raise ValueError(
                f"values must be at most {LARGEST:g} for the explorer, and sds at "
                f"least {1 / LARGEST:g}; change the units of the columns"
            )
        set_fields(self, names=names, X=X, y=y)

    __repr__ = record_text

    def to_dict(self) -> dict[str, Any]:
        """Return the columns for JSON."""
        return {
            "names": [shortened(name, LONGEST) for name in self.names],
            "X": self.X.tolist(),
            "target": shortened(self.target, LONGEST),
            "y": self.y.tolist(),
            "note": printable(self.note),
            "as_given": self.as_given,
        }
