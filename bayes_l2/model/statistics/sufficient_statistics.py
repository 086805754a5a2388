r"""The sufficient statistics of Gaussian rows: their number, mean and one factor R.

.. math:: \sqrt{w}\,[1\; X\; y] = Q
          \begin{pmatrix} \sqrt W & \sqrt W\, \bar z^\top \\ 0 & R \end{pmatrix},
          \qquad
          R^\top R = \sum_i w_i (z_i - \bar z)(z_i - \bar z)^\top

for :math:`z_i = (x_i, y_i)` and :math:`W = \sum_i w_i`. A Gaussian log likelihood
depends on the rows through these numbers only, whatever the number of rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Self, override

import numpy as np
import numpy.typing as npt

from bayes_l2 import arguments, validation
from bayes_l2.arrays import (
    ROUNDING,
    FixedArrays,
    FloatArray,
    are_constant,
    norms,
    triangular_factor,
    twofold_sum,
)
from bayes_l2.model.statistics.dealt import DealtStatistics
from bayes_l2.model.statistics.doors import Doors
from bayes_l2.model.statistics.reduction import (
    Reduced,
    mean_and_factor,
    reduced_by_pieces,
)
from bayes_l2.model.statistics.storage import StoredStatistics
from bayes_l2.partitions import Batch, Partitions
from bayes_l2.texts import listed
from bayes_l2.validation import set_fields


@dataclass(frozen=True, eq=False)
class SufficientStatistics(FixedArrays, Doors, DealtStatistics, StoredStatistics):
    r"""The sufficient statistics of weighted rows of X and y.

    With rows :math:`z_i = (x_i, y_i)`, precision weights :math:`w_i` and
    :math:`W = \sum_i w_i`, they are :math:`\bar z = \tfrac1W \sum_i w_i z_i` and an
    upper-triangular R with

    .. math:: R^\top R = \sum_i w_i (z_i - \bar z)(z_i - \bar z)^\top

    The triangular factor of :math:`\sqrt{w}\,[1\; X\; y]` has the first row
    :math:`\sqrt W (1, \bar z)`, and R below it. The mean is kept apart, so that no
    digits are lost where a column is far from zero. A column that is constant but for
    rounding is exactly 0 in R.

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
        R. If there are at most as many rows as columns: the rows less their mean, each
        times the root of its weight.

    References
    ----------
    Golub and Van Loan (2013), Matrix Computations, sections 5.2 and 6.5. Chan, Golub
    and LeVeque (1983), The American Statistician 37(3), on merging means and squares.
    """

    feature_names: tuple[str, ...]
    n_rows: int
    total_weight: float
    sum_log_weights: float
    mean: FloatArray
    factor: FloatArray

    # What the rounding of the mean lost. It is no field: a comparison does not keep it.
    _lost = np.float64(0.0)

    @classmethod
    def from_rows(cls, X: Any, y: Any, weights: Any = None) -> Self:
        """Return the statistics of rows.

        Parameters
        ----------
        X : array_like or DataFrame of shape (n, p)
            Features. The names are those of a DataFrame's columns, else x0, x1, ...
        y : array_like of shape (n,)
            Response.
        weights : array_like of shape (n,), optional
            Precision weights, not negative. Rows of weight zero do not count.

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
        validation.require_one_index(X, y, "y")
        validation.require_one_index(X, weights, "weights")
        response = validation.vector(validation.response(y), "y", length=len(features))
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
        """Return the statistics of batches of rows, with one batch in memory at a time.

        Parameters
        ----------
        batches : iterable of tuple
            Each batch is (X, y) or (X, y, weights), as for ``from_rows``. All batches
            have the same columns.

        Returns
        -------
        SufficientStatistics
            The statistics of all rows.

        Raises
        ------
        ValueError
            If there is no batch, or a batch is not valid. The message counts batches
            from 0.
        """
        total: Self | None = None
        for number, batch in enumerate(arguments.batches(batches)):
            try:
                statistics = cls.from_rows(*batch)
                total = statistics if total is None else total + statistics
            except ValueError as error:
                raise ValueError(f"batch {number}: {error}") from None
        if total is None:
            raise ValueError("batches must hold at least one batch, got none")
        return total

    @classmethod
    @override
    def from_partitions(cls, partitions: Partitions) -> Self:
        """Return the statistics of rows that are read a part at a time, in one pass.

        Parameters
        ----------
        partitions : Partitions
            Where the rows are.

        Returns
        -------
        SufficientStatistics
            The statistics of all rows.
        """
        arguments.instance(partitions, Partitions, "partitions")
        task = partial(cls._of_batch, names=partitions.feature_names)
        total = partitions.reduce_pieces(task, cls.__add__)
        if total is None:
            raise ValueError(f"{partitions!r} must have at least one row")
        return total

    @classmethod
    def _of_batch(cls, batch: Batch, names: tuple[str, ...]) -> Self | None:
        found = reduced_by_pieces(batch, len(names))
        if found and not _looks_constant(found, batch.n_rows).any():
            return cls._of_reduced(found, names, batch.n_rows, batch.n_rows)
        X, y, weights = batch.X, batch.numeric_y, batch.weights
        if weights is not None:
            X, y, weights = drop_weightless(X, y, weights)
        return cls.reduce(X, y, weights, names) if len(X) else None

    def __repr__(self) -> str:
        weight = f", total weight {self.total_weight:g}" if self.is_weighted else ""
        return (
            f"SufficientStatistics(<{self.n_rows} rows, {len(self.feature_names)} "
            f"features>, {listed(self.feature_names)}{weight})"
        )

    def __add__(self, other: Self) -> Self:
        """Merge the statistics of two disjoint sets of rows."""
        if not isinstance(other, SufficientStatistics):
            return NotImplemented
        other.require_columns(self.feature_names)
        total_weight = self.total_weight + other.total_weight
        share = other.total_weight / total_weight
        difference = other.mean_less(self)
        # the means of one constant column can differ by rounding
        sizes = np.maximum(np.abs(self.mean), np.abs(other.mean))
        same = ~(self.factor.any(axis=0) | other.factor.any(axis=0))
        difference[same & (np.abs(difference) <= ROUNDING * sizes)] = 0.0
        between = np.sqrt(self.total_weight * share) * difference
        factor = _reduced(np.vstack([self.factor, other.factor, between]))
        mean, lost = twofold_sum(self.mean, share * difference + self._lost)
        merged = type(self)(
            feature_names=self.feature_names,
            n_rows=self.n_rows + other.n_rows,
            total_weight=total_weight,
            sum_log_weights=self.sum_log_weights + other.sum_log_weights,
            mean=mean,
            factor=factor,
        )
        set_fields(merged, _lost=lost)
        return merged

    def __radd__(self, other: object) -> Self:
        """Let ``sum`` merge a list: it adds the first statistics to 0."""
        if other != 0:
            return NotImplemented
        return self

    @property
    def statistics(self) -> Self:
        """The statistics themselves; ``Rows`` has this attribute too."""
        return self

    @property
    def is_weighted(self) -> bool:
        """Whether any row had a weight other than 1."""
        return self.sum_log_weights != 0 or self.total_weight != self.n_rows

    def summary(self) -> dict[str, Any]:
        """Return the size of the data by name: n, sum of weights, sds of X and y.

        The sds have the divisor n. The sum of weights is None without weights.
        """
        sds = norms(self.factor, axis=0) / np.sqrt(self.total_weight)
        return {
            "n": self.n_rows,
            "weight_sum": self.total_weight if self.is_weighted else None,
            "x_sd": sds[:-1],
            "y_sd": float(sds[-1]),
        }

    def equivalent_rows(self, *, centred: bool) -> tuple[FloatArray, FloatArray]:
        """Return few rows of X and y with the same cross-products as all rows.

        The cross-products are those about the mean if ``centred``, else about 0.
        """
        mean = np.sqrt(self.total_weight) * self.mean[np.newaxis]
        rows = self.factor if centred else np.vstack([mean, self.factor])
        return rows[:, :-1], rows[:, -1]

    def mean_less(self, other: Self) -> FloatArray:
        """Return the mean less that of other rows, to all digits of the difference."""
        return (self.mean - other.mean) + (self._lost - other._lost)

    def require_columns(self, names: tuple[str, ...]) -> None:
        """Raise an error unless the columns are these, in this order."""
        if self.feature_names != names:
            raise ValueError(
                f"statistics must be of the columns {listed(names)} in this order, "
                f"got {listed(self.feature_names)}"
            )

    @classmethod
    def reduce(
        cls,
        X: FloatArray,
        y: FloatArray,
        weights: FloatArray | None,
        names: tuple[str, ...],
    ) -> Self:
        """Return the statistics of rows that are valid and of positive weight."""
        reduced, W = mean_and_factor(X, y, weights), float(len(X))
        logs = 0.0
        if weights is not None:
            W, logs = float(weights.sum()), float(np.log(weights).sum())
        # deviations in rows of little weight are small too, and no rounding
        places = np.flatnonzero(_looks_constant(reduced, W))
        if len(places):
            columns = [y if j == X.shape[1] else X[:, j] for j in places]
            constant = places[are_constant(np.column_stack(columns))]
            reduced.factor[:, constant] = 0.0
        return cls._of_reduced(reduced, names, len(X), W, logs)

    @classmethod
    def _of_reduced(
        cls,
        reduced: Reduced,
        names: tuple[str, ...],
        n_rows: int,
        total_weight: float,
        sum_log_weights: float = 0.0,
    ) -> Self:
        mean, lost, factor = reduced
        _require_finite_squares(mean, factor, total_weight, names)
        statistics = cls(
            names, n_rows, float(total_weight), sum_log_weights, mean, factor
        )
        set_fields(statistics, _lost=lost)
        return statistics


