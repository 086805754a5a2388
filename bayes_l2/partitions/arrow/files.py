"""Parquet files: finding them, and reading them with little memory."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from glob import glob
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bayes_l2 import arguments
from bayes_l2.texts import end_of, shortened, shown

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.dataset as ds
    import pyarrow.parquet as pq

SUFFIXES = (".parquet", ".pq", ".parq")
BUFFER_BYTES = 2**18  # of each column: a row group is never read as a whole
WANTED = (
    "path must be a Parquet file, a pattern such as 'data/*.parquet', a folder, a list "
    "of files or a pyarrow.dataset.Dataset"
)


@dataclass(frozen=True)
class File:
    """A Parquet file.

    Attributes
    ----------
    path : str
        Its path.
    keys : dict
        Columns that its folders name, as in ``year=2024/``: an Arrow scalar for each.
    filesystem : pyarrow.fs.FileSystem or None
        Where it is; None for the disk of this machine.
    """

    path: str
    keys: dict[str, Any] = field(default_factory=dict)
    filesystem: Any = None

    @property
    def name(self) -> str:
        """The path as it stands in messages."""
        return end_of(self.path)

    @contextmanager
    def opened(self, text: tuple[str, ...] = ()) -> "Iterator[pq.ParquetFile]":
        """Open the file; the columns of text are read as codes and levels.

        Raises
        ------
        ValueError
            If it is not there, cut off, or no Parquet file; on reading, too.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            with pq.ParquetFile(
                self.path,
                filesystem=self.filesystem,
                read_dictionary=[name for name in text if name not in self.keys],
                buffer_size=BUFFER_BYTES,
                pre_buffer=False,
            ) as file:
                yield file
        except (OSError, pa.ArrowException) as error:
            seen = shortened(" ".join(str(error).split()), 120)
            raise ValueError(
                f"{self.name} cannot be read as Parquet: {seen}; write it again, or "
                "leave it out"
            ) from error

    @property
    def size(self) -> int | None:
        """The number of its bytes, None where it is not on this machine."""
        path = Path(self.path)
        return path.stat().st_size if path.exists() else None

    def schema(self, file: "pq.ParquetFile") -> "pa.Schema":
        """Return the columns of the file, and those that its folders name."""
        schema = file.schema_arrow
        for name, value in self.keys.items():
            if name not in schema.names:
                import pyarrow as pa

                schema = schema.append(pa.field(name, value.type))
        return schema

    def tables(
        self, file: "pq.ParquetFile", columns: tuple[str, ...], rows: int
    ) -> "Iterator[pa.Table]":
        """Yield the rows of some columns, a number of rows at a time."""
        import pyarrow as pa

        own = set(file.schema_arrow.names)
        read = [name for name in dict.fromkeys(columns) if name in own]
        # its threads would wait for those that reduce the rows
        for batch in file.iter_batches(rows, columns=read, use_threads=False):
            table = pa.Table.from_batches([batch])
            for name in columns:
                if name not in own:
                    value = pa.repeat(self.keys[name], table.num_rows)
                    table = table.append_column(name, value)
            del batch  # one batch at a time is in memory, not the one before, too
            yield table
            del table

    def row_groups(self, file: "pq.ParquetFile") -> tuple[tuple[int, str], ...]:
        """Return the number of the first row of each row group, and its name."""
        parts, first = [], 0
        for group in range(file.metadata.num_row_groups):
            parts.append((first, f"{self.name}, row group {group}"))
            first += file.metadata.row_group(group).num_rows
        return tuple(parts)


def is_dataset(value: object) -> bool:
    """Return whether a value is a dataset of pyarrow's, the import of which is dear."""
    dataset = sys.modules.get("pyarrow.dataset")
    return dataset is not None and isinstance(value, dataset.Dataset)


def found_files(path: Any) -> list[File]:
    """Return the files of a path, a pattern, a folder or a list, in order."""
    if isinstance(path, list | tuple):
        if not path:
            raise ValueError(f"{WANTED}; got an empty list")
        return [file for each in path for file in found_files(each)]
    if not isinstance(path, str | PathLike) or not str(path):
        raise ValueError(f"{WANTED}; got {shown(path)}")
    place = arguments.path(path)
    try:
        if place.is_dir():
            return _of_folder(place)
        if place.exists():
            return [File(str(path))]
        if place.is_symlink():
            raise ValueError(f"path: {end_of(path)} is a link to a file that is gone")
    except OSError as error:  # a name that is too long, a folder that is locked
        seen = f"{end_of(path)} cannot be read: {error.strerror or error}"
        raise ValueError(f"path: {seen}") from error
    # a pattern may begin at the root, which that of a Path may not
    matches = sorted(glob(str(path), recursive=True))  # noqa: PTH207 - see above
    if matches:
        return [file for each in matches for file in found_files(each)]
    if any(mark in str(path) for mark in "*?["):
        raise ValueError(f"path: no file matches the pattern {shown(str(path))}")
    if "://" in str(path):
        raise ValueError(
            f"path must be on this machine, got {shown(str(path))}; pass "
            "pyarrow.dataset.dataset(path) for a store"
        )
    raise ValueError(f"path: there is no file or folder {end_of(path)}")


def _of_folder(folder: Path) -> list[File]:
    """Return the files below a folder; names that begin with _ or . are left out."""
    paths = [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in SUFFIXES
        and path.is_file()
        and not any(e.startswith(("_", ".")) for e in path.relative_to(folder).parts)
    ]
    if not paths:
        raise ValueError(
            f"path: the folder {end_of(folder)} holds no file that ends with "
            f"{' or '.join(SUFFIXES)}"
        )
    if not any("=" in str(path.relative_to(folder).parent) for path in paths):
        return [File(str(path)) for path in paths]
    import pyarrow as pa
    import pyarrow.dataset as ds

    try:
        dataset = ds.dataset(
            [str(path) for path in paths],
            format="parquet",
            partitioning="hive",
            partition_base_dir=str(folder),
        )
    except (OSError, pa.ArrowException):
        for path in paths:  # one of them is to blame, and says why
            with File(str(path)).opened():
                pass
        raise
    found = files_of_dataset(dataset)
    assert found is not None
    return found


def files_of_dataset(dataset: "ds.Dataset") -> list[File] | None:
    """Return the Parquet files of a dataset; None if it selects rows or has others."""
    import pyarrow as pa
    import pyarrow.dataset as ds

    try:
        fragments = list(dataset.get_fragments())
    except ValueError:  # it has a filter
        return None
    files, types = [], {field.name: field.type for field in dataset.schema}
    for each in fragments:
        if not isinstance(each, ds.ParquetFileFragment):
            return None
        keys = {
            name: pa.scalar(value, types.get(name))
            for name, value in ds.get_partition_keys(each.partition_expression).items()
        }
        file = File(each.path, keys, each.filesystem)
        with file.opened() as opened:
            if each.num_row_groups != opened.metadata.num_row_groups:
                return None
        files.append(file)
    return files
