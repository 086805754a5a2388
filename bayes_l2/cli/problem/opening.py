"""Whether the rows of a file are read a part at a time, and how such a file opens."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bayes_l2 import arguments
from bayes_l2.cli.problem.schemas import (
    ARROW,
    PARQUET,
    arrow_schema,
    column_names,
    parquet_schema,
)
from bayes_l2.partitions.arrow.choice import require_column
from bayes_l2.partitions.arrow.parquet import ParquetPartitions
from bayes_l2.partitions.partitions import LocalPartitions
from bayes_l2.texts import end_of, listed, shown

if TYPE_CHECKING:
    import pyarrow as pa

SHARE = 4  # of the memory: a larger file is streamed


class Asked(NamedTuple):
    """What the options say of columns.

    Attributes
    ----------
    file, target : str
        The file and the column of y.
    features : list of str or None
        The only features, None for all.
    drop : list of str
        The columns to leave out.
    encode, drop_first : bool
        Whether columns of text are one-hot, and without their first level.
    labels : bool
        Whether the target may hold text.
    """

    file: str
    target: str
    features: list[str] | None
    drop: list[str]
    encode: bool
    drop_first: bool
    labels: bool


def memory_bytes() -> int:
    """Return the bytes of memory that the machine has; a very large number if unknown.

    Windows does not tell by ``os.sysconf``.
    """
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return 2**62


def is_streamed(file: str | None, *, stream: bool) -> bool:
    """Return whether the rows of a file are read a part at a time.

    They are if that is asked for, if there may be several files, if the file is a .npy
    file, or if it is larger than a quarter of the memory.
    """
    if file is None or file == "-":
        if stream:
            raise ValueError(
                "--stream is for a file of your own: give the name of a Parquet file "
                "first"
            )
        return False
    path, suffix = arguments.path(file, "FILE"), Path(file).suffix.lower()
    try:
        is_there, is_folder = path.exists(), path.is_dir()
    except OSError as error:  # a name that is longer than those of files
        raise ValueError(f"cannot read {end_of(path)}: {error.strerror}") from None
    if suffix == ".npy" or is_folder:
        return True
    if not is_there:
        return any(mark in file for mark in "*?[") or stream
    if suffix in PARQUET + ARROW:
        return stream or path.stat().st_size > memory_bytes() / SHARE
    if stream:
        raise ValueError(
            f"--stream reads Parquet, .npy, .arrow and .feather, got {end_of(file)!r}; "
            "polars makes a Parquet file of a CSV with little memory, by two lines of "
            f"Python: import polars as pl; pl.scan_csv({path.name!r})"
            f".sink_parquet({path.with_suffix('.parquet').name!r})"
        )
    return False


def partitions_of(asked: Asked) -> LocalPartitions:
    """Return the rows of the file, or raise ValueError in the words of the options."""
    suffix = Path(asked.file).suffix.lower()
    if suffix == ".npy":
        return _npy(asked)
    if suffix in ARROW and not Path(asked.file).is_dir():
        return _arrow(asked)
    return _parquet(asked)


def require_target(target: str | None, names: Iterable[Any], file: str) -> str:
    """Return the target, or say that it must be given, and the columns that exist."""
    if target is None:
        raise ValueError(
            "with a file, --target must be given: the column to predict; the columns "
            f"of {end_of(file)} are {listed(map(str, names))}"
        )
    return target


def _parquet(asked: Asked) -> ParquetPartitions:
    schema, name = parquet_schema(asked.file)
    return _named(asked, schema, name, asked.file)


def _arrow(asked: Asked) -> ParquetPartitions:
    schema = arrow_schema(asked.file)
    import pyarrow.dataset as ds

    dataset = ds.dataset(asked.file, format="ipc")
    found = _named(asked, schema, end_of(asked.file), dataset)
    found.n_rows = dataset.count_rows()
    found.n_bytes = Path(asked.file).stat().st_size
    if not found.n_rows:
        raise ValueError(f"{end_of(asked.file)} must have at least one row, got none")
    return found


def _named(
    asked: Asked, schema: "pa.Schema", source: str, path: Any
) -> ParquetPartitions:
    """Return the rows of files whose columns have names."""
    from bayes_l2.partitions.arrow import entries

    features = _features(asked, list(schema.names), source, require_column)
    kinds = {each: entries.kind(schema.field(each).type) for each in schema.names}
    if kinds[asked.target] == "text" and not asked.labels:
        raise ValueError(
            f"--target {asked.target}: it holds text in {source}, and the likelihood "
            "takes numbers; --likelihood bernoulli takes two labels, categorical more"
        )
    odd = [each for each in features if kinds[each] is None]
    if odd:
        raise ValueError(
            f"column {odd[0]!r} of {source} holds {schema.field(odd[0]).type}, and a "
            "feature holds numbers, True and False, or text; --drop leaves it out"
        )
    text = [each for each in features if kinds[each] == "text"]
    if text and not asked.encode:
        raise ValueError(
            f"column {text[0]!r} of {source} holds text: --encode makes a column of 0 "
            "and 1 of each of its levels, or --drop leaves it out"
        )
    return ParquetPartitions(
        path,
        asked.target,
        features=features,
        encode=text or None,
        drop_first=asked.drop_first and bool(text),
        progress=True,
    )


def _npy(asked: Asked) -> LocalPartitions:
    from bayes_l2.partitions.npy.source import NpyPartitions

    if asked.encode:
        raise ValueError("--encode is for columns of text, and a .npy file has none")
    numbers = [int(each) for each in column_names(asked.file)]
    count = len(numbers)

    def require(value: str, names: list[str], option: str, source: str) -> None:
        try:
            number = int(value)
        except ValueError:
            number = count
        if not -count <= number < count:
            raise ValueError(
                f"{option} must be the number of a column, from 0 to {count - 1} or "
                f"from -{count} to -1 in {source}; got {shown(value)}"
            )

    features = _features(asked, list(map(str, numbers)), end_of(asked.file), require)
    return NpyPartitions(
        asked.file,
        int(asked.target),
        features=[int(each) % count for each in features],
        progress=True,
    )


def _features(
    asked: Asked, names: list[str], source: str, require: Callable[..., None]
) -> list[str]:
    """Return the features that are named, or all that are not dropped."""
    require(asked.target, names, "--target", source)
    for option, chosen in (("--features", asked.features), ("--drop", asked.drop)):
        for each in chosen or ():
            require(each, names, option, source)
    if require is not require_column:  # numbers, which may count from the end
        place = {name: names[int(name)] for name in _all_names(asked)}
    else:
        place = {name: name for name in names}
    target = place[asked.target]
    dropped = {target, *(place[each] for each in asked.drop)}
    if asked.features is None:
        kept = [name for name in names if name not in dropped]
    else:
        kept = list(dict.fromkeys(place[each] for each in asked.features))
        both = [name for name in kept if name in dropped]
        if both:
            raise ValueError(
                "--features must hold neither the target nor a column of --drop, got "
                f"{listed(map(repr, both))}"
            )
    if not kept:
        raise ValueError(f"{source}: no column is left as a feature")
    return kept


def _all_names(asked: Asked) -> list[str]:
    return [asked.target, *asked.drop, *(asked.features or ())]
