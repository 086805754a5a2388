"""Figures of equivalences and disagreements, one small panel for each, and a table."""

from collections.abc import Mapping
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2.course.demonstrations.counterexamples.disagreement import Disagreement
from bayes_l2.course.demonstrations.equivalences.equivalence import (
    Curve,
    Equivalence,
    Picture,
    in_short,
)
from bayes_l2.course.figures.demonstrations import STYLES
from bayes_l2.course.printing import Table
from bayes_l2.drawing import describe, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["gallery", "small_figure", "table"]
__dir__ = __all__.copy

WIDTH, HEIGHT = 4.6, 3.2  # inches of one panel
MARKERS = "ox^s"


def small_figure(case: Equivalence | Disagreement) -> "Figure":
    """Draw the picture of one equivalence or disagreement.

    Parameters
    ----------
    case : Equivalence or Disagreement
        The case. ``case.picture.alt`` is the description of the figure.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = describe(new_figure(WIDTH, HEIGHT), case.picture.alt)
    _draw(figure.subplots(), case.picture)
    return figure


def gallery(named: Mapping[str, Equivalence], *, columns: int = 2) -> "Figure":
    """Draw the pictures of several equivalences, each under its name."""
    rows = ceil(len(named) / columns)
    figure = new_figure(WIDTH * columns, (HEIGHT + 0.25) * rows)
    panels = np.ravel(figure.subplots(rows, columns, squeeze=False))
    for axes, (name, case) in zip(panels, named.items(), strict=False):
        _draw(axes, case.picture)
        axes.set_title(name, fontsize=10)
    for axes in panels[len(named) :]:
        axes.remove()
    texts = (f"{name}: {case.picture.alt}" for name, case in named.items())
    return describe(figure, " ".join(texts))


def table(named: Mapping[str, Equivalence]) -> Table:
    """Return the claims of several equivalences, and the differences.

    Parameters
    ----------
    named : mapping of str to Equivalence
        The equivalences by name.

    Returns
    -------
    Table
        A row for each name: the claim, the difference found, the difference that
        theory allows, and their unit. Numbers are texts whose hyphens break no line.
    """

    def whole(text: str) -> str:
        return text.replace("-", "\N{NON-BREAKING HYPHEN}")

    rows = {
        name: {
            "claim": each.claim,
            "found": whole(in_short(each.found)),
            "allowed": whole(each.bounds),
            "unit": each.unit,
        }
        for name, each in named.items()
    }
    return Table(list(rows.values()), index=list(rows))


def _draw(axes: "Axes", picture: Picture) -> None:
    for place, (name, curve) in enumerate(picture.curves.items()):
        axes.plot(curve.x, curve.y, label=name, **_style(curve, place))
    axes.set(xlabel=picture.x, ylabel=picture.y)
    if picture.log_x:
        axes.set_xscale("log")
    if picture.log_y:
        axes.set_yscale("log")
    axes.legend(fontsize=9)


def _style(curve: Curve, place: int) -> dict[str, Any]:
    colour = STYLES[place % len(STYLES)][0]
    match curve.style:
        case "line":
            return {"color": colour, "linewidth": 1.8}
        case "dashes":
            return {"color": colour, "linewidth": 1.8, "linestyle": "--"}
        case "points":
            marker = MARKERS[place % len(MARKERS)]
            return {"color": colour, "marker": marker, "markersize": 4, "linestyle": ""}
        case "rings":  # points may stand inside
            empty = {"markersize": 10, "markerfacecolor": "none", "linestyle": ""}
            return {"color": colour, "marker": "o", **empty}
        case "steps":
            return {"color": colour, "linewidth": 1.4, "drawstyle": "steps-mid"}
        case other:
            raise ValueError(f"unknown style {other!r}")
