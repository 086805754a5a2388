"""Columns of the user's own for the explorer."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from bayes_l2.arrays import FloatArray, are_constant
from bayes_l2.texts import listed, record_text, shown
from bayes_l2.validation import feature_names, matrix, set_fields, vector

FEWEST_ROWS, MOST_ROWS = 3, 2000
MOST_FEATURES = 3


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

    Raises
    ------
    ValueError
        If there are too few or too many rows or columns, a value is missing or not
        finite, or a column is constant.
    """

    names: tuple[str, ...]
    X: FloatArray
    target: str
    y: FloatArray
    note: str = ""

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
        y = vector(self.y, "y", length=n)
        constant = are_constant(np.column_stack([X, y]))
        if constant.any():
            seen = [
                name
                for name, is_one in zip((*names, self.target), constant, strict=True)
                if is_one
            ]
            raise ValueError(
                f"a column must vary for the explorer, got one value in {listed(seen)}"
            )
        set_fields(self, names=names, X=X, y=y)

    __repr__ = record_text

    def to_dict(self) -> dict[str, Any]:
        """Return the columns for JSON."""
        return {
            "names": list(self.names),
            "X": self.X.tolist(),
            "target": self.target,
            "y": self.y.tolist(),
            "note": self.note,
        }
