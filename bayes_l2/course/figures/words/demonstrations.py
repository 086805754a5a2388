"""Figures of demonstrations in words."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.texts import joined
from bayes_l2.texts import number_in_words as number


def losses(
    named: Mapping[str, FloatArray], ends: tuple[float, float], jumps: Sequence[str]
) -> str:
    """Return the values of losses at both ends in words, and where a slope jumps."""
    values = (
        f"{name} {number(each[0])} and {number(each[-1])}"
        for name, each in named.items()
    )
    broken = f"The slope jumps for {joined(jumps)}." if jumps else "No slope jumps."
    low, high = map(number, ends)
    return (
        f"Losses above and their slopes below, over residuals or margins from {low} to "
        f"{high}. Loss at {low} and at {high}: {joined(values)}. {broken}"
    )


def descents(excesses: Mapping[str, FloatArray], rounding: float) -> str:
    """Return the first and the last excess of each descent in words."""
    steps = max(len(each) for each in excesses.values()) - 1
    ends = (
        f"{name} from {number(each[0])} to "
        + (number(each[-1]) if each[-1] > rounding else "rounding")
        for name, each in excesses.items()
    )
    return (
        f"{len(excesses)} descents: the mean loss above its least value, on a "
        f"logarithmic axis, over {steps} steps. It goes, for {joined(ends)}."
    )


def norms(prior_sds: Sequence[float], named: Mapping[str, Sequence[float]]) -> str:
    """Return the ends of each curve of lengths in words."""
    ends = (
        f"{name}: from {number(each[0])} to {number(each[-1])}, in the last step by "
        f"{100 * (each[-1] / each[-2:][0] - 1):.1f} %"
        for name, each in named.items()
    )
    return (
        "Length of the MAP coefficients over prior sds from "
        f"{number(prior_sds[0])} to {number(prior_sds[-1])} on a logarithmic axis. "
        f"{'; '.join(ends)}."
    )


def functions(grid: FloatArray, named: Mapping[str, FloatArray], label: str) -> str:
    """Return the number and the range of the functions of each panel in words."""
    ranges = (
        f"{title}: {len(each)} function{'s' * (len(each) != 1)} from "
        f"{number(each.min())} to "
        f"{number(each.max())}"
        for title, each in named.items()
    )
    return (
        f"{len(named)} panels of functions drawn from priors, their output in noise "
        f"sds over {label} from {number(grid.min())} to {number(grid.max())}. "
        f"{'; '.join(ranges)}."
    )


def ways_between(shares: Any, straight: Any, giving_way: Any) -> str:
    """Return the highest point of each way between two modes in words."""
    tops = (
        f"{number(each[top])} nats at {number(shares[top])} of the way"
        for each in (straight, giving_way)
        for top in [int(np.argmax(each))]
    )
    return (
        "The negative log posterior above its mode, on a logarithmic axis, over the "
        "way from one mode to its twin. Highest points: on the straight line {}; "
        "where the other weights are optimised {}."
    ).format(*tops)


def errors_over_decay(alphas: Any, seen: Any, new: Any, linear: float) -> str:
    """Return the ends and the least of the errors in words."""
    best = int(np.argmin(new))
    return (
        "Mean squared error of a network, in noise variances, over weight decays from "
        f"{number(alphas[0])} to {number(alphas[-1])} on a logarithmic axis. On new "
        f"rows it is {number(new[0])} first, least at {number(alphas[best])} with "
        f"{number(new[best])}, and {number(new[-1])} last; on the rows seen it goes "
        f"from {number(seen[0])} to {number(seen[-1])}. Ridge has {number(linear)} on "
        "new rows."
    )