def default_names(n_features: int) -> tuple[str, ...]:
    """Return x0, x1, ..., the names of columns without names."""
    return tuple(f"x{j}" for j in range(n_features))


def drop_weightless(
    X: FloatArray, y: FloatArray, weights: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return rows without those of weight zero, which have an infinite variance."""
    kept = weights > 0
    return (X, y, weights) if kept.all() else (X[kept], y[kept], weights[kept])


def _looks_constant(reduced: Reduced, total_weight: float) -> npt.NDArray[np.bool]:
    """Return which columns of [X y] vary by no more than rounding."""
    sizes = norms(reduced.factor, axis=0)
    small = sizes <= ROUNDING * np.sqrt(total_weight) * np.abs(reduced.mean)
    return small & (sizes > 0)


def _require_finite_squares(
    mean: FloatArray, factor: FloatArray, total_weight: float, names: tuple[str, ...]
) -> None:
    """Raise an error that names a column of numbers too large to be squared."""
    spreads = np.abs(factor).max(axis=0) / np.sqrt(total_weight)
    sizes = np.maximum(np.abs(mean), spreads)
    limit = 10 * validation.LARGEST
    if not (sizes <= limit).all():
        j = int(np.argmin(sizes <= limit))
        where = f"column {names[j]!r} of X" if j < len(names) else "y"
        raise ValueError(
            f"{where} must stay within ±{limit:g}, got a size of {sizes[j]:.3g}; "
            "rescale it"
        )


def _reduced(rows: FloatArray) -> FloatArray:
    """Return the triangular factor of rows; rows that are few stay as they are."""
    return rows if len(rows) < rows.shape[1] else triangular_factor(rows)
