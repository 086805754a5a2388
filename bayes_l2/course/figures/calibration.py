"""The figure of a calibration: distribution functions of u, less u."""

from collections.abc import Mapping
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2.course.demonstrations.calibration import band
from bayes_l2.course.figures.demonstrations import STYLES
from bayes_l2.drawing import describe, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["calibrations"]
__dir__ = __all__.copy

COLUMNS = 2
BLACK = "#000000"


def calibrations(found: Mapping[str, Mapping[str, Any]]) -> "Figure":
    """Draw the distribution function of u less u, a panel for each setting.

    Parameters
    ----------
    found : mapping of str to mapping of str to array_like of shape (N,)
        Values of u by setting and by quantity.

    Returns
    -------
    matplotlib.figure.Figure
        A line for each quantity, over the band that holds a line of uniform values as a
        whole with a probability of 95 %.
    """
    rows = ceil(len(found) / COLUMNS)
    figure = new_figure(3.7 * COLUMNS, 2.6 * rows + 0.3)
    axes = np.ravel(figure.subplots(rows, COLUMNS, squeeze=False))
    quantities = [*dict.fromkeys(name for each in found.values() for name in each)]
    styles = dict(zip(quantities, _styles(len(quantities)), strict=True))
    outside = {}
    for axis, (setting, values) in zip(axes, found.items(), strict=False):
        outside[setting] = _panel(axis, values, styles)
        axis.set_title(setting, fontsize=10)
    for axis in axes[len(found) :]:
        axis.set_axis_off()
    figure.supxlabel("u, the distribution function at the truth", fontsize=10)
    figure.supylabel("share of simulations below u, less u", fontsize=10)
    handles = {
        line.get_label(): line for axis in axes for line in axis.get_lines()[::-1]
    }
    figure.legend(
        [handles[name] for name in quantities if name in handles],
        quantities,
        loc="outside upper center",
        ncols=3,
        fontsize=9,
    )
    return describe(figure, _words(found, outside))


def _styles(count: int) -> list[tuple[str, str]]:
    plain = [colour for colour, _ in STYLES] + [BLACK]
    return [
        (plain[place % len(plain)], "-" if place < len(plain) else "--")
        for place in range(count)
    ]


def _panel(
    axis: "Axes", values: Mapping[str, Any], styles: Mapping[str, tuple[str, str]]
) -> list[str]:
    """Draw a setting, and return the quantities whose line leaves the band."""
    outside = []
    places, low, high = band(len(next(iter(values.values()))))
    axis.fill_between(places, low, high, color="0.85", linewidth=0)
    for name, u in values.items():
        below = np.searchsorted(np.sort(u), places, side="right") / len(u)
        colour, style = styles[name]
        axis.plot(places, below - places, style, color=colour, label=name, linewidth=1)
        # counts on the edge of the band are within it
        if ((below - places < low - 1e-12) | (below - places > high + 1e-12)).any():
            outside.append(name)
    most = 2 * float(high.max())
    if not outside:
        axis.set_ylim(-most, most)
    return outside


def _words(
    found: Mapping[str, Mapping[str, Any]], outside: Mapping[str, list[str]]
) -> str:
    """Return the figure in words."""
    left = [
        f"{len(names)} of {len(found[setting])} in the panel {setting}"
        for setting, names in outside.items()
        if names
    ]
    return (
        f"Distribution functions of u less u in {len(found)} panels, each with a band "
        "that holds a line of uniform values with a probability of 95 %. "
        f"Lines that leave the band: {', '.join(left) or 'none'}."
    )
