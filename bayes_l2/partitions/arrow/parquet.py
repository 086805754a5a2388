"""Rows of Parquet files, of any number and size."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, override

from bayes_l2 import arguments
from bayes_l2.partitions.arrow import entries
from bayes_l2.partitions.arrow.choice import require_few
from bayes_l2.partitions.arrow.columns import Columns
from bayes_l2.partitions.arrow.files import (
    File,
    files_of_dataset,
    found_files,
    is_dataset,
)
from bayes_l2.partitions.arrow.tables import FileTables, SelectedTables, Tables
from bayes_l2.partitions.batch import Batch
from bayes_l2.partitions.partitions import LocalPartitions

RELEASE = 64  # batches, after which unused memory is given back: that takes a while
LEVEL_ROWS = 2**16  # of text columns that are searched for levels


class ParquetPartitions(LocalPartitions):
    """Rows of Parquet files, which are read a few megabytes at a time.

    Only the columns that are used are read. A row group is never in memory as a whole,
    but for a dataset with a filter. Files may have no rows, their columns another
    order, and their numbers another size.

    Parameters
    ----------
    path : str, Path, list or pyarrow.dataset.Dataset
        A file, a pattern such as ``"data/*.parquet"``, a folder, a list of these, or a
        dataset. A folder is read with all folders in it; one with the name
        ``year=2024`` gives its files the column ``year``. The filter of a dataset
        leaves rows out.
    target : str
        The column of y: numbers; or text, whole numbers or True and False as labels.
    features : list of str, optional
        The columns of X in order. Default: all but target and weights.
    weights : str, optional
        The column of row weights, not negative.
    encode : list of str or mapping of str to list of str, optional
        Text columns among the features, each of which becomes a column of 0 and 1 for
        each level, with the name ``column=level``. A list: a first pass finds the
        levels, and sorts them. A mapping gives the levels of each column.
    drop_first : bool, default False
        Whether the first level of each has no column. Under a flat prior all levels
        together would add up to the intercept.
    progress : bool, default False
        Whether a line on standard error tells how far a pass is.

    Raises
    ------
    ValueError
        If pyarrow is not installed; if a file is not there, cut off or without a
        column; if a name is misspelt, or a column holds neither numbers nor text. A
        pass raises it for the first entry that is missing, not finite or beyond 1e150,
        naming file, row group, row and column.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pyarrow as pa
    >>> import pyarrow.parquet as pq
    >>> from bayes_l2 import SufficientStatistics
    >>> from bayes_l2.partitions import ParquetPartitions
    >>> table = pa.table({"x": [1, 2, 3], "site": ["a", "b", "a"], "y": [1.5, 2, 4]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pq.write_table(table, Path(folder) / "part-0.parquet")
    ...     rows = ParquetPartitions(folder, "y", encode=["site"])
    ...     SufficientStatistics.from_partitions(rows)
    SufficientStatistics(<3 rows, 3 features>, x, site=a, site=b)
    """

    n_rows: int | None = None
    n_bytes: int | None = None

    def __init__(
        self,
        path: Any,
        target: str,
        *,
        features: Any = None,
        weights: str | None = None,
        encode: Any = None,
        drop_first: bool = False,
        progress: bool = False,
    ) -> None:
        require_pyarrow("reading Parquet")
        self.progress = arguments.flag(progress, "progress")
        files = files_of_dataset(path) if is_dataset(path) else found_files(path)
        tables = SelectedTables.of(path) if files is None else FileTables.of(files)
        name, self._tables = tables.name, tables
        columns = Columns.of(
            tables.schema,
            name,
            target,
            features=features,
            weights=weights,
            encode=encode,
            drop_first=drop_first,
        )
        if files is not None:
            self.n_rows, self.n_bytes = _sizes(files, columns)
        levels = _levels(tables, columns)
        self._columns = columns.with_levels(levels, name)
        self.feature_names = self._columns.names
        self.target = target

    @property
    def features(self) -> tuple[str, ...]:
        """The columns that make X, in order."""
        return self._columns.features

    @property
    def levels(self) -> dict[str, tuple[str, ...]]:
        """The levels of each text column among them."""
        return {name: each or () for name, each in self._columns.levels.items()}

    @override
    def loads(self) -> Iterator[Callable[[], Batch]]:
        import pyarrow as pa

        columns, memory = self._columns, pa.default_memory_pool()
        text = tuple(name for name in columns.used if columns.kinds[name] == "text")
        tables = self._tables.read(columns.used, text, columns.batch_rows)
        for number, (table, place) in enumerate(tables):
            if table.num_rows:
                yield partial(columns.batch, table, place)
            del table
            if number % RELEASE == 0:  # Arrow keeps some 30 MB for later use
                memory.release_unused()
        memory.release_unused()


def require_pyarrow(task: str) -> None:
    """Raise an error that says how pyarrow is installed, if it is not."""
    try:
        import pyarrow  # noqa: F401 - only whether it is there
    except ImportError:
        raise ValueError(f"{task} needs pyarrow: install bayes-l2[parquet]") from None


def _sizes(files: list[File], columns: Columns) -> tuple[int, int | None]:
    """Return the numbers of rows and bytes of files, each with the right columns."""
    n_rows, sizes = 0, [each.size for each in files]
    for each in files:
        with each.opened() as file:
            columns.require_schema(each.schema(file), each.name, files[0].name)
            n_rows += file.metadata.num_rows
    if not n_rows:
        where = files[0].name if len(files) == 1 else f"{len(files)} files"
        raise ValueError(f"path: there must be at least one row, got none in {where}")
    known = [size for size in sizes if size is not None]
    return n_rows, sum(known) if len(known) == len(sizes) else None


def _levels(tables: Tables, columns: Columns) -> dict[str, list[str]]:
    """Return the levels of text columns, sorted, by a pass over these columns only."""
    names = columns.unknown
    if not names:
        return {}
    found: dict[str, set[str]] = {name: set() for name in names}
    for table, place in tables.read(names, names, LEVEL_ROWS):
        for name in names:
            column = table.column(name)
            entries.require_present(column, name, place)
            for chunk in entries.as_dictionary(column).chunks:
                used = chunk.dictionary.take(chunk.indices.unique())
                found[name].update(used.to_pylist())
            require_few(name, found[name], place.source)
    if not all(found.values()):
        raise ValueError(f"path: {tables.name} must have at least one row, got none")
    return {name: sorted(levels) for name, levels in found.items()}
