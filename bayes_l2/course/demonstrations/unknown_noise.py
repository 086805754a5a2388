"""Unknown noise: coverage of intervals, and distances of modes from the mean."""

from collections.abc import Sequence
from typing import Any, get_args

import numpy as np

from bayes_l2 import arguments, validation
from bayes_l2.course import checks
from bayes_l2.fits.exact import fit_exact
from bayes_l2.fits.map_estimate import Density, fit_map
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel

__all__ = ["coverage", "mode_distances"]
__dir__ = __all__.copy


def coverage(X: Any, b: Any, *, repetitions: int, seed: int = 0) -> dict[str, float]:
    r"""Return how often 95 % intervals of the first coefficient hold its true value.

    The noise has sd 1. The prior of the coefficients is flat, and that of the noise sd
    is :math:`1/\sigma`. Then the interval with an unknown noise sd is the classical t
    interval. The other interval is Gaussian, with an estimate of the noise sd as if it
    were known.

    Parameters
    ----------
    X : array_like of shape (n, p)
        Features; an intercept is added.
    b : array_like of shape (p,)
        The true coefficients.
    repetitions : int
        The number of data sets.
    seed : int, default 0
        The seed of the noise.

    Returns
    -------
    dict of str to float
        The shares by "noise unknown" and "plugged in".

    Raises
    ------
    ValueError
        If an argument is not valid.
    """
    columns = validation.matrix(X)
    truth = validation.vector(b, "b", length=columns.shape[1])
    repetitions = checks.repetitions(repetitions, "repetitions")
    rng, prior = arguments.generator(seed, "seed"), priors.Flat()
    unknown = likelihoods.Normal(priors.FlatLogScale())
    holds = {"noise unknown": 0, "plugged in": 0}
    for _ in range(repetitions):
        y = columns @ truth + rng.standard_normal(len(columns))
        fitted: Any = fit_exact(
            LinearModel(columns, y, likelihood=unknown, prior=prior)
        )
        known = likelihoods.Normal(float(np.sqrt(fitted.scale / fitted.shape)))
        plugged = fit_exact(LinearModel(columns, y, likelihood=known, prior=prior))
        for name, posterior in zip(holds, (fitted, plugged), strict=True):
            low, high = posterior.interval(0.95)[1]
            holds[name] += int(low < truth[0] < high)
    return {name: count / repetitions for name, count in holds.items()}


def mode_distances(
    model: LinearModel, densities: Sequence[Any] = ("variance", "sd", "log_sd")
) -> dict[str, float]:
    """Return how far modes of the coefficients are from their posterior mean.

    Parameters
    ----------
    model : LinearModel
        A model with an unknown noise sd.
    densities : sequence of str
        The noise scales whose joint density with the coefficients has a mode; see
        ``fit_map``.

    Returns
    -------
    dict of str to float
        The largest distance of a coefficient, in posterior sds, by density. The last
        entry, "marginal", is the mode with the noise sd integrated out.

    Raises
    ------
    ValueError
        If an argument is not valid.
    """
    names: list[Any] = [
        validation.one_of(each, get_args(Density), "an entry of densities")
        for each in arguments.words(densities, "densities", "a list of densities")
    ]
    exact = fit_exact(model)
    mean, sd = exact.coef, exact.sd[model.intercept :][: len(exact.coef)]
    return {
        density: float(np.max(np.abs(fit_map(model, density=density).coef - mean) / sd))
        for density in (*names, "marginal")
    }
