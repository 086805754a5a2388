"""The figure of one number as the setting of every library: the prior sd that it amounts to in each."""

from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2.conventions.catalogue import RECORDS
from bayes_l2.conventions.convention import Loss, Norm
from bayes_l2.conventions.conversion import convert, quantities_of
from bayes_l2.drawing import COLOURS, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def priors_of_one_number(
    value: float, *, noise_sd: float, **quantities: Any
) -> "Figure":
    r"""Draw the prior sd of a coefficient that one number amounts to as the setting of each library.

    Parameters
    ----------
    value : float
        The number, typed everywhere.
    noise_sd : float
        Noise standard deviation, in the units of y.
    **quantities
        The others that ``convert`` takes: n, batch_size, y_sd. Columns are taken as standardised, and rows as
        unweighted.

    Returns
    -------
    matplotlib.figure.Figure
        A point for each prior, named after all conventions of squared error and of priors that have it.
    """
    known = {"noise_sd": noise_sd, "x_sd": 1.0, **quantities}
    groups: dict[float, list[str]] = {}
    for record in RECORDS:
        if record.summed is Loss.LOGISTIC or record.norm is Norm.L1 or record.no_map:
            continue
        given = {
            name: known[name]
            for name in quantities_of(record.name, "prior-sd")
            if name in known
        }
        sd = float(convert(value, record.name, "prior-sd", **given))
        groups.setdefault(float(f"{sd:.9g}"), []).append(record.name)
    sds = sorted(groups)
    labels = [fill(", ".join(groups[sd]), 62, break_on_hyphens=False) for sd in sds]
    heights = np.array([label.count("\n") + 1.6 for label in labels])
    places = np.cumsum(heights) - heights / 2
    figure = new_figure(9, 0.19 * heights.sum() + 1.1)
    axis = figure.subplots()
    axis.hlines(places, sds[0] / 2, sds, color="0.85", linewidth=1.5)
    axis.plot(sds, places, "o", color=COLOURS["prior"], markersize=8)
    for sd, place in zip(sds, places, strict=True):
        axis.annotate(
            f"{sd:.3g}", (sd, place), (9, 0), textcoords="offset points", va="center"
        )
    axis.set_yticks(places, labels, fontsize=8.5)
    axis.set_ylim(0, heights.sum())
    axis.set_xscale("log")
    axis.set_xlim(sds[0] / 2, 3 * sds[-1])
    axis.set_xlabel("prior sd of a coefficient, in y per sd of its column")
    axis.set_title(f"The priors that the setting {value:g} stands for")
    axis.spines[["top", "right"]].set_visible(False)
    return figure
