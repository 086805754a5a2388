"""The figure of a comparison: points on the posterior, and its density over draws."""

from math import ceil
from textwrap import fill
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bayes_l2.comparison.text.names import shortened
from bayes_l2.comparison.text.pictures import (
    INTERVALS,
    MAX_ROWS,
    Drawn,
    draws_in_words,
    draws_name,
    forest_in_words,
    forest_numbers,
    interval_source,
    names_of_routes,
    panel_names,
)
from bayes_l2.drawing import COLOURS, density, describe, new_figure
from bayes_l2.texts import printable, quantile_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTHS = dict(zip(INTERVALS, (1.6, 4.5), strict=True))
WIDTH = 6.4  # inches: the smallest text has 7 pixels on a telephone's screen
COLUMNS = 4  # of panels
LONGEST_NAME = 40  # characters beside a row


class Marker(NamedTuple):
    """A route's mark on the forest."""

    symbol: str
    size: float
    colour: str
    style: dict[str, Any]


MARKERS = {
    "penalised": Marker("o", 9, COLOURS["ridge"], {"markerfacecolor": "none"}),
    "map": Marker("x", 6, COLOURS["map"], {}),
    "mcmc": Marker("|", 13, COLOURS["mcmc"], {}),
}


def comparison_figure(comparison: Drawn) -> "Figure":
    """Return the forest of the posterior, and its densities over the draws."""
    if comparison.mcmc is None:
        return forest_figure(comparison)
    heights = _forest_height(comparison), _draws_height(comparison)
    figure = new_figure(WIDTH, sum(heights))
    parts: Any = figure.subfigures(2, 1, height_ratios=heights)
    forest(comparison, parts[0].subplots())
    draws_panels(comparison, parts[1])
    words = forest_in_words(comparison), draws_in_words(comparison)
    return describe(figure, f"Above: {words[0]} Below: {words[1]}")


def forest_figure(comparison: Drawn) -> "Figure":
    """Return the forest alone."""
    figure = new_figure(WIDTH, _forest_height(comparison))
    forest(comparison, figure.subplots())
    return describe(figure, forest_in_words(comparison))


def draws_figure(comparison: Drawn) -> "Figure":
    """Return the densities over the draws alone."""
    figure = new_figure(WIDTH, _draws_height(comparison))
    draws_panels(comparison, figure)
    return describe(figure, draws_in_words(comparison))


def _forest_height(comparison: Drawn) -> float:
    return 0.27 * min(len(comparison.coef_names), MAX_ROWS) + 1.9


def _draws_height(comparison: Drawn) -> float:
    return 1.2 * ceil(len(panel_names(comparison)) / COLUMNS) + 0.6


def draws_panels(comparison: Drawn, figure: Any) -> None:
    """Draw a panel for each of the first coefficients, and for each scale."""
    names = panel_names(comparison)
    rows = ceil(len(names) / COLUMNS)
    axes = np.ravel(figure.subplots(rows, min(COLUMNS, len(names))))
    for axis in axes[len(names) :]:
        axis.set_axis_off()
    for name, axis in zip(names, axes, strict=False):
        density_over_draws(comparison, name, axis)
    title = draws_name(comparison)
    if comparison.reference is not None:
        exact = comparison.exact is not None
        label = "Exact density" if exact else comparison.reference[0]
        title = f"{label} over {title}"
    n_coefs = len(names) - len(comparison.scale_names)
    if n_coefs < len(comparison.coef_names):
        title += f" (first {n_coefs} coefficients)"
    figure.suptitle(title, fontsize=11)


def forest(comparison: Drawn, axis: "Axes") -> None:
    """Draw 50 % and 95 % intervals of each coefficient, and each route's point on them.

    They are those of the exact posterior, or of the Laplace approximation, or of the
    draws where there is neither.
    """
    found, source = forest_numbers(comparison), interval_source(comparison)
    names = list(found.index)
    places = np.arange(len(names))[::-1]
    colour, title = COLOURS["mcmc"], "All routes"
    if comparison.reference is not None:
        colour = COLOURS["posterior"]
        title = (
            f"All routes {'over' if comparison.exact is None else 'on'} the {source}"
        )
    if source:
        for probability, width in WIDTHS.items():
            tails = ((1 - probability) / 2, (1 + probability) / 2)
            low, high = (found[quantile_name(each)].to_numpy() for each in tails)
            style: dict[str, Any] = {"alpha": 0.75, "linewidth": width}
            style["label"] = f"{source}, {probability:.0%}"
            axis.hlines(places, low, high, color=colour, **style)
    for route, label in names_of_routes(comparison).items():
        marker = MARKERS[route]
        axis.plot(
            found[label].to_numpy(),
            places,
            marker.symbol,
            color=marker.colour,
            markersize=marker.size,
            markeredgewidth=1.5,
            label=label,
            **marker.style,
        )
    axis.axvline(0, color="0.7", linewidth=0.8, zorder=0)
    axis.set_yticks(places, shortened(list(map(printable, names)), LONGEST_NAME))
    unit = comparison.model.likelihood.unit
    axis.set_xlabel(f"coefficient ({unit} per unit of the column)")
    if len(names) < len(comparison.coef_names):
        title += f" (first {len(names)} coefficients)"
    axis.set_title(title, fontsize=11)
    axis.set_ylim(-0.7, len(names) - 0.3)
    axis.figure.legend(fontsize=9, loc="outside lower center", ncols=3)


def density_over_draws(comparison: Drawn, name: str, axis: "Axes") -> None:
    """Draw the density of a coefficient or a scale over the histogram of its draws."""
    draws, colour = comparison.draws_of(name), COLOURS["posterior"]
    posterior = None if comparison.reference is None else comparison.reference[1]
    bars: dict[str, Any] = {"bins": 40, "color": COLOURS["mcmc"], "alpha": 0.55}
    if posterior is not None and name in comparison.scale_names:
        # its tail is long: leave some draws out of the picture, not out of the area
        marginal = posterior.marginal(name)
        low, high = marginal.ppf(np.array([0.0005, 0.995]))
        grid = np.linspace(low, high, 161)
        weights = np.full(len(draws), 40 / (len(draws) * (high - low)))
        axis.hist(draws, range=(low, high), weights=weights, **bars)
        axis.plot(grid, marginal.pdf(grid), color=colour, linewidth=1.8)
    else:
        axis.hist(draws, density=True, **bars)
        if posterior is not None:
            density(posterior.marginal(name), axis, colour)
    short = shortened([printable(name)], LONGEST_NAME)[0]
    axis.set_title(fill(short, 20), fontsize=9, pad=2)
    axis.set_yticks([])
    axis.tick_params(labelsize=9)
