"""The figure of a comparison: every route's points on the posterior, and its densities over the draws."""

from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2.drawing import COLOURS, density, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bayes_l2.comparison.base import Comparison

MAX_HISTOGRAMS = 12
MAX_ROWS = 40


def comparison_figure(comparison: "Comparison") -> "Figure":
    """Return the forest of the posterior under all routes' points, and its densities over the draws."""
    coefs, unknown = (
        comparison.coef_names,
        () if comparison.exact is None else comparison.exact.unknown,
    )
    names = (*coefs[: MAX_HISTOGRAMS - len(unknown)], *unknown)
    rows = -(-len(names) // 3)
    height = 0.36 * min(len(coefs), MAX_ROWS) + 1.4
    height = max(3.2, height, 1.25 * rows + 0.9 if comparison.mcmc is not None else 0)
    if comparison.mcmc is None:
        figure = new_figure(6.5, height)
        forest(comparison, figure.subplots())
        return figure
    figure = new_figure(11.5, height)
    panels: Any = figure.subfigures(1, 2, width_ratios=[1.05, 1])
    left, right = panels
    forest(comparison, left.subplots())
    axes = np.atleast_1d(right.subplots(rows, min(3, len(names)))).reshape(-1)
    for axis in axes[len(names) :]:
        axis.set_axis_off()
    for name, axis in zip(names, axes, strict=False):
        density_over_draws(comparison, name, axis)
    n_coefs = len(names) - len(unknown)
    shown = "" if n_coefs == len(coefs) else f" (first {n_coefs} coefficients)"
    name = _label(comparison) if comparison.exact is None else "Exact density"
    right.suptitle(
        f"{name} over {_draws(comparison)}{shown}"
        if name
        else f"{_draws(comparison)}{shown}",
        fontsize=11,
    )
    return figure


def forest(comparison: "Comparison", axis: "Axes") -> None:
    """Draw 50 % and 95 % intervals of each coefficient, and each route's point on them.

    They are those of the exact posterior, or of the Laplace approximation, or of the draws where there is neither.
    """
    names = comparison.coef_names[:MAX_ROWS]
    places = np.arange(len(names))[::-1]
    for probability, width in ((0.95, 1.6), (0.5, 4.5)):
        ends = _intervals(comparison, probability)
        if ends is None:
            continue
        label = f"{_label(comparison) or _draws(comparison)}, {probability:.0%}"
        colour = COLOURS["posterior" if _label(comparison) else "mcmc"]
        low, high = ends[: len(names)].T
        axis.hlines(
            places, low, high, color=colour, alpha=0.75, linewidth=width, label=label
        )
    for route, marker, label in (
        ("ridge", "o", "ridge"),
        ("penalised", "o", "penalised fit"),
        ("map", "x", "MAP"),
        ("mcmc", "|", "MCMC mean"),
    ):
        if route not in comparison.table:
            continue
        points = comparison.table[route].loc[list(names)].to_numpy()
        style: dict[str, Any] = {"markerfacecolor": "none"} if marker == "o" else {}
        size = {"o": 9, "x": 6, "|": 13}[marker]
        colour = COLOURS["ridge" if marker == "o" else route]
        axis.plot(
            points,
            places,
            marker,
            color=colour,
            markersize=size,
            markeredgewidth=1.5,
            label=label,
            **style,
        )
    axis.axvline(0, color="0.7", linewidth=0.8, zorder=0)
    axis.set_yticks(places, names)
    of_y = "log odds" if comparison.model.classes else "units of y"
    axis.set_xlabel(f"coefficient ({of_y} per unit of the column)")
    more = len(comparison.coef_names) - len(names)
    title = (
        f"All routes {'over' if comparison.exact is None else 'on'} the {_label(comparison)}"
        if _label(comparison)
        else "All routes"
    )
    axis.set_title(
        f"{title} (first {len(names)} coefficients)" if more else title, fontsize=11
    )
    if len(names) > 10:  # no corner is free: make one
        axis.set_ylim(-0.5 - 0.35 * len(names) ** 0.5 - 3, len(names))
    axis.legend(fontsize=8, loc="best" if len(names) <= 10 else "lower left")


def _draws(comparison: "Comparison") -> str:
    """Return what to call the draws: those that somebody else made come without the sampler's statistics."""
    made_here = (
        comparison.mcmc is not None and "sample_stats" in comparison.mcmc.children
    )
    return "NUTS draws" if made_here else "the draws given"


def _label(comparison: "Comparison") -> str:
    return comparison.reference[0] if comparison.reference else ""


def _intervals(comparison: "Comparison", probability: float) -> Any:
    """Return the ends of the interval of each coefficient, shape (p, 2), None without a reference and draws."""
    if comparison.reference is not None:
        ends = comparison.reference[1].interval(probability)
        return ends[len(ends) - len(comparison.coef_names) :]
    if comparison.mcmc is None:
        return None
    tails = ((1 - probability) / 2, (1 + probability) / 2)
    return np.array(
        [
            np.quantile(comparison.draws_of(name), tails)
            for name in comparison.coef_names[:MAX_ROWS]
        ]
    )


def density_over_draws(comparison: "Comparison", name: str, axis: "Axes") -> None:
    """Draw the density of one coefficient, or of an unknown scale, over the histogram of its draws."""
    draws = comparison.draws_of(name)
    marginal = comparison.reference[1].marginal(name) if comparison.reference else None
    if (
        comparison.exact is not None
        and marginal is not None
        and name in comparison.exact.unknown
    ):
        low, high = marginal.ppf(np.array([0.0005, 0.995]))
        grid = np.linspace(low, high, 161)
        shown = draws[(draws >= grid[0]) & (draws <= grid[-1])]
        weights = np.full(len(shown), 40 / (len(draws) * (grid[-1] - grid[0])))
        axis.hist(
            shown,
            bins=40,
            range=(grid[0], grid[-1]),
            weights=weights,
            color=COLOURS["mcmc"],
            alpha=0.55,
        )
        axis.plot(grid, marginal.pdf(grid), color=COLOURS["posterior"], linewidth=1.8)
    else:
        axis.hist(draws, bins=40, density=True, color=COLOURS["mcmc"], alpha=0.55)
        if marginal is not None:
            density(marginal, axis, COLOURS["posterior"])
    axis.set_title(fill(name, 24), fontsize=9, pad=2)
    axis.set_yticks([])
    axis.tick_params(labelsize=8)
