"""Parts that several figures of the course share."""

from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from bayes_l2.arrays import FloatArray
from bayes_l2.drawing import new_figure
from bayes_l2.posteriors.distributions.multivariate import MultivariateNormal

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from bayes_l2.plain_figure import PlainFigure


def panel(
    width: float, height: float, *, x: str, y: str
) -> tuple["PlainFigure", "Axes"]:
    """Return a figure of one panel, its size in inches, and its axes with labels."""
    figure = new_figure(width, height)
    axes = figure.subplots()
    axes.set(xlabel=x, ylabel=y)
    return figure, axes


def coefficient_plane(
    width: float, height: float, gaussian: MultivariateNormal
) -> tuple["PlainFigure", "Axes"]:
    """Return a figure of the plane of two coefficients, and its axes."""
    x, y = (f"coefficient of {name}" for name in gaussian.names)
    figure, axes = panel(width, height, x=x, y=y)
    axes.set_aspect("equal")
    return figure, axes


def draw_ellipses(
    axes: "Axes", gaussian: MultivariateNormal, *, colour: str, label: str
) -> None:
    """Draw the ellipses of a Gaussian that hold 50 % and 95 %."""
    for probability, style in ((0.5, "-"), (0.95, "--")):
        x, y = ellipse(gaussian, probability)
        axes.plot(x, y, style, color=colour, label=f"{label}, {probability:.0%}")


def ellipse(gaussian: MultivariateNormal, probability: float) -> FloatArray:
    """Return the ellipse of two quantities that holds a probability, shape (2, 201)."""
    angles = np.linspace(0, 2 * np.pi, 201)
    circle = np.sqrt(stats.chi2.ppf(probability, 2)) * np.vstack(
        [np.cos(angles), np.sin(angles)]
    )
    return gaussian.mean[:, np.newaxis] + gaussian.inverse_root @ circle


def legend_outside(axes: "Axes") -> None:
    """Write the legend to the right of the axes."""
    axes.legend(fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5))
