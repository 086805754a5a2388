"""All that Gaussian rows say of a linear model: their number, their mean and one triangular factor."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy.linalg import get_blas_funcs, get_lapack_funcs

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray, norms, triangular_factor, with_positive_diagonal

CHUNK_ROWS = 1024  # 100 columns of a chunk fit in a 1 MB cache; benchmarks/run.py times other sizes
GRAM_MIN_RCOND = (
    1e-5  # below it the Gram matrix loses digits that a posterior sd would notice
)

(syrk,) = get_blas_funcs(("syrk",), dtype=np.float64)
potrf, pocon, tpqrt = get_lapack_funcs(("potrf", "pocon", "tpqrt"), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class SufficientStatistics:
    r"""The sufficient statistics of rows :math:`(x_i, y_i)` with precision weights :math:`w_i`.

    With :math:`z_i = (x_i, y_i)` and :math:`W = \sum_i w_i`, they are
    :math:`\bar z = \tfrac1W \sum_i w_i z_i` and an upper-triangular R with

    .. math:: R^\top R = \sum_i w_i (z_i - \bar z)(z_i - \bar z)^\top

    Together they are the triangular factor of :math:`\sqrt{w}\,[1\; X\; y]`, whose first row is
    :math:`\sqrt W (1, \bar z)`. Keeping the mean apart loses no digits where a column is far from zero.

    Attributes
    ----------
    feature_names : tuple of str
        Names of the p columns of X.
    n_rows : int
        Number of rows with positive weight.
    total_weight, sum_log_weights : float
        :math:`\sum_i w_i` and :math:`\sum_i \log w_i`; n_rows and 0 without weights.
    mean : ndarray of shape (p + 1,)
        Weighted mean of [X y].
    factor : ndarray of shape (p + 1, p + 1)
        R; where there are at most as many rows as columns, the rows themselves, from their mean.

    References
    ----------
    Golub and Van Loan (2013), Matrix Computations, sections 5.2 and 6.5; Chan, Golub and LeVeque (1983),
    The American Statistician 37(3), for merging means and squares.
    """

    feature_names: tuple[str, ...]
    n_rows: int
    total_weight: float
    sum_log_weights: float
    mean: FloatArray
    factor: FloatArray

    @classmethod
    def from_rows(cls, X: Any, y: Any, weights: Any = None) -> Self:
        """Reduce rows.

        Parameters
        ----------
        X : array_like or DataFrame of shape (n, p)
            Features; a DataFrame's columns name them, else they are x0, x1, ...
        y : array_like of shape (n,)
            Response.
        weights : array_like of shape (n,), optional
            Precision weights, not negative; rows of weight zero do not count.

        Returns
        -------
        SufficientStatistics
            The statistics of these rows.

        Raises
        ------
        ValueError
            If the rows are empty, not finite, not numbers or not of one length.
        """
        features = validation.matrix(X)
        names = validation.column_names(X) or default_names(features.shape[1])
        response = validation.vector(y, "y", length=len(features))
        if weights is not None:
            weights = validation.weights(weights, length=len(features))
            features, response, weights = drop_weightless(features, response, weights)
        return cls.reduce(
            features,
            response,
            weights,
            validation.feature_names(names, features.shape[1]),
        )

    @classmethod
    def from_batches(cls, batches: Iterable[tuple[Any, ...]]) -> Self:
        """Reduce an iterable of (X, y) or (X, y, weights), one batch in memory at a time.

        Parameters
        ----------
        batches : iterable of tuple
            Each is what ``from_rows`` takes. All have the same columns.

        Returns
        -------
        SufficientStatistics
            The statistics of all rows.

        Raises
        ------
        ValueError
            If there is no batch, or a batch is not valid; the message counts batches from 0.
        """
        total: Self | None = None
        for number, batch in enumerate(batches):
            try:
                statistics = cls.from_rows(*batch)
                total = statistics if total is None else total + statistics
            except ValueError as error:
                raise ValueError(f"batch {number}: {error}") from None
        if total is None:
            raise ValueError("batches must hold at least one batch, got none")
        return total

    def __add__(self, other: Self) -> Self:
        """Merge the statistics of two disjoint sets of rows."""
        if not isinstance(other, SufficientStatistics):
            return NotImplemented
        other.require_columns(self.feature_names)
        total_weight = self.total_weight + other.total_weight
        difference = other.mean - self.mean
        between = (
            np.sqrt(self.total_weight * (other.total_weight / total_weight))
            * difference
        )
        return type(self)(
            feature_names=self.feature_names,
            n_rows=self.n_rows + other.n_rows,
            total_weight=total_weight,
            sum_log_weights=self.sum_log_weights + other.sum_log_weights,
            mean=self.mean + other.total_weight / total_weight * difference,
            factor=_reduced(np.vstack([self.factor, other.factor, between])),
        )

    def __radd__(self, other: object) -> Self:
        """Let ``sum`` merge a list, which it does from 0."""
        if other != 0:
            return NotImplemented
        return self

    @property
    def statistics(self) -> Self:
        """The statistics themselves, as ``Rows`` have them."""
        return self

    @property
    def is_weighted(self) -> bool:
        """Whether any row had a weight other than 1."""
        return self.sum_log_weights != 0 or self.total_weight != self.n_rows

    def summary(self) -> dict[str, Any]:
        """Return n, the sum of weights if there are any, and the sds of columns and y (divisor n), by name."""
        sds = norms(self.factor, axis=0) / np.sqrt(self.total_weight)
        weight_sum = self.total_weight if self.is_weighted else None
        return {
            "n": self.n_rows,
            "weight_sum": weight_sum,
            "x_sd": sds[:-1],
            "y_sd": float(sds[-1]),
        }

    def equivalent_rows(self, *, centred: bool) -> tuple[FloatArray, FloatArray]:
        """Return few rows of X and y that say what all rows say: from their mean, or from the origin."""
        mean = np.sqrt(self.total_weight) * self.mean[np.newaxis]
        rows = self.factor if centred else np.vstack([mean, self.factor])
        return rows[:, :-1], rows[:, -1]

    def require_columns(self, names: tuple[str, ...]) -> None:
        """Refuse statistics of columns other than these, or in another order."""
        if self.feature_names != names:
            ours = ", ".join(self.feature_names)
            raise ValueError(
                f"statistics must be of the columns {', '.join(names)} in this order, got {ours}"
            )

    @classmethod
    def reduce(
        cls,
        X: FloatArray,
        y: FloatArray,
        weights: FloatArray | None,
        names: tuple[str, ...],
    ) -> Self:
        """Reduce rows that are known to be valid, all of positive weight."""
        # The Gram matrix is some three times cheaper than the QR, and safe where its condition number says so.
        # A column that is nearly a combination of others, or a y that they nearly fit, shows in that number.
        shift = np.append(X[:CHUNK_ROWS].mean(axis=0), y[:CHUNK_ROWS].mean())
        total_weight = float(len(X) if weights is None else weights.sum())
        if len(X) <= X.shape[1]:
            mean, factor = _centred_rows(X, y, weights, shift)
        else:
            whole = (
                _factor_by_gram(X, y, weights, shift) if len(X) > CHUNK_ROWS else None
            )
            if whole is None:
                whole = _factor_by_qr(X, y, weights, shift)
            mean, factor = shift + whole[0, 1:] / whole[0, 0], whole[1:, 1:]
        sizes = np.maximum(
            np.abs(mean), np.abs(factor).max(axis=0) / np.sqrt(total_weight)
        )
        limit = 10 * validation.LARGEST
        if not (sizes <= limit).all():
            j = int(np.argmin(sizes <= limit))
            where = f"column {names[j]!r} of X" if j < len(names) else "y"
            raise ValueError(
                f"{where} must stay within ±{limit:g}, got a size of {sizes[j]:.3g}; rescale it"
            )
        return cls(
            feature_names=names,
            n_rows=len(X),
            total_weight=total_weight,
            sum_log_weights=0.0 if weights is None else float(np.log(weights).sum()),
            mean=mean,
            factor=factor,
        )


def default_names(n_features: int) -> tuple[str, ...]:
    """Return x0, x1, ...: the names of columns that came without."""
    return tuple(f"x{j}" for j in range(n_features))


def drop_weightless(
    X: FloatArray, y: FloatArray, weights: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Leave out rows of weight zero: their variance is infinite, so they say nothing."""
    kept = weights > 0
    return (X, y, weights) if kept.all() else (X[kept], y[kept], weights[kept])


