"""Tables and long lines as the notebooks print them."""

import re
from collections.abc import Iterable, Mapping
from itertools import cycle
from textwrap import fill
from typing import Any, override

import numpy as np
import pandas as pd

from bayes_l2.course.demonstrations.equivalences.equivalence import in_short

__all__ = ["Table", "folded", "side_by_side", "table"]
__dir__ = __all__.copy

WIDTH = 79  # columns of a line
NUMBER = r"[-−\N{NON-BREAKING HYPHEN}]?\d[\d.,]*(e[-+\N{NON-BREAKING HYPHEN}]?\d+)?"


class Table(pd.DataFrame):
    """A DataFrame whose page aligns columns of numbers right and columns of text left.

    It shows long texts whole.
    """

    @property
    @override
    def _constructor(self) -> type["Table"]:
        return Table

    @override
    def _repr_html_(self) -> str:
        with pd.option_context("display.max_colwidth", None):
            return _aligned(self.to_html(notebook=True))


def _aligned(page: str) -> str:
    """Return the HTML of a DataFrame of texts with an alignment for each column."""
    rows = [re.findall(r"<td>(.*?)</td>", row) for row in page.split("</tr>")]
    columns = list(zip(*filter(None, rows), strict=True))
    numbers = [all(re.fullmatch(f"({NUMBER})?", text) for text in c) for c in columns]
    sides = ["right" if number else "left" for number in numbers]
    head, body = page.split("<tbody>", 1)

    def marked(part: str, tag: str, sides: Iterable[str]) -> str:
        style = iter(sides)
        return re.sub(
            f"<{tag}>", lambda _: f'<{tag} style="text-align: {next(style)}">', part
        )

    head = marked(head, "th", ["left", *sides])
    return f"{head}<tbody>{marked(body, 'td', cycle(sides))}"


def table(
    rows: Mapping[Any, Mapping[str, Any]],
    *,
    decimals: int | Mapping[str, int | None] = 3,
) -> Table:
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
    Table
        Its numbers are texts. Whole numbers and texts stay as they are.

    Examples
    --------
    >>> from bayes_l2.course.printing import table
    >>> table({"ridge": {"rows": 40, "error": 1.2}, "lasso": {"error": 10}}, decimals=2)
          rows error
    ridge   40  1.20
    lasso         10
    """
    columns = list(dict.fromkeys(name for row in rows.values() for name in row))
    of = decimals if isinstance(decimals, Mapping) else dict.fromkeys(columns, decimals)
    texts = [
        [_text(row.get(name, ""), of.get(name, 3)) for name in columns]
        for row in rows.values()
    ]
    return Table(texts, index=[str(name) for name in rows], columns=columns)


def side_by_side(
    names: Iterable[Any],
    columns: Mapping[str, Any],
    *,
    decimals: int | Mapping[str, int | None] = 3,
) -> Table:
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
    Table
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
