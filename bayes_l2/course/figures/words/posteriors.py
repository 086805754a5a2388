"""Figures of a posterior in words."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.course.demonstrations.samplers import Path
from bayes_l2.posteriors.distributions.multivariate import MultivariateNormal
from bayes_l2.texts import joined
from bayes_l2.texts import number_in_words as number


def _point(values: Any) -> str:
    return f"({', '.join(map(number, values))})"


def trajectories(posterior: MultivariateNormal, paths: Sequence[Path]) -> str:
    """Return the start and the turn of each path in words."""
    turns = [
        f"after {path.turn} steps at {_point(path.positions[path.turn])}"
        for path in paths
        if path.turn is not None
    ]
    end = f"Turns: {joined(turns)}." if turns else "None turns back."
    return (
        "Ellipses that hold 50 % and 95 % of the posterior of the coefficients of "
        f"{joined(posterior.names)}, centre {_point(posterior.mean)}, and "
        f"{len(paths)} path{'s' * (len(paths) != 1)} of Hamiltonian dynamics, a dot "
        f"for each step, from {_point(paths[0].positions[0])}. {end}"
    )


def traces(
    named: Mapping[str, FloatArray], low: float, high: float, *, mean: float, name: str
) -> str:
    """Return the mean of the draws of each panel, and the share inside, in words.

    The name of a panel is its title up to a colon.
    """
    found = (
        f"{title.partition(':')[0]}: mean {number(draws.mean())}, "
        f"{100 * np.mean((draws > low) & (draws < high)):.0f} % in the band"
        for title, draws in named.items()
    )
    chains, length = np.shape(next(iter(named.values())))
    return (
        f"Draws of the coefficient of {name} in order, a panel for each of "
        f"{len(named)} samplers, {chains} chains of {length} draws. A line at the "
        f"exact mean {number(mean)}, a band over the exact 95 % interval from "
        f"{number(low)} to {number(high)}. {'; '.join(found)}."
    )


def errors_in_mcse(errors: FloatArray) -> str:
    """Return the moments of errors, and the share beyond 1.96, in words."""
    return (
        f"Histogram of {errors.size} errors of means in Monte-Carlo standard errors, "
        f"under the standard normal density. Their mean is {errors.mean():.2f}, their "
        f"root mean square {np.sqrt(np.mean(errors**2)):.2f}. Beyond 1.96 are "
        f"{100 * np.mean(np.abs(errors) > 1.96):.1f} %, of the normal 5 %. The "
        f"largest is {np.abs(errors).max():.2f}."
    )


def choices(named: Mapping[str, FloatArray], low: float, high: float) -> str:
    """Return the 95 % interval of the penalty and the choices in words."""
    found = [
        f"{name} {number(values[0])}"
        if len(values) == 1
        else f"{name}: {len(values)} values from {number(values.min())} to "
        f"{number(values.max())}"
        for name, values in named.items()
    ]
    return (
        "Above, the posterior density of the logarithm of the penalty, with 95 % "
        f"between the penalties {number(low)} and {number(high)}. Below, on the same "
        f"logarithmic axis, the penalties that criteria choose: {'; '.join(found)}."
    )


def prediction_gains(sums: FloatArray, better: str, worse: str) -> str:
    """Return the sums at the end, and their mean on the way, in words."""
    mean, n = sums.mean(axis=0), sums.shape[1]
    early = max(1, n // 4)
    return (
        f"Log predictive density of {better} above that of {worse}, summed over the "
        f"rows seen so far, up to {n}: a thin line for each of {len(sums)} orders of "
        f"the rows, a thick one for their mean. The mean is {number(mean[early - 1])} "
        f"nats after {early} rows and {number(mean[-1])} at the end, where the orders "
        f"lie between {number(sums[:, -1].min())} and {number(sums[:, -1].max())}."
    )


def tails(named: Mapping[str, Any], name: str) -> str:
    """Return two intervals of each density in words."""
    found = []
    for label, marginal in named.items():
        ends = marginal.ppf(np.array([0.001, 0.025, 0.975, 0.999]))
        outer, low, high, most = map(number, ends)
        found.append(f"{label}, {low} to {high} and {outer} to {most}")
    return (
        f"Densities of the coefficient of {name}, left on a linear axis, right on a "
        "logarithmic one, which shows the tails. Intervals of 95 % and of 99.8 %: "
        f"{'; '.join(found)}."
    )


def summaries(
    peak: float, named: Mapping[str, float], modes: Mapping[str, float], label: str
) -> str:
    """Return the peak of a density and the lines beside it in words."""
    lines = [f"{text} {value:.1f}" for text, value in (*named.items(), *modes.items())]
    at = f" Lines: {joined(lines)}." if lines else ""
    return f"Posterior density of {label}, highest at {number(peak)}.{at}"
