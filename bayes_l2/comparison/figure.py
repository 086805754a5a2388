"""The figure of a comparison: points on the posterior, and its density over draws."""

from functools import cached_property
from textwrap import fill
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.comparison.reference import coef_interval
from bayes_l2.drawing import COLOURS, density, new_figure
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.texts import printable

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MAX_HISTOGRAMS = 12
MAX_ROWS = 40
INTERVALS = {0.95: 1.6, 0.5: 4.5}  # probability, and width of its line


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


class _Drawn(Protocol):
    """The parts of a comparison that the figure shows."""

    @property
    def model(self) -> LinearModel: ...
    @property
    def exact(self) -> Any: ...
    @property
    def mcmc(self) -> "xr.DataTree | None": ...
    @property
    def reference(self) -> tuple[str, Any] | None: ...
    @property
    def penalised_name(self) -> str: ...
    @cached_property
    def table(self) -> "pd.DataFrame": ...
    @property
    def coef_names(self) -> tuple[str, ...]: ...
    @property
    def scale_names(self) -> tuple[str, ...]: ...
    def draws_of(self, name: str) -> FloatArray: ...


def comparison_figure(comparison: _Drawn) -> "Figure":
    """Return the forest of the posterior, and its densities over the draws."""
    coefs, scales = comparison.coef_names, comparison.scale_names
    n_coefs = min(len(coefs), MAX_HISTOGRAMS - len(scales))
    names = (*coefs[:n_coefs], *scales)
    height = max(3.2, 0.36 * min(len(coefs), MAX_ROWS) + 1.4)
    if comparison.mcmc is None:
        figure = new_figure(6.5, height)
        forest(comparison, figure.subplots())
        return figure
    rows = -(-len(names) // 3)
    figure = new_figure(11.5, max(height, 1.25 * rows + 0.9))
    panels: Any = figure.subfigures(1, 2, width_ratios=[1.05, 1])
    left, right = panels
    forest(comparison, left.subplots())
    axes = np.atleast_1d(right.subplots(rows, min(3, len(names)))).reshape(-1)
    for axis in axes[len(names) :]:
        axis.set_axis_off()
    for name, axis in zip(names, axes, strict=False):
        density_over_draws(comparison, name, axis)
    title = _draws_name(comparison)
    if comparison.reference is not None:
        exact = comparison.exact is not None
        label = "Exact density" if exact else comparison.reference[0]
        title = f"{label} over {title}"
    if n_coefs < len(coefs):
        title += f" (first {n_coefs} coefficients)"
    right.suptitle(title, fontsize=11)
    return figure


def forest(comparison: _Drawn, axis: "Axes") -> None:
    """Draw 50 % and 95 % intervals of each coefficient, and each route's point on them.

    They are those of the exact posterior, or of the Laplace approximation, or of the
    draws where there is neither.
    """
    names = comparison.coef_names[:MAX_ROWS]
    places = np.arange(len(names))[::-1]
    if comparison.reference is not None:
        label, colour = comparison.reference[0], COLOURS["posterior"]
        title = f"All routes {'over' if comparison.exact is None else 'on'} the {label}"
    else:
        label, colour = _draws_name(comparison), COLOURS["mcmc"]
        title = "All routes"
    if comparison.reference is not None or comparison.mcmc is not None:
        for probability, width in INTERVALS.items():
            low, high = _intervals(comparison, probability)[: len(names)].T
            style: dict[str, Any] = {"alpha": 0.75, "linewidth": width}
            style["label"] = f"{label}, {probability:.0%}"
            axis.hlines(places, low, high, color=colour, **style)
    labels = {"penalised": comparison.penalised_name, "map": "MAP"}
    labels["mcmc"] = "MCMC mean"
    for route, marker in MARKERS.items():
        if route in comparison.table:
            axis.plot(
                comparison.table[route].loc[list(names)].to_numpy(),
                places,
                marker.symbol,
                color=marker.colour,
                markersize=marker.size,
                markeredgewidth=1.5,
                label=labels[route],
                **marker.style,
            )
    axis.axvline(0, color="0.7", linewidth=0.8, zorder=0)
    axis.set_yticks(places, list(map(printable, names)))
    unit = comparison.model.likelihood.unit
    axis.set_xlabel(f"coefficient ({unit} per unit of the column)")
    if len(names) < len(comparison.coef_names):
        title += f" (first {len(names)} coefficients)"
    axis.set_title(title, fontsize=11)
    if len(names) > 10:  # no corner is free: make one
        axis.set_ylim(-0.5 - 0.35 * len(names) ** 0.5 - 3, len(names))
    axis.legend(fontsize=8, loc="best" if len(names) <= 10 else "lower left")


def _draws_name(comparison: _Drawn) -> str:
    """Name the draws: only those of a sampler that ran here are of NUTS for sure."""
    tree = comparison.mcmc
    given = tree is None or "sample_stats" not in tree.children or "given" in tree.attrs
    return "the draws given" if given else "NUTS draws"


def _intervals(comparison: _Drawn, probability: float) -> FloatArray:
    """Return the ends of each coefficient's interval, by the reference or the draws."""
    if comparison.reference is not None:
        posterior = comparison.reference[1]
        return coef_interval(posterior, comparison.model.layout, probability)
    tails = ((1 - probability) / 2, (1 + probability) / 2)
    names = comparison.coef_names[:MAX_ROWS]
    return np.array([np.quantile(comparison.draws_of(name), tails) for name in names])


def density_over_draws(comparison: _Drawn, name: str, axis: "Axes") -> None:
    """Draw the density of a coefficient or a scale over the histogram of its draws."""
    draws, colour = comparison.draws_of(name), COLOURS["posterior"]
    posterior = None if comparison.reference is None else comparison.reference[1]
    bars: dict[str, Any] = {"bins": 40, "color": COLOURS["mcmc"], "alpha": 0.55}
    if posterior is not None and name in comparison.scale_names:
        # its tail is long: leave some draws out of the picture, not out of the area
        marginal = posterior.marginal(name)
        low, high = marginal.ppf(np.array([0.0005, 0.995]))
        grid = np.linspace(low, high, 161)
        shown = draws[(draws >= low) & (draws <= high)]
        weights = np.full(len(shown), 40 / (len(draws) * (high - low)))
        axis.hist(shown, range=(low, high), weights=weights, **bars)
        axis.plot(grid, marginal.pdf(grid), color=colour, linewidth=1.8)
    else:
        axis.hist(draws, density=True, **bars)
        if posterior is not None:
            density(posterior.marginal(name), axis, colour)
    axis.set_title(fill(name, 24), fontsize=9, pad=2)
    axis.set_yticks([])
    axis.tick_params(labelsize=8)
