"""The figures of a report, each with its numbers as a table."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bayes_l2.comparison.document.blocks import Picture, Table, Value
from bayes_l2.comparison.document.tables import LONGEST_NAME, value_of
from bayes_l2.comparison.figure import draws_figure, forest_figure
from bayes_l2.comparison.text.names import shortened
from bayes_l2.comparison.text.pictures import (
    Drawn,
    draws_numbers,
    forest_numbers,
    interval_source,
)
from bayes_l2.selection.meaning.meaning import PenaltyMeaning
from bayes_l2.texts import printable

if TYPE_CHECKING:
    import pandas as pd


def pictures(comparison: Drawn) -> Iterator[Picture]:
    """Yield the forest where there is a mark on it, and the draws where there are."""
    forest = forest_numbers(comparison)
    if len(forest.columns):
        source = interval_source(comparison)
        of = f", and intervals by the {source}" if source else ""
        title = f"Estimates of the coefficients{of}"
        yield Picture(title, forest_figure(comparison), _numbers(title, forest))
    if comparison.mcmc is not None:
        title = "Draws of the coefficients and scales"
        numbers = _numbers(title, draws_numbers(comparison))
        yield Picture(title, draws_figure(comparison), numbers)


def meaning_picture(meaning: PenaltyMeaning) -> Picture:
    """Return predictions and R² before and after the data, with quantiles of R²."""
    title = "The penalty before and after the data"
    both = {"before the data": meaning.prior_r2, "after them": meaning.posterior_r2}
    rows = [
        (name, *map(_of_figure, (r2.low, r2.median, r2.high)))
        for name, r2 in both.items()
    ]
    table = Table(f"Numbers of the figure: {title}", ("R²", "5%", "50%", "95%"), rows)
    return Picture(title, meaning.plot(), table)


def _numbers(title: str, found: "pd.DataFrame") -> Table:
    names = shortened([printable(str(name)) for name in found.index], LONGEST_NAME)
    rows = [
        (name, *(_of_figure(value) for value in values))
        for name, values in zip(names, found.to_numpy(), strict=True)
    ]
    headings = (str(found.index.name), *map(str, found.columns))
    return Table(f"Numbers of the figure: {title}", headings, rows)


def _of_figure(value: float) -> Value:
    value = float(value)
    return value_of(f"{value:.4g}", value)
