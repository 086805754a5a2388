"""What a model has of its rows: they are in memory, in partitions, or in statistics."""

from typing import Any

from bayes_l2.arrays import FloatArray
from bayes_l2.model.likelihoods import Likelihood
from bayes_l2.model.partitioned.rows import PartitionedRows
from bayes_l2.model.rows import Rows
from bayes_l2.model.statistics.sufficient_statistics import SufficientStatistics


class DataOfModel:
    """The part of a model that is about its data."""

    data: Rows | SufficientStatistics | PartitionedRows
    likelihood: Likelihood

    @property
    def X(self) -> FloatArray | None:
        """The features, None where the rows are gone."""
        return self.data.X if isinstance(self.data, Rows) else None

    @property
    def y(self) -> FloatArray | None:
        """The response as numbers, None where the rows are gone."""
        return self.data.y if isinstance(self.data, Rows) else None

    @property
    def weights(self) -> FloatArray | None:
        """The row weights, None without any."""
        return self.data.weights if isinstance(self.data, Rows) else None

    @property
    def classes(self) -> tuple[Any, ...] | None:
        """The labels that -1 and 1, or 0 to K - 1, stand for; None without classes."""
        data = self.data
        return None if isinstance(data, SufficientStatistics) else data.classes

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self.data.feature_names

    @property
    def n_rows(self) -> int:
        """The number of rows of positive weight."""
        return self.data.n_rows

    @property
    def n_features(self) -> int:
        """The number of columns of X, p."""
        return len(self.feature_names)

    @property
    def statistics(self) -> SufficientStatistics:
        """The sufficient statistics of the rows of a Gaussian model."""
        if not self.likelihood.has_statistics:
            raise ValueError(
                f"this needs likelihoods.Normal(sd): {self.likelihood!r} "
                "is not Gaussian"
            )
        assert not isinstance(self.data, PartitionedRows)
        return self.data.statistics

    def rows(self, who: str) -> tuple[FloatArray, FloatArray]:
        """Return X and y, or say that ``who`` needs them and they are gone."""
        rows = self.require_rows(who)
        return rows.X, rows.y

    def require_rows(self, who: str, instead: str = "") -> Rows:
        """Return the rows, or say that ``who`` needs them and what to use instead."""
        if isinstance(self.data, Rows):
            return self.data
        where = "was made from their statistics"
        if isinstance(self.data, PartitionedRows):
            where = "reads them a part at a time"
        raise ValueError(
            f"{who} needs the rows of X and y, and this model {where}"
            + (f": {instead}" if instead else "")
        )

    def require_in_memory(self, who: str, instead: str) -> None:
        """Raise the error of ``require_rows`` where neither rows nor statistics are."""
        if isinstance(self.data, PartitionedRows):
            self.require_rows(who, instead)
