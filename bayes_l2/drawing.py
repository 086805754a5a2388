"""The palette, and the strokes that several figures share."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import isotonic_regression

from bayes_l2.texts import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from bayes_l2.plain_figure import PlainFigure

# Okabe and Ito (2008)
COLOURS = {
    "prior": "#009E73",
    "likelihood": "#E69F00",
    "posterior": "#0072B2",
    "ridge": "#D55E00",
    "map": "#000000",
    "mcmc": "#CC79A7",
}
# of many lines that cross: each has a contrast of 3.8 or more to white
DARK = (
    "#000000",
    "#0072B2",
    "#D55E00",
    "#007A5A",
    "#882255",
    "#7A6A00",
    "#6A4FB3",
    "#B3007A",
    "#8C510A",
    "#5F6B6D",
)


def new_figure(width: float, height: float) -> "PlainFigure":
    """Return an empty figure of a size in inches.

    A notebook shows it once, and no window keeps it open.
    """
    from matplotlib import pyplot as plt

    from bayes_l2.plain_figure import PlainFigure

    size = (width, height)
    figure: Any = plt.figure(
        figsize=size, layout="constrained", FigureClass=PlainFigure
    )
    plt.close(figure)
    return figure


def describe(figure: "PlainFigure", text: str) -> "PlainFigure":
    """Give a figure its description, and return the figure.

    Parameters
    ----------
    figure : PlainFigure
        A figure of ``new_figure``.
    text : str
        The figure in words, written from its numbers.
    """
    figure.alt = printable(" ".join(text.split()))
    return figure


def description(figure: Any) -> str:
    """Return the description of a figure, empty where it has none."""
    return getattr(figure, "alt", "")


def density(marginal: Any, axis: "Axes", colour: str, **style: Any) -> None:
    """Draw the density of a distribution between its outer quantiles of 3e-5.

    The distribution has the methods of a frozen ``scipy.stats`` one.
    """
    low, high = marginal.ppf(np.array([3e-5, 1 - 3e-5]))
    grid = np.linspace(low, high, 161)
    axis.plot(grid, marginal.pdf(grid), color=colour, linewidth=1.8, **style)


def line_colours(count: int) -> list[str]:
    """Return a dark colour for each of several lines, in turn where they are many."""
    return [DARK[place % len(DARK)] for place in range(count)]


def name_at_left(
    axis: "Axes", names: Sequence[str], x: float, heights: Any, gap: float
) -> None:
    """Write names to the left of lines, each with a thin line to its line's end.

    Parameters
    ----------
    axis : matplotlib.axes.Axes
        Its horizontal axis is logarithmic.
    names : sequence of str of length m
        The names.
    x : float
        Where the lines begin.
    heights : array_like of shape (m,)
        The heights of the lines there.
    gap : float
        The least distance between two names. They are moved by the least sum of
        squares that keeps it.
    """
    heights = np.asarray(heights, dtype=float)
    order = np.argsort(heights, kind="stable")
    steps = gap * np.arange(len(order))
    places = np.empty_like(heights)
    places[order] = isotonic_regression(heights[order] - steps).x + steps
    for name, height, place in zip(names, heights, places, strict=True):
        axis.annotate(
            name,
            (x, height),
            (x * 0.55, place),
            ha="right",
            va="center",
            fontsize=9,
            arrowprops={"arrowstyle": "-", "color": "0.55", "linewidth": 0.7},
            annotation_clip=False,
        )
