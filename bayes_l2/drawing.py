"""The palette, and the strokes that several figures share."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

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


def name_at_left(
    axis: "Axes", names: Sequence[str], x: float, heights: Any, gap: float, colours: Any
) -> None:
    """Write names beside the left ends of lines, at least a gap apart."""
    places = np.array(heights, dtype=float)
    for below, above in pairwise(np.argsort(places)):
        places[above] = max(places[above], places[below] + gap)
    for name, place, colour in zip(names, places, colours, strict=True):
        axis.annotate(
            name,
            (x * 0.8, place),
            ha="right",
            va="center",
            fontsize=9,
            color=colour,
            annotation_clip=False,
        )
