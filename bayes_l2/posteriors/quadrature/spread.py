r"""Points of a line that lie densely about the bumps of a function.

.. math:: v(x) = \sum_k \operatorname{arsinh} \frac{x - c_k}{w_k}

Equal steps of v are steps of x in proportion to :math:`w_k` near a bump at :math:`c_k`
of that width, and grow with the distance from all bumps. One bump alone gives
:math:`x = c + w \sinh v`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bayes_l2.arrays import FloatArray

LEVEL = 1e-6  # nats between points of a plateau
FEW = 20  # points of a coarse grid from one bump on a plateau to the next


@dataclass(frozen=True, eq=False)
class Spread:
    """Points between two ends, which lie densely about bumps.

    Attributes
    ----------
    centers, widths : ndarray of shape (k,)
        Places and widths of the bumps.
    low, high : float
        The ends.
    """

    centers: FloatArray
    widths: FloatArray
    low: float
    high: float

    @property
    def length(self) -> float:
        """The distance of the ends in v."""
        low, high = self._v(np.array([self.low, self.high]))
        return float(high - low)

    def points(self, n: int) -> tuple[FloatArray, FloatArray]:
        """Return n points with equal steps of v between them, and their dx / dv.

        The first and the last point are the ends.
        """
        table = self._table
        v_table = self._v(table)
        v = np.linspace(v_table[0], v_table[-1], n)
        place = np.maximum(np.searchsorted(v_table, v) - 1, 0)
        before, after = table[place], table[place + 1]
        x = np.interp(v, v_table, table)
        for _ in range(8):  # Newton's steps, from within an eighth of a width
            x = np.clip(x - (self._v(x) - v) / self._density(x), before, after)
        x[0], x[-1] = self.low, self.high
        return x, 1 / self._density(x)

    @property
    def _table(self) -> FloatArray:
        """Rising points from end to end, at most an eighth apart in each arsinh."""
        ends = np.array([self.low, self.high])[:, np.newaxis]
        low, high = np.arcsinh((ends - self.centers) / self.widths)
        each = [
            center + width * np.sinh(np.arange(first, last, 0.125))
            for center, width, first, last in zip(
                self.centers, self.widths, low, high, strict=True
            )
        ]
        inside = np.concatenate(each)
        inside = inside[(inside > self.low) & (inside < self.high)]
        return np.unique(np.concatenate([ends[0], inside, ends[1]]))

    def _v(self, x: FloatArray) -> FloatArray:
        z = (x[..., np.newaxis] - self.centers) / self.widths
        return np.sum(np.arcsinh(z), axis=-1)

    def _density(self, x: FloatArray) -> FloatArray:
        """Return dv / dx."""
        distances = np.hypot(x[..., np.newaxis] - self.centers, self.widths)
        return np.sum(1 / distances, axis=-1)


def apart(peaks: npt.NDArray[np.intp], values: FloatArray) -> list[int]:
    """Return peaks, but few of those that rounding makes on a long plateau."""
    kept: list[int] = []
    for peak in peaks.tolist():
        is_near = bool(kept) and peak - kept[-1] < FEW
        if not (is_near and abs(values[peak] - values[kept[-1]]) < LEVEL):
            kept.append(peak)
    return kept
