"""Warnings of columns that may not be meant as features."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.datasets.columns import Column
from bayes_l2.datasets.files.options import option
from bayes_l2.datasets.one_hot import Levels, Numbers
from bayes_l2.texts import listed

if TYPE_CHECKING:
    import pandas as pd

FEW = 10  # rows that say nothing of identifiers
NAME = re.compile(
    r"(?:.*[_ .-])?(?:id|ids|uid|uuid|guid|idx|index|row|rownum|nr|no|number|key)"
    r"|.*[a-z](?:Id|ID|Idx|Key|Nr|No)|unnamed.*",
)


def suspicions(
    X: "pd.DataFrame",
    y: "pd.Series",
    columns: list[Column],
    features: tuple[Numbers | Levels, ...],
) -> list[str]:
    """Return a line on each kind of column that looks wrong.

    They are identifiers, constant columns, columns that are equal, and copies of the
    target.
    """
    home = {name: each.name for each in features for name in each.feature_names}
    return [
        *_identifiers(X, columns),
        *_constant(X, home),
        *_duplicated(X, home),
        *_copies(X, y, home),
    ]


def _identifiers(X: "pd.DataFrame", columns: list[Column]) -> Iterator[str]:
    found = [each.name for each in columns if _looks_like_identifier(X, each)]
    looks = "look like identifiers"
    if found:
        yield (
            f"{_columns(found)} {_verb(found, 'looks like an identifier', looks)}: "
            "each row has another value; "
            f"{option('drop', found)} leaves {_verb(found, 'it', 'them')} out"
        )


def _looks_like_identifier(X: "pd.DataFrame", column: Column) -> bool:
    """Return whether text differs in each row, or whole numbers do and count or name.

    They count where they go up by 1 from 0 or 1.
    """
    if len(X) < FEW:
        return False
    if column.name not in X.columns:  # encoded
        texts = column.texts()
        return len(set(texts)) == len(texts)
    values = X[column.name].to_numpy()
    if np.any(values != np.round(values)) or len(np.unique(values)) < len(values):
        return False
    counts = bool(values[0] in (0, 1) and np.all(np.diff(values) == 1))
    named = NAME.fullmatch(column.name) or NAME.fullmatch(column.name.lower())
    return counts or bool(named)


def _constant(X: "pd.DataFrame", home: dict[str, str]) -> Iterator[str]:
    found = [name for name in X.columns if np.ptp(X[name].to_numpy()) == 0]
    if found and len(X) > 1:
        yield constant_line(found, home)


def _duplicated(X: "pd.DataFrame", home: dict[str, str]) -> Iterator[str]:
    first: dict[bytes, str] = {}
    for name in X.columns:
        content = _content(X[name].to_numpy())
        other = first.setdefault(content, name)
        if other != name and np.ptp(X[name].to_numpy()) > 0:
            yield equal_line(other, name, home)


def _copies(X: "pd.DataFrame", y: "pd.Series", home: dict[str, str]) -> Iterator[str]:
    if y.dtype.kind not in "fiu" or len(y) < 3:
        return
    target = _content(y.to_numpy(dtype=float))
    for name in X.columns:
        if _content(X[name].to_numpy()) == target:
            yield copy_line(name, home)


def constant_line(names: list[str], home: dict[str, str]) -> str:
    """Return the warning of features that have one value.

    ``home`` is the column of the file that each feature is made of.
    """
    found = list(dict.fromkeys(home[name] for name in names))
    return (
        f"{_columns(found)} {_verb(found, 'is', 'are')} the same in every row, so "
        f"the data do not say what {_verb(found, 'it does', 'they do')}; "
        f"{option('drop', found)} leaves {_verb(found, 'it', 'them')} out"
    )


def equal_line(first: str, second: str, home: dict[str, str]) -> str:
    """Return the warning of two equal features."""
    return (
        f"columns {listed([first])} and {listed([second])} are equal in every "
        "row, so the data do not say which of them has an effect; "
        f"{option('drop', [home[second]])} leaves one out"
    )


def copy_line(name: str, home: dict[str, str]) -> str:
    """Return the warning of a feature that is the target."""
    return (
        f"column {listed([name])} is equal to the target in every row; "
        f"{option('drop', [home[name]])} leaves it out"
    )


def _content(values: FloatArray) -> bytes:
    return (values + 0.0).tobytes()  # 0 and -0 are equal


def _columns(names: list[str]) -> str:
    return f"{_verb(names, 'column', 'columns')} {listed(names)}"


def _verb(names: list[str], one: str, several: str) -> str:
    return one if len(names) == 1 else several