def _reduced(rows: FloatArray) -> FloatArray:
    """Return rows as they are while they are few, else their triangular factor."""
    return rows if len(rows) < rows.shape[1] else triangular_factor(rows)


def _centred_rows(
    X: FloatArray, y: FloatArray, weights: FloatArray | None, shift: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the mean of [X y] and the rows from there, each times the root of its weight."""
    rows = np.column_stack([X, y])
    rows -= shift
    rest = np.average(rows, axis=0, weights=weights)
    rows -= rest
    if weights is not None:
        rows *= np.sqrt(weights)[:, np.newaxis]
    return shift + rest, rows


def _chunks(
    X: FloatArray, y: FloatArray, weights: FloatArray | None, shift: FloatArray
) -> Iterable[FloatArray]:
    """Yield sqrt(w) [1, X - shift, y - shift] by chunks of rows, each in the same C-ordered memory."""
    memory = np.empty((min(CHUNK_ROWS, len(X)), X.shape[1] + 2))
    for start in range(0, len(X), CHUNK_ROWS):
        rows = slice(start, start + CHUNK_ROWS)
        chunk = memory[: len(y[rows])]
        chunk[:, 0] = 1.0
        np.subtract(X[rows], shift[:-1], out=chunk[:, 1:-1])
        np.subtract(y[rows], shift[-1], out=chunk[:, -1])
        if weights is not None:
            chunk *= np.sqrt(weights[rows])[:, np.newaxis]
        yield chunk


def _factor_by_gram(
    X: FloatArray, y: FloatArray, weights: FloatArray | None, shift: FloatArray
) -> FloatArray | None:
    """Return the Cholesky factor of the column-scaled Gram matrix, or None if that would lose digits."""
    gram = np.zeros((len(shift) + 1, len(shift) + 1), order="F")
    for chunk in _chunks(X, y, weights, shift):
        gram = syrk(1.0, chunk.T, beta=1.0, c=gram, overwrite_c=1)
    lengths = np.sqrt(np.diag(gram))
    if not (
        np.isfinite(lengths).all() and lengths.all()
    ):  # squares that overflow, underflow, or a column of zeros
        return None
    scaled = gram / lengths / lengths[:, np.newaxis]
    one_norm = np.abs(np.triu(scaled) + np.triu(scaled, 1).T).sum(axis=0).max()
    factor, failed = potrf(scaled)
    if failed or pocon(factor, one_norm)[0] < GRAM_MIN_RCOND:
        return None
    return factor * lengths


def _factor_by_qr(
    X: FloatArray, y: FloatArray, weights: FloatArray | None, shift: FloatArray
) -> FloatArray:
    """Return the Householder R, folding in one chunk of rows after another."""
    factor: FloatArray | None = None
    for chunk in _chunks(X, y, weights, shift):
        if factor is None:
            factor = triangular_factor(chunk)
        elif len(factor) < factor.shape[1]:
            factor = triangular_factor(np.vstack([factor, chunk]))
        else:
            factor, *_ = tpqrt(0, min(16, len(factor)), factor, chunk)
    assert factor is not None
    return with_positive_diagonal(np.triu(factor))
