"""From the options of ``bayes-l2 compare`` to data: those of a file, or an example."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bayes_l2 import datasets
from bayes_l2.arrays import FloatArray, sds
from bayes_l2.cli.problem import opening, schemas
from bayes_l2.cli.problem.stream import Stream
from bayes_l2.cli.problem.terms import Example
from bayes_l2.datasets.files import sources
from bayes_l2.datasets.files.options import Reading
from bayes_l2.datasets.standardisation import Standardisation
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.partitions.arrow.parquet import ParquetPartitions
from bayes_l2.texts import end_of, listed, shown

if TYPE_CHECKING:
    import pandas as pd

STANDARDISED = "features standardised (divisor n)"


@dataclass(frozen=True)
class DataOptions:
    """The options that state the data, as typed."""

    file: str | None
    target: str | None
    features: str | None
    drop: Sequence[str]
    encode: bool
    drop_missing: bool
    na: str | None
    sep: str | None
    decimal: str | None
    encoding: str | None
    standardise: bool
    stream: bool
    predict: str | None


@dataclass(frozen=True)
class Data:
    """Features and response, and what is to be said of them.

    Attributes
    ----------
    source : str
        Their origin, in one line.
    notes, warnings : tuple of str
        What was done in reading, and what may be wrong, in one line each.
    table : Table or None
        The file as read, None for an example.
    standardisation : Standardisation or None
        What took the table's features to ``X``, None where they are ``X``.
    """

    X: "pd.DataFrame"
    y: "pd.Series"
    source: str
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    table: datasets.Table | None = None
    standardisation: Standardisation | None = None

    @property
    def has_file(self) -> bool:
        """Whether the rows are those of a file, and not of an example."""
        return self.table is not None

    def model(self, **terms: Any) -> LinearModel:
        """Return the model of the rows."""
        return LinearModel(self.X, self.y, **terms)

    def doubts(self, model: LinearModel) -> Sequence[str]:
        """Return what may be wrong with the columns."""
        return self.warnings

    def sds(self, model: LinearModel) -> FloatArray:
        """Return the sds of the features."""
        return sds(self.X.to_numpy(float))

    def rows(self, file: str) -> "pd.DataFrame":
        """Return the features of the new rows of a file, in the units of the file."""
        if self.table is None:
            raise ValueError("--predict is for a table: give its file first")
        return self.table.rows(file)


def data_of(
    options: DataOptions, example: Example, *, flat_prior: bool, intercept: bool
) -> Data | Stream:
    """Return the data that the options state, or raise ValueError."""
    if options.file is None:
        require_no_file_option(options, example)
        X, y = example.load()
        return Data(X, y, f"{example.source}, {STANDARDISED}")
    if opening.is_streamed(options.file, stream=options.stream):
        labels = example.has_labels
        return _stream(
            options, labels=labels, flat_prior=flat_prior, intercept=intercept
        )
    how = _reading(options)
    if options.target is None:
        grid = sources.grid(Path(options.file), how)
        raise ValueError(
            "with a file, --target must be given: the column to predict; the columns "
            f"of {grid.file} are {listed(grid.columns)}"
        )
    table = datasets.read_table(
        options.file,
        options.target,
        labels=example.has_labels,
        features=None if options.features is None else _names(options.features),
        drop=[name for text in options.drop for name in _names(text)],
        encode=options.encode,
        flat_prior=flat_prior,
        intercept=intercept,
        drop_missing=options.drop_missing,
        sep=options.sep,
        decimal=options.decimal,
        encoding=options.encoding,
        na=options.na,
    )
    file = "standard input" if options.file == "-" else options.file
    source = f"{file}, target {options.target}"
    data = Data(table.X, table.y, source, table.notes, table.warnings, table)
    if not options.standardise:
        return data
    return replace(
        data,
        X=datasets.standardise(table.X),
        source=f"{source}, {STANDARDISED}",
        standardisation=Standardisation.of(table.X.to_numpy(float)),
    )


def _stream(
    options: DataOptions, *, labels: bool, flat_prior: bool, intercept: bool
) -> Stream:
    """Return the rows of a file that are read a part at a time."""
    file = options.file
    assert file is not None
    name = end_of(file)
    for option in ("sep", "decimal", "encoding", "na"):
        if getattr(options, option) is not None:
            raise ValueError(
                f"--{option} is for text, and {name} is no file of text: leave it out"
            )
    if options.drop_missing:
        raise ValueError(
            f"--drop-missing needs the table in memory, and {name} is read a part at a "
            "time; polars leaves such rows out: "
            "pl.scan_parquet(FILE).drop_nulls().sink_parquet('complete.parquet')"
        )
    if options.target is None:
        opening.require_target(None, schemas.column_names(file), file)
    asked = opening.Asked(
        file=file,
        target=options.target or "",
        features=None if options.features is None else _names(options.features),
        drop=[name for text in options.drop for name in _names(text)],
        encode=options.encode,
        drop_first=flat_prior and intercept,
        labels=labels,
    )
    partitions = opening.partitions_of(asked)
    is_of_text = isinstance(partitions, ParquetPartitions) and len(partitions.levels)
    if flat_prior and not intercept and is_of_text > 1:
        raise ValueError(
            "--encode of several columns of text needs an intercept under a flat "
            "prior, where rows are read a part at a time: leave out --no-intercept"
        )
    standardised = f", {STANDARDISED}" * options.standardise
    return Stream(
        partitions,
        f"{file}, target {options.target}{standardised}",
        asked.target,
        options.standardise,
    )


def _reading(options: DataOptions) -> Reading:
    """Return how the file is to be read, or an error in the words of the options."""
    try:
        return Reading.of(options.sep, options.decimal, options.encoding, options.na)
    except ValueError as error:
        raise ValueError(f"--{error}") from None


def require_no_file_option(options: DataOptions, example: Example) -> None:
    """Refuse options that are of a file."""
    opening.is_streamed(options.file, stream=options.stream)
    if options.standardise:
        raise ValueError(
            "--standardise is for a table of your own; the data of scikit-learn's are "
            "standardised already"
        )
    if options.target not in (None, example.target):
        known = f", and that of these data is {example.target}"
        raise ValueError(
            "--target names a column of a table: give its file first"
            + (known if example.target else "")
        )
    for name in (
        "features",
        "drop",
        "encode",
        "drop_missing",
        "na",
        "sep",
        "decimal",
        "encoding",
    ):
        if getattr(options, name) not in (None, False, ()):
            option = f"--{name.replace('_', '-')}"
            raise ValueError(f"{option} is for a table: give its file first")


def _names(text: str) -> list[str]:
    """Return the names between commas; one with a comma is in double quotes."""
    try:
        names = next(csv.reader([text], skipinitialspace=True), [])
    except csv.Error:  # the end of a line outside of quotes
        names = []
    if "" in names or not names:
        raise ValueError(
            f"--features and --drop take names between commas, got {shown(text)}"
        )
    return names
