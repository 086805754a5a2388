"""The columns of an Arrow table that make X, y and the row weights."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from bayes_l2 import arguments
from bayes_l2.datasets.one_hot import MOST_LEVELS
from bayes_l2.partitions import entries
from bayes_l2.partitions.batch import Batch, Place, rows_of_batch
from bayes_l2.texts import listed, shown
from bayes_l2.validation import repeated

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Columns:
    """The columns of X, y and the row weights.

    Attributes
    ----------
    features : tuple of str
        The columns of X, in order.
    target : str
        The column of y.
    weights : str or None
        The column of row weights.
    levels : dict
        The levels of each text column among the features; None where they are not
        known yet.
    drop_first : bool
        Whether the first level of each has no column of its own.
    kinds : dict
        Whether each column holds numbers or text.
    """

    features: tuple[str, ...]
    target: str
    weights: str | None
    levels: dict[str, tuple[str, ...] | None]
    drop_first: bool
    kinds: dict[str, str]

    @classmethod
    def of(
        cls,
        schema: "pa.Schema",
        source: str,
        target: Any,
        *,
        features: Any = None,
        weights: Any = None,
        encode: Any = None,
        drop_first: Any = False,
    ) -> Self:
        """Return the columns that were asked for, or refuse them.

        Parameters
        ----------
        schema : pyarrow.Schema
            The names and types of the columns of the source.
        source : str
            Its name in messages.
        target, features, weights, encode, drop_first
            As for ``ParquetPartitions``.

        Returns
        -------
        Columns
            The levels of columns that ``encode`` lists are None.
        """
        arguments.flag(drop_first, "drop_first")
        names = list(schema.names)
        require_column(target, names, "target", source)
        if weights is not None:
            require_column(weights, names, "weights", source)
            if weights == target:
                raise ValueError(f"weights must not be the target, got {weights!r}")
        others = [target] if weights is None else [target, weights]
        if features is None:
            features = [name for name in names if name not in others]
            if not features:
                raise ValueError(f"{source} has no column but {listed(others)}")
        chosen: list[Any] = arguments.words(
            features, "features", "a list of names of columns"
        )
        for each in chosen:
            require_column(each, names, "features", source)
        twice = repeated(chosen)
        if twice:
            raise ValueError(
                "features must not hold a column more than once, got "
                f"{listed(map(repr, twice))}"
            )
        shared = [each for each in chosen if each in others]
        if shared:
            raise ValueError(
                "features must not hold the target or the weights, got "
                f"{listed(map(repr, shared))}"
            )
        used = [*chosen, *others]
        twice = sorted(set(repeated(names)).intersection(used))
        if twice:
            raise ValueError(
                f"{source} has more than one column {listed(map(repr, twice))}; "
                "rename them where it is written"
            )
        levels = _levels_of(encode, chosen)
        kinds = {}
        for name in used:
            role = "y" if name == target else "features"
            role = "weights" if name == weights else role
            kinds[name] = kind_of(schema.field(name), source, role)
        for name in levels:
            if kinds[name] != "text":
                kind = schema.field(name).type
                raise ValueError(
                    f"encode must name columns of text, got {name!r}, which holds "
                    f"{kind} in {source}; cast it to text where it is written"
                )
        for name in chosen:
            if kinds[name] == "text" and name not in levels:
                raise ValueError(
                    f"column {name!r} of {source} holds text; encode=[{name!r}] makes "
                    "a column of 0 and 1 of each level, or leave it out of features"
                )
        return cls(tuple(chosen), target, weights, levels, bool(drop_first), kinds)

    @property
    def used(self) -> tuple[str, ...]:
        """The columns that are read."""
        weights = () if self.weights is None else (self.weights,)
        return (*self.features, self.target, *weights)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The text columns whose levels are not known."""
        return tuple(name for name, levels in self.levels.items() if levels is None)

    def with_levels(self, found: Mapping[str, Iterable[str]], source: str) -> Self:
        """Return the columns with levels; the names of X are then known to be unique.

        Raises
        ------
        ValueError
            If a column has more than 1000 levels, or a name of X is there twice.
        """
        for name, levels in found.items():
            require_few(name, levels, source)
        levels = {**self.levels, **{name: tuple(e) for name, e in found.items()}}
        columns = replace(self, levels=levels)
        twice = repeated(columns.names)
        if twice:
            raise ValueError(
                "column names of X must be unique, got "
                f"{listed(map(repr, twice))} more than once; rename a column"
            )
        if not columns.names:
            raise ValueError(
                "X must have at least one column, got text of one level, which "
                "drop_first leaves out"
            )
        return columns

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns of X: ``column=level`` for a level of text."""
        names: list[str] = []
        for name in self.features:
            if name in self.levels:
                names += [f"{name}={level}" for level in self._kept(name)]
            else:
                names.append(name)
        return tuple(names)

    def _kept(self, name: str) -> tuple[str, ...]:
        return (self.levels[name] or ())[int(self.drop_first) :]

    @property
    def batch_rows(self) -> int:
        """The number of rows of a batch."""
        return rows_of_batch(len(self.names))

    def require_schema(self, schema: "pa.Schema", source: str, first: str) -> None:
        """Raise an error unless a part of the source has the columns of its first.

        Columns may be in another order, and numbers of another size.
        """
        for name in self.used:
            count = schema.names.count(name)
            if count != 1:
                seen = "no" if not count else "more than one"
                raise ValueError(
                    f"{source} has {seen} column {name!r}, and {first} has one; its "
                    f"columns are {listed(schema.names)}"
                )
            field = schema.field(name)
            if entries.kind(field.type) not in (self.kinds[name], "nothing"):
                raise ValueError(
                    f"{source} has {field.type} in column {name!r}, and {first} has "
                    f"{self.kinds[name]}; a column must be of one kind in all files"
                )

    def batch(self, table: "pa.Table", place: Place) -> Batch:
        """Return the rows of a table.

        Raises
        ------
        ValueError
            If an entry is missing, not finite, beyond 1e150 or a level that is not
            known, or a weight is negative. The message names the first such place.
        """
        X = np.empty((table.num_rows, len(self.names)), order="F")
        j = 0
        for name in self.features:
            column = table.column(name)
            if name in self.levels:
                levels, kept = self.levels[name] or (), len(self._kept(name))
                codes = entries.codes(column, levels, name, place)
                codes -= len(levels) - kept
                np.equal(codes[:, np.newaxis], np.arange(kept), out=X[:, j : j + kept])
                j += kept
            else:
                entries.fill(X[:, j], column, name, place)
                j += 1
        if not entries.are_fit(X):
            numbers = [each for each in self.features if each not in self.levels]
            places = [self.names.index(each) for each in numbers]
            entries.refuse(X[:, places], numbers, place)
        y = entries.response(table.column(self.target), self.target, place)
        weights = None
        if self.weights is not None:
            weights = np.empty(table.num_rows)
            entries.fill(weights, table.column(self.weights), self.weights, place)
            entries.require_weights(weights, self.weights, place)
        return Batch(X, y, weights, place)


def require_few(name: str, levels: Any, source: str) -> None:
    """Refuse a text column of more than 1000 levels."""
    if len(levels) > MOST_LEVELS:
        raise ValueError(
            f"column {name!r} of {source} has more than {MOST_LEVELS} levels, the most "
            "that one-hot takes; leave it out of features"
        )


def require_column(value: Any, names: list[str], role: str, source: str) -> None:
    """Refuse what is not the name of a column, with a name that is like it."""
    if isinstance(value, str) and value in names:
        return
    text = f"{role}: {source} has no column {shown(value)}"
    if isinstance(value, str):
        by_fold = {each.casefold(): each for each in names}
        alike = difflib.get_close_matches(value.strip().casefold(), by_fold, n=1)
        if alike:
            text += f"; did you mean {shown(by_fold[alike[0]])}?"
            raise ValueError(f"{text} Its columns are {listed(names)}")
    raise ValueError(f"{text}; its columns are {listed(names)}")


def kind_of(field: "pa.Field", source: str, role: str) -> str:
    """Return whether a column holds numbers or text; refuse other kinds."""
    kind = entries.kind(field.type)
    if kind in ("numbers", "nothing"):
        return "numbers"
    if kind == "text" and role != "weights":
        return "text"
    where = f"column {field.name!r} of {source} holds {field.type}"
    if role == "weights":
        raise ValueError(f"weights must hold numbers, and {where}")
    if role == "y":
        raise ValueError(
            f"the target must hold numbers or text, and {where}; turn it into a number "
            "or text where it is written"
        )
    raise ValueError(
        f"{where}, and a feature holds numbers, True and False, or text; turn it into "
        "a number where it is written, or leave it out of features"
    )


def _levels_of(encode: Any, features: list[str]) -> dict[str, tuple[str, ...] | None]:
    """Return the text columns to be encoded, with the levels that are given."""
    found: dict[Any, tuple[str, ...] | None] = {}
    if encode is None:
        return found
    if isinstance(encode, Mapping):
        found = {name: _given(name, levels) for name, levels in encode.items()}
    else:
        wanted = "a list of columns of text, or a mapping of a column to its levels"
        found = dict.fromkeys(arguments.words(encode, "encode", wanted), None)
    for name in found:
        if name not in features:
            raise ValueError(
                f"encode must name features, got {shown(name)}; the features are "
                f"{listed(features)}"
            )
    return found


def _given(name: Any, levels: Any) -> tuple[str, ...]:
    wanted = f"encode must give levels of text of column {name!r}"
    found = arguments.words(levels, f"encode[{name!r}]", "a list of levels")
    if not all(isinstance(each, str) for each in found):
        odd = next(each for each in found if not isinstance(each, str))
        raise ValueError(f"{wanted}, got {shown(odd)}")
    texts = tuple(str(each) for each in found)
    if repeated(texts):
        raise ValueError(
            f"{wanted}, each once, got {listed(map(repr, repeated(texts)))} more than "
            "once"
        )
    require_few(name, texts, "encode")
    return texts
