"""Tables of rows from Parquet files, from a dataset and from a stream."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, override

from bayes_l2.partitions.arrow.files import BUFFER_BYTES, File
from bayes_l2.partitions.batch import Place
from bayes_l2.texts import end_of

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.dataset as ds


class Tables(ABC):
    """Rows that can be read again and again.

    Attributes
    ----------
    name : str
        The source of rows in messages.
    schema : pyarrow.Schema
        Its columns: those of its first file.
    """

    name: str
    schema: "pa.Schema"

    @abstractmethod
    def read(
        self, columns: tuple[str, ...], text: tuple[str, ...], rows: int
    ) -> "Iterator[tuple[pa.Table, Place]]":
        """Yield tables of some columns of about that many rows, and their places."""


@dataclass(frozen=True, eq=False)
class FileTables(Tables):
    """The rows of Parquet files."""

    files: list[File]
    name: str
    schema: "pa.Schema"

    @classmethod
    def of(cls, files: list[File]) -> "FileTables":
        """Return the rows of files, with the columns of the first one."""
        if not files:
            raise ValueError("path: the dataset has no files")
        with files[0].opened() as file:
            return cls(files, files[0].name, files[0].schema(file))

    @override
    def read(
        self, columns: tuple[str, ...], text: tuple[str, ...], rows: int
    ) -> "Iterator[tuple[pa.Table, Place]]":
        for each in self.files:
            with each.opened(text) as file:
                first, parts = 0, each.row_groups(file)
                for table in each.tables(file, columns, rows):
                    place = Place(each.name, first, parts)
                    first += table.num_rows
                    yield table, place
                    del table


@dataclass(frozen=True, eq=False)
class SelectedTables(Tables):
    """The rows that a dataset selects, or those of files of other formats."""

    dataset: "ds.Dataset"
    name: str
    schema: "pa.Schema"

    @classmethod
    def of(cls, dataset: "ds.Dataset") -> "SelectedTables":
        """Return the rows of a dataset."""
        return cls(dataset, "the dataset", dataset.schema)

    @override
    def read(
        self, columns: tuple[str, ...], text: tuple[str, ...], rows: int
    ) -> "Iterator[tuple[pa.Table, Place]]":
        return gathered(self._batches(columns, rows), rows)

    def _batches(
        self, columns: tuple[str, ...], rows: int
    ) -> "Iterator[tuple[pa.RecordBatch, str]]":
        import pyarrow as pa
        import pyarrow.dataset as ds

        scan: dict[str, Any] = {"batch_readahead": 1, "fragment_readahead": 1}
        if isinstance(getattr(self.dataset, "format", None), ds.ParquetFileFormat):
            scan["fragment_scan_options"] = ds.ParquetFragmentScanOptions(
                use_buffered_stream=True, buffer_size=BUFFER_BYTES, pre_buffer=False
            )
        names = list(dict.fromkeys(columns))
        try:
            scanner = self.dataset.scanner(columns=names, batch_size=rows, **scan)
            for each in scanner.scan_batches():
                path = getattr(each.fragment, "path", None)
                place = "" if path is None else f", in {end_of(path)}"
                yield each.record_batch, f"the selection of the dataset{place}"
        except (OSError, pa.ArrowException) as error:
            seen = " ".join(str(error).split())
            raise ValueError(f"the dataset cannot be read: {seen}") from error


def gathered(
    batches: "Iterable[tuple[pa.RecordBatch, str]]", rows: int
) -> "Iterator[tuple[pa.Table, Place]]":
    """Yield tables of that many rows from batches of any size, and their places.

    Rows count from the first batch on. The last table can have fewer rows.
    """
    import pyarrow as pa

    first, waiting, count = 0, [], 0
    parts: list[tuple[int, str]] = []
    for batch, name in batches:
        start = 0
        while start < batch.num_rows:
            piece = batch.slice(start, rows - count)
            parts.append((first + count, name))
            waiting.append(piece)
            start, count = start + piece.num_rows, count + piece.num_rows
            if count == rows:
                yield pa.Table.from_batches(waiting), Place(name, first, tuple(parts))
                first, waiting, count, parts = first + count, [], 0, []
    if waiting:
        yield pa.Table.from_batches(waiting), Place(parts[-1][1], first, tuple(parts))
