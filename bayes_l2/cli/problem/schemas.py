"""The columns of a file, without its rows."""

from pathlib import Path
from typing import TYPE_CHECKING

from bayes_l2.partitions.arrow.parquet import require_pyarrow
from bayes_l2.texts import end_of

if TYPE_CHECKING:
    import pyarrow as pa

PARQUET = (".parquet", ".pq", ".parq")
ARROW = (".arrow", ".feather", ".ipc")


def column_names(file: str) -> list[str]:
    """Return the names of the columns of a file."""
    suffix = Path(file).suffix.lower()
    if suffix == ".npy":
        from bayes_l2.partitions.npy.file import NpyFile

        return [str(j) for j in range(NpyFile.of(file, "FILE", dimensions=2).shape[1])]
    if suffix in ARROW and not Path(file).is_dir():
        return list(arrow_schema(file).names)
    return list(parquet_schema(file)[0].names)


def parquet_schema(file: str) -> "tuple[pa.Schema, str]":
    """Return the columns of the first file, and its name."""
    require_pyarrow("reading Parquet")
    from bayes_l2.partitions.arrow.files import found_files

    if Path(file).is_file() and Path(file).suffix.lower() not in PARQUET:
        raise ValueError(
            f"--stream reads Parquet, .npy, .arrow and .feather, got {end_of(file)!r}"
        )
    try:
        first = found_files(file)[0]
    except ValueError as error:
        raise ValueError(str(error).removeprefix("path: ")) from None
    with first.opened() as opened:
        return first.schema(opened), first.name


def arrow_schema(file: str) -> "pa.Schema":
    """Return the columns of an Arrow file, or say that it is none."""
    require_pyarrow("reading Arrow")
    import pyarrow as pa
    from pyarrow import ipc

    try:
        with pa.memory_map(file) as source, ipc.open_file(source) as opened:
            return opened.schema
    except (OSError, pa.ArrowException) as error:
        seen = " ".join(str(error).split())
        raise ValueError(
            f"{end_of(file)} cannot be read as an Arrow file: {seen}; write it again, "
            "or write it as Parquet"
        ) from None
