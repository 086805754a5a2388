"""Columns in units of their sd, from their mean; and new rows in the same units."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from bayes_l2 import arguments, validation
from bayes_l2.arrays import FixedArrays, FloatArray, centred_columns, sds
from bayes_l2.texts import record_text

if TYPE_CHECKING:
    import pandas as pd


def standardise(X: "pd.DataFrame") -> "pd.DataFrame":
    """Return columns less their mean, over their standard deviation (divisor n).

    A constant column becomes 0. Values that differ by the rounding of their size alone
    are constant.
    """
    import pandas as pd

    arguments.instance(X, pd.DataFrame, "X")
    values = validation.matrix(X)
    sizes = sds(values)
    standardised = centred_columns(values) / np.where(sizes > 0, sizes, 1.0)
    return pd.DataFrame(standardised, index=X.index, columns=X.columns)


@dataclass(frozen=True, eq=False, repr=False)
class Standardisation(FixedArrays):
    r"""Columns less their mean, over their standard deviation (divisor n).

    .. math:: z_j = (x_j - m_j) / s_j

    Attributes
    ----------
    first : ndarray of shape (p,)
        The first row of the table. Rows are taken less it first, so that a mean that is
        large beside the sd costs no digits.
    offset : ndarray of shape (p,)
        The mean of each column less ``first``.
    sd : ndarray of shape (p,)
        The divisor of each column; 1 for a constant one.
    """

    first: FloatArray
    offset: FloatArray
    sd: FloatArray

    __repr__ = record_text

    @classmethod
    def of(cls, table: FloatArray) -> Self:
        """Return that of a table of shape (n, p), in the units of its file."""
        spread = sds(table)
        offset = (table - table[0]).mean(axis=0)
        return cls(table[0], offset, np.where(spread > 0, spread, 1.0))

    def of_rows(self, rows: FloatArray) -> FloatArray:
        """Return rows of shape (m, p), standardised by the means and sds of the table.

        A row too far away for a float is infinite.
        """
        with np.errstate(over="ignore"):
            return (rows - self.first - self.offset) / self.sd
