"""Rows of an Arrow stream, which is read once."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from typing import Any, override

from bayes_l2.partitions.arrow.columns import Columns
from bayes_l2.partitions.arrow.parquet import require_pyarrow
from bayes_l2.partitions.arrow.tables import gathered
from bayes_l2.partitions.batch import Batch
from bayes_l2.partitions.partitions import LocalPartitions
from bayes_l2.texts import shown


class ArrowStream(LocalPartitions):
    """Rows of an Arrow stream: a polars DataFrame, the result of a DuckDB query.

    Only one pass is made over them, which is enough for a Normal likelihood.

    Parameters
    ----------
    reader : object
        A ``pyarrow.RecordBatchReader``, or anything with the method
        ``__arrow_c_stream__``. Its batches may have any number of rows.
    target : str
        The column of y.
    features : list of str, optional
        The columns of X in order. Default: all but target and weights.
    weights : str, optional
        The column of row weights, not negative.
    encode : list of str or mapping of str to list of str, optional
        Text columns among the features, each of which becomes a column of 0 and 1 for
        each level, with the name ``column=level``. A mapping gives the levels; a list
        is for columns of dictionary type, which know theirs in the first batch.
    drop_first : bool, default False
        Whether the first level of each has no column.

    Raises
    ------
    ValueError
        As for ``ParquetPartitions``; a pass names the batch of the stream and the row.
        A second pass is refused.

    Examples
    --------
    >>> import polars as pl
    >>> from bayes_l2 import SufficientStatistics
    >>> from bayes_l2.partitions import ArrowStream
    >>> frame = pl.DataFrame({"x": [1, 2, 3], "site": ["a", "b", "a"], "y": [1, 2, 4]})
    >>> rows = ArrowStream(frame, "y", encode={"site": ["a", "b"]}, drop_first=True)
    >>> SufficientStatistics.from_partitions(rows)
    SufficientStatistics(<3 rows, 2 features>, x, site=b)
    """

    is_repeatable = False

    def __init__(
        self,
        reader: Any,
        target: str,
        *,
        features: Any = None,
        weights: str | None = None,
        encode: Any = None,
        drop_first: bool = False,
    ) -> None:
        require_pyarrow("reading an Arrow stream")
        self._reader = _reader_of(reader)
        columns = Columns.of(
            self._reader.schema,
            "the stream",
            target,
            features=features,
            weights=weights,
            encode=encode,
            drop_first=drop_first,
        )
        self._batches = _named(self._reader)
        levels: dict[str, list[str]] = {}
        if columns.unknown:
            levels = self._first_levels(columns.unknown)
        self._columns = columns.with_levels(levels, "the stream")
        self._is_read = False
        self.feature_names = self._columns.names
        self.target = target

    def _first_levels(self, names: tuple[str, ...]) -> dict[str, list[str]]:
        """Return the levels of dictionary columns, as the first batch has them."""
        from pyarrow import types

        plain = [
            name
            for name in names
            if not types.is_dictionary(self._reader.schema.field(name).type)
        ]
        if plain:
            raise ValueError(
                f"encode must give the levels of text in a stream, got {plain!r}; "
                f"encode={{{plain[0]!r}: [...]}} lists them, and a column of "
                "dictionary type knows them"
            )
        first = next(self._batches, None)
        if first is None:
            raise ValueError("the stream must have at least one row")
        self._batches = chain([first], self._batches)
        return {
            name: [str(each) for each in first[0].column(name).dictionary.to_pylist()]
            for name in names
        }

    @override
    def loads(self) -> Iterator[Callable[[], Batch]]:
        if self._is_read:
            raise ValueError(
                "the rows of a stream are gone after one pass; write them to a "
                "Parquet file, which ParquetPartitions reads any number of times"
            )
        self._is_read = True
        for table, place in gathered(self._batches, self._columns.batch_rows):
            yield partial(self._columns.batch, table, place)
            del table


def _reader_of(value: Any) -> Any:
    import pyarrow as pa

    if isinstance(value, pa.RecordBatchReader):
        return value
    wanted = "reader must be a pyarrow.RecordBatchReader or have __arrow_c_stream__"
    if isinstance(value, type) or not hasattr(value, "__arrow_c_stream__"):
        way_out = ""
        if isinstance(getattr(type(value), "collect", None), Callable):
            way_out = "; .collect() of a lazy frame makes its rows"
        raise ValueError(f"{wanted}, got {_kind_of(value)}{way_out}")
    try:
        return pa.RecordBatchReader.from_stream(value)
    # a stream of arrays, not of rows, or a name that is no text
    except (TypeError, ValueError, pa.ArrowException) as error:
        seen = " ".join(str(error).split())
        raise ValueError(
            f"{wanted}, and give a table; got {_kind_of(value)}: {seen}"
        ) from error


def _kind_of(value: object) -> str:
    kind = type(value)
    plain = kind.__module__ == "builtins"
    return shown(value) if plain else f"a {kind.__module__}.{kind.__qualname__}"


def _named(reader: Any) -> Iterator[tuple[Any, str]]:
    """Yield the batches of a stream that have rows, and their names."""
    import pyarrow as pa

    try:
        for number, batch in enumerate(reader):
            if batch.num_rows:
                yield batch, f"batch {number} of the stream"
    except (OSError, pa.ArrowException) as error:
        seen = " ".join(str(error).split())
        raise ValueError(f"the stream ended early: {seen}") from error
