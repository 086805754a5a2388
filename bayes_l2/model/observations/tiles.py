"""Rows by tiles that fit in a cache, and the information on their linear predictors."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.texts import record_text

TILE_BYTES = 2**20  # of a tile, which fits in a cache
TILE_ROWS = 1024  # of a tile at least


@dataclass(frozen=True, eq=False)
class Tiles:
    """Rows about an origin, after a 1 where there is an intercept.

    Attributes
    ----------
    X : ndarray of shape (n, p)
        The rows.
    origin : ndarray of shape (p,)
        Their origin.
    intercept : bool
        Whether there is an intercept.
    """

    X: FloatArray
    origin: FloatArray
    intercept: bool

    __repr__ = record_text

    @property
    def width(self) -> int:
        """The numbers of a row."""
        return int(self.intercept) + self.X.shape[1]

    def __iter__(self) -> Iterator[tuple[FloatArray, slice]]:
        """Yield (1, x) of rows, a column for each, and their places.

        All tiles share one array: use a tile before the next one is made.
        """
        n, first, width = len(self.X), int(self.intercept), self.width
        most = min(max(TILE_ROWS, TILE_BYTES // (8 * width)), n)
        memory = np.empty(width * most)
        origin = self.origin[:, np.newaxis]
        for start in range(0, n, most):
            rows = slice(start, min(start + most, n))
            count = rows.stop - start
            table = memory[: width * count].reshape(width, count)
            table[:first] = 1.0
            np.subtract(self.X[rows].T, origin, out=table[first:])
            yield table, rows

    def farthest(self) -> FloatArray:
        """Return the largest distance of a row from the origin, in each column."""
        farthest = np.zeros(self.width)
        for table, _ in self:
            for end in (table.max(axis=1), -table.min(axis=1)):
                np.maximum(farthest, end, out=farthest)
        return farthest[int(self.intercept) :]


class Information:
    r"""Minus a Hessian, as a sum over tiles.

    .. math:: \sum_t \tilde X_t^\top V_t \tilde X_t

    With a linear predictor for each of K classes the second derivatives of a row sum to
    0 over the classes. So it is a sum over pairs of classes,

    .. math:: \sum_{k < m} (e_k - e_m)(e_k - e_m)^\top \otimes
              \tilde X^\top \operatorname{diag}(-V_{km}) \tilde X

    and no term cancels another.

    Parameters
    ----------
    width : int
        The numbers of a row.
    n_classes : int
        The number K of classes with a linear predictor each, 0 for one predictor.
    """

    def __init__(self, width: int, n_classes: int) -> None:
        shape = (n_classes, width, n_classes, width) if n_classes else (width, width)
        self._total = np.zeros(shape)

    def add(self, table: FloatArray, of_rows: FloatArray) -> None:
        """Add a tile, which is lost.

        Parameters
        ----------
        table : ndarray of shape (width, m)
            The tile.
        of_rows : ndarray of shape (m,) or (m, K, K)
            The information of each row on its linear predictors.
        """
        total = self._total
        if total.ndim == 2:
            table *= np.sqrt(of_rows)
            total += np.dot(
                table, table.T
            )  # a symmetric product, without Python's lock
            return
        for k in range(len(total)):
            for m in range(k):
                part = table * np.sqrt(-of_rows[:, k, m])
                gram = np.dot(part, part.T)
                total[k, :, k] += gram
                total[m, :, m] += gram
                total[k, :, m] -= gram
                total[m, :, k] -= gram

    def matrix(self, *, intercept: bool) -> FloatArray:
        """Return the sum, by all intercepts first and then by the coefficients."""
        total = self._total
        if total.ndim == 2:
            return total
        n_classes, width = total.shape[:2]
        matrix = total.reshape(n_classes * width, -1)
        if not intercept:
            return matrix
        places = np.arange(len(matrix)).reshape(n_classes, width)
        order = np.append(places[:, 0], places[:, 1:])
        return matrix[np.ix_(order, order)]
