"""The figure of the prior sds that one number gives as the setting of each library."""

from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2.conventions.catalogue import RECORDS
from bayes_l2.conventions.convention import Norm, SummedLoss
from bayes_l2.conventions.conversion import convert
from bayes_l2.conventions.quantities import quantities_of
from bayes_l2.drawing import COLOURS, describe, new_figure
from bayes_l2.texts import listed
from bayes_l2.texts import number_in_words as number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["priors_of_one_number"]
__dir__ = __all__.copy

# cross-entropy is left out: its coefficients are in log odds, not in y
SHOWN = (SummedLoss.SQUARED, SummedLoss.ANY)


def priors_of_one_number(
    value: float, *, noise_sd: float, **quantities: Any
) -> "Figure":
    """Draw the prior sd that one number gives as the setting of each library.

    Parameters
    ----------
    value : float
        The setting, the same for every library.
    noise_sd : float
        Noise standard deviation, in the units of y.
    **quantities
        The other quantities of ``convert``: n, batch_size, y_sd. The columns are
        standardised, and the rows have no weights.

    Returns
    -------
    matplotlib.figure.Figure
        A point for each prior sd, with the names of all conventions that have it.
        Conventions of cross-entropy, of L1 penalties and without a MAP are left out.
    """
    known = {"noise_sd": noise_sd, "x_sd": 1.0, **quantities}
    groups: dict[float, list[str]] = {}
    for record in RECORDS:
        if record.summed not in SHOWN or record.norm is not Norm.L2 or record.no_map:
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
    most = max(sds, key=lambda sd: len(groups[sd]))
    return describe(
        figure,
        f"The prior sds of a coefficient, in y per sd of its column, that the setting "
        f"{value:g} stands for in {sum(map(len, groups.values()))} conventions: "
        f"{len(sds)} points on a logarithmic axis, each beside its conventions. The "
        f"least is {number(sds[0])}, for {listed(groups[sds[0]])}; the largest is "
        f"{number(sds[-1])}, for {listed(groups[sds[-1]])}. Most conventions, "
        f"{len(groups[most])}, have {number(most)}.",
    )
