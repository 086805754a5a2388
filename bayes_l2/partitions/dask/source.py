"""The partitions of a dask.dataframe or a dask.array, and a pass over them."""

from collections.abc import Callable
from typing import Any, override

from bayes_l2.partitions.batch import Batch
from bayes_l2.partitions.dask.arguments import aligned, array_columns, table_columns
from bayes_l2.partitions.dask.graph import RETRIES, Blocks, failure
from bayes_l2.partitions.partitions import Partitions
from bayes_l2.texts import shown


class DaskPartitions(Partitions):
    """Rows of a dask.dataframe or a dask.array.

    Each partition is one task, which returns its statistics or its part of a
    likelihood. Other tasks merge these, eight at a time, so that no rows travel. The
    scheduler is dask's own choice: threads, processes, or the cluster of a
    ``dask.distributed.Client``, which tries a partition three times.

    Parameters
    ----------
    collection : dask.dataframe.DataFrame or dask.array.Array
        The rows. A categorical column with known categories becomes one column of 0
        and 1 for each category, ``column=category``. An array has two dimensions and
        chunks of any number of rows, which may be unknown.
    target : str, int or dask.array.Array
        y: the name of a column of a data frame; the number of a column of an array, or
        an array of one dimension.
    features : list, optional
        Names or numbers of the columns of X. Default: all but target and weights.
    weights : str, int or dask.array.Array, optional
        Row weights, given like the target.

    Raises
    ------
    ValueError
        If dask is not installed, or a column is not there or has no numbers.
    """

    def __init__(
        self, collection: Any, target: Any, *, features: Any = None, weights: Any = None
    ) -> None:
        try:
            import dask.array as da
            import dask.dataframe as dd
        except ImportError:
            raise ValueError(
                "DaskPartitions needs dask: install bayes-l2[dask]"
            ) from None
        if isinstance(collection, dd.DataFrame):
            self._columns = table_columns(collection, target, features, weights)
            self._blocks = Blocks.of([collection[self._columns.used]])
        elif isinstance(collection, da.Array):
            self._columns = array_columns(collection, target, features, weights)
            self._blocks = Blocks.of(aligned(collection, target, weights))
        else:
            raise ValueError(
                "collection must be a dask.dataframe.DataFrame or a dask.array.Array, "
                f"got {shown(collection)}"
            )
        self.feature_names = self._columns.names
        self.target = self._columns.y_name

    @override
    def reduce[T](
        self, task: Callable[[Batch], T | None], merge: Callable[[T, T], T]
    ) -> T | None:
        from dask.delayed import Delayed

        graph, key = self._blocks.total(self._columns, task, merge)
        try:
            return Delayed(key, graph).compute(retries=RETRIES)
        except Exception as error:  # of whatever kind, where dask computes the rows
            message = failure(error)
        raise ValueError(message)
