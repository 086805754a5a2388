"""Ways into sufficient statistics from rows that are read a part at a time."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from bayes_l2.partitions import Partitions


class Doors(ABC):
    """Class methods of ``SufficientStatistics``, one for each kind of source."""

    @classmethod
    @abstractmethod
    def from_partitions(cls, partitions: "Partitions") -> Self:
        """Return the statistics of rows that are read a part at a time, in one pass."""

    @classmethod
    def from_parquet(
        cls,
        path: Any,
        target: str,
        *,
        features: Any = None,
        weights: str | None = None,
        encode: Any = None,
        drop_first: bool = False,
        progress: bool = False,
    ) -> Self:
        """Return the statistics of Parquet files of any size, in one pass.

        Parameters
        ----------
        path : str, Path, list or pyarrow.dataset.Dataset
            A file, a pattern, a folder, a list of these, or a dataset.
        target : str
            The column of y.
        features, weights, encode, drop_first, progress
            As for ``partitions.ParquetPartitions``.

        Returns
        -------
        SufficientStatistics
            The statistics of all rows.

        Raises
        ------
        ValueError
            If a file, a name or an entry is not valid. The message names its place.
        """
        from bayes_l2.partitions.arrow.parquet import ParquetPartitions

        return cls.from_partitions(
            ParquetPartitions(
                path,
                target,
                features=features,
                weights=weights,
                encode=encode,
                drop_first=drop_first,
                progress=progress,
            )
        )

    @classmethod
    def from_arrow(
        cls,
        reader: Any,
        target: str,
        *,
        features: Any = None,
        weights: str | None = None,
        encode: Any = None,
        drop_first: bool = False,
    ) -> Self:
        """Return the statistics of an Arrow stream: polars, DuckDB, a database.

        Parameters
        ----------
        reader : object
            A ``pyarrow.RecordBatchReader``, or anything with ``__arrow_c_stream__``.
        target : str
            The column of y.
        features, weights, encode, drop_first
            As for ``partitions.ArrowStream``.

        Returns
        -------
        SufficientStatistics
            The statistics of all rows.

        Raises
        ------
        ValueError
            If a name or an entry is not valid. The message names batch and row.

        Examples
        --------
        >>> import polars as pl
        >>> from bayes_l2 import SufficientStatistics
        >>> frame = pl.DataFrame({"x": [1, 2, 3], "y": [1.5, 2.0, 4.0]})
        >>> SufficientStatistics.from_arrow(frame, "y")
        SufficientStatistics(<3 rows, 1 features>, x)
        """
        from bayes_l2.partitions.arrow.stream import ArrowStream

        return cls.from_partitions(
            ArrowStream(
                reader,
                target,
                features=features,
                weights=weights,
                encode=encode,
                drop_first=drop_first,
            )
        )

    @classmethod
    def from_npy(
        cls,
        path: Any,
        target: Any,
        *,
        features: Any = None,
        weights: Any = None,
        progress: bool = False,
    ) -> Self:
        """Return the statistics of a .npy file that is read a part at a time.

        Parameters
        ----------
        path : str or Path
            The file of an array of two dimensions.
        target : int, str or Path
            The number of the column of y, or the .npy file of y.
        features, weights, progress
            As for ``partitions.NpyPartitions``.

        Returns
        -------
        SufficientStatistics
            The statistics of all rows.

        Raises
        ------
        ValueError
            If a file, a number of a column or an entry is not valid.
        """
        from bayes_l2.partitions.npy.source import NpyPartitions

        return cls.from_partitions(
            NpyPartitions(
                path, target, features=features, weights=weights, progress=progress
            )
        )

    @classmethod
    def from_dask(
        cls,
        collection: Any,
        target: Any,
        *,
        features: Any = None,
        weights: Any = None,
    ) -> Self:
        """Return the statistics of a dask collection, one task a partition.

        Only statistics travel between workers, not rows.

        Parameters
        ----------
        collection : dask.dataframe.DataFrame or dask.array.Array
            The rows.
        target : str, int or dask.array.Array
            y: the name or number of a column, or an array of one dimension.
        features, weights
            As for ``partitions.DaskPartitions``.

        Returns
        -------
        SufficientStatistics
            The statistics of all rows.

        Raises
        ------
        ValueError
            If a name or an entry is not valid. The message names partition and row.
        """
        from bayes_l2.partitions.dask import DaskPartitions

        return cls.from_partitions(
            DaskPartitions(collection, target, features=features, weights=weights)
        )
