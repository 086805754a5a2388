"""Tables and long lines as the notebooks print them."""

from collections.abc import Iterable, Mapping
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2.course.demonstrations.equivalences.equivalence import in_short

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["folded", "side_by_side", "table"]
__dir__ = __all__.copy

WIDTH = 79  # columns of a line


def table(
    rows: Mapping[Any, Mapping[str, Any]],
    *,
    decimals: int | Mapping[str, int | None] = 3,
) -> "pd.DataFrame":
    """Return a table whose numbers have the same decimals in a column.

    Parameters
    ----------
    rows : mapping of name to mapping of str to value
        The rows by name, each with its values by column. A row may leave a column out.
    decimals : int or mapping of str to int or None, default 3
        Decimals of all columns, or of columns by name; a column that is not named has
        3. None stands for two or three digits, with a power of ten for small numbers.

    Returns
    -------
    pandas.DataFrame
        Its numbers are texts. Whole numbers and texts stay as they are.

    Examples
    --------
    >>> from bayes_l2.course.printing import table
    >>> table({"ridge": {"rows": 40, "error": 1.2}, "lasso": {"error": 10}}, decimals=2)
          rows error
    ridge   40  1.20
    lasso         10
    """
    import pandas as pd

    columns = list(dict.fromkeys(name for row in rows.values() for name in row))
    of = decimals if isinstance(decimals, Mapping) else dict.fromkeys(columns, decimals)
    texts = [
        [_text(row.get(name, ""), of.get(name, 3)) for name in columns]
        for row in rows.values()
    ]
    return pd.DataFrame(texts, index=[str(name) for name in rows], columns=columns)


def side_by_side(
    names: Iterable[Any],
    columns: Mapping[str, Any],
    *,
    decimals: int | Mapping[str, int | None] = 3,
) -> "pd.DataFrame":
    """Return a table of vectors, a column for each.

    Parameters
    ----------
    names : iterable of p names
        The names of the rows.
    columns : mapping of str to array_like of shape (p,)
        The vectors by the name of their column.
    decimals : int or mapping of str to int or None, default 3
        As in ``table``.

    Returns
    -------
    pandas.DataFrame
        Its numbers are texts.

    Raises
    ------
    ValueError
        If a vector has not as many entries as there are names.
    """
    values = zip(names, *columns.values(), strict=True)
    rows = {name: dict(zip(columns, row, strict=True)) for name, *row in values}
    return table(rows, decimals=decimals)


def folded(text: object) -> str:
    """Return a text, each of its lines folded to at most 79 columns.

    Parameters
    ----------
    text : object
        A text, or an object with one, such as an error.

    Returns
    -------
    str
    """
    lines = str(text).split("\n")
    return "\n".join(
        fill(line, WIDTH, break_long_words=False, break_on_hyphens=False)
        for line in lines
    )


def _text(value: Any, decimals: int | None) -> str:
    if not isinstance(value, float | np.floating):
        return str(value)
    if decimals is None:
        # a hyphen that breaks no line
        return in_short(float(value)).replace("-", "\N{NON-BREAKING HYPHEN}")
    return f"{round(float(value), decimals) + 0.0:.{decimals}f}"
