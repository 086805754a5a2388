r"""Predictions of new rows by the posterior of a comparison, without another fit.

.. math:: p(y^* \mid y) = \int p(y^* \mid \theta)\, p(\theta \mid y)\, d\theta

The exact posterior has this integral itself. Else it is a sum over the draws, or over
nodes of the Laplace approximation.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.datasets.standardisation import Standardisation
from bayes_l2.fits.laplace import LaplaceApproximation
from bayes_l2.floats import from_arrow
from bayes_l2.model.layout import INTERCEPT, NOISE_SD
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.posteriors.posterior import ExactPosterior
from bayes_l2.texts import quantile_name

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

CHUNK = 2**21  # predictors of one working array, which is 16 MiB
NODES = np.linspace(-12, 12, 481)  # of a standard normal variable
GROUPS = 500  # of draws, for quantiles
PROBABILITY_LEFT = 1e-7  # between a quantile that is found and the true one
ROUNDING = 1e-6  # of a count
LARGEST_LOG_RATE = 36.0  # floats do not tell larger counts from their neighbours
NEGLIGIBLE = 1e-10  # a probability


class Points(NamedTuple):
    """Linear predictors of rows at weighted points of a posterior.

    Attributes
    ----------
    eta : ndarray of shape (m, c) or (m, c, K)
        Linear predictors of m rows at c points, for each of K classes.
    weights : ndarray of shape (c,)
        Probabilities of the points.
    noise_sd : float or ndarray of shape (c,)
        The noise sd at each point.
    """

    eta: FloatArray
    weights: FloatArray
    noise_sd: Any


def predictions(
    model: LinearModel,
    posterior: Any,
    X: Any,
    coverage: float,
    standardisation: Standardisation | None,
) -> "pd.DataFrame":
    """Return a table of predictions; see ``Comparison.predict``.

    Parameters
    ----------
    model : LinearModel
        The fitted model.
    posterior : ExactPosterior, LaplaceApproximation, xarray.DataTree or None
        What is known of its parameters: a distribution, or draws as of ``fit_mcmc``.
    X : array_like or DataFrame of shape (m, p)
        New features.
    coverage : float
        Probability of the interval.
    standardisation : Standardisation or None
        What takes X to the features of the model, None where they are X.

    Returns
    -------
    pandas.DataFrame
        A row for each of X.
    """
    import pandas as pd

    coverage = validation.probability(coverage, "coverage")
    X = from_arrow(X)
    rows = validation.columns_of_fit(X, model.feature_names)
    if standardisation is not None:
        rows = validation.matrix(standardisation.of_rows(rows))
    if posterior is None:
        raise ValueError(
            "predictions need a posterior or draws, and this comparison has neither; "
            "compare by the route mcmc too"
        )
    if isinstance(posterior, ExactPosterior):
        source, columns = "exact posterior", _exact(posterior, rows, coverage)
    else:
        is_laplace = isinstance(posterior, LaplaceApproximation)
        source = "Laplace approximation"
        if not is_laplace:
            source = f"{len(_draws_of(posterior, 'coef'))} draws"
        if model.classes is not None:
            columns = _of_classes(model, posterior, rows)
        else:
            columns = _of_numbers(model, posterior, rows, coverage)
    index = X.index if isinstance(X, pd.DataFrame) else pd.RangeIndex(len(rows))
    table = pd.DataFrame(columns, index=index)
    table.attrs = {"source": source, "coverage": coverage}
    return table


def _draws_of(tree: "xr.DataTree", name: str) -> FloatArray:
    """Return all draws of a variable, in one axis; those of classes have K each."""
    posterior = tree["posterior"].to_dataset()
    draws = posterior[name].transpose("chain", "draw", ...).to_numpy()
    return draws.reshape(-1, *draws.shape[2:])


def _exact(exact: ExactPosterior, rows: FloatArray, coverage: float) -> dict[str, Any]:
    """Return the predictions of the exact posterior."""
    mean, sd = exact.predict(rows, return_sd=True)
    ends = exact.predictive(rows).interval(coverage)
    return dict(zip(_names(coverage), (mean, sd, *ends), strict=True))


def _names(coverage: float) -> tuple[str, ...]:
    """Return the names of the columns; the ends of an interval are quantiles."""
    return ("mean", "sd", *map(quantile_name, _levels(coverage)))


def _levels(coverage: float) -> tuple[float, float]:
    """Return the probabilities below the ends of an equal-tailed interval."""
    return (1 - coverage) / 2, (1 + coverage) / 2


def _of_classes(model: LinearModel, posterior: Any, rows: FloatArray) -> dict[str, Any]:
    """Return the most probable class of each row, and the probability of each class."""
    classes = model.classes or ()
    if isinstance(posterior, LaplaceApproximation):
        probabilities = posterior.predict(rows)
    else:
        parts = [
            model.likelihood.mean(points.eta).mean(axis=1)
            for points in _chunks(model, posterior, rows)
        ]
        probabilities = np.concatenate(parts)
    if not model.likelihood.by_class:
        probabilities = np.column_stack([1 - probabilities, probabilities])
    labels = [classes[place] for place in np.argmax(probabilities, axis=1)]
    named = {
        f"P({label})": column
        for label, column in zip(classes, probabilities.T, strict=True)
    }
    return {"label": labels, **named}


def _of_numbers(
    model: LinearModel, posterior: Any, rows: FloatArray, coverage: float
) -> dict[str, Any]:
    """Return mean, sd and interval of a new observation of each row."""
    likelihood = model.likelihood
    parts, n_done = [], 0
    for points in _chunks(model, posterior, rows):
        likely = points.weights > NEGLIGIBLE * points.weights.max()
        _require_range(likelihood, points.eta[:, likely], n_done)
        n_done += len(points.eta)
        means = likelihood.mean(points.eta)
        mean = means @ points.weights
        spread = (means - mean[:, np.newaxis]) ** 2
        variances = likelihood.variance(points.eta, points.noise_sd)
        sd = np.sqrt((spread + variances) @ points.weights)
        groups = _grouped(points)
        low, high = (
            _quantiles(likelihood, groups, mean, sd, level)
            for level in _levels(coverage)
        )
        parts.append([mean, sd, low, high])
    columns = np.concatenate(parts, axis=1)
    return dict(zip(_names(coverage), columns, strict=True))


def _require_range(likelihood: Any, eta: FloatArray, first: int) -> None:
    """Refuse rows so far away that a count is no whole number of floats."""
    largest = eta.max(axis=1)
    if likelihood.is_whole and largest.max() > LARGEST_LOG_RATE:
        row = int(np.argmax(largest > LARGEST_LOG_RATE))
        raise ValueError(
            f"X must have a log rate of at most {LARGEST_LOG_RATE:g} in every row, got "
            f"{largest[row]:.4g} in row {first + row} (counting from 0); are its "
            "columns in the units of the fit?"
        )


def _quantiles(
    likelihood: Any, points: Points, mean: FloatArray, sd: FloatArray, level: float
) -> FloatArray:
    """Return where the probability of a new observation's being below is ``level``.

    By Cantelli's inequality the root is within these ends. The quantile of a count is
    the least count whose probability is enough.
    """
    from scipy.optimize.elementwise import find_root

    def excess(y: FloatArray, row: FloatArray) -> FloatArray:
        eta, y = points.eta[row.astype(int)], y[:, np.newaxis]
        return likelihood.cdf(y, eta, points.noise_sd) @ points.weights - level

    low = mean - sd * np.sqrt((1 - level) / level)
    high = mean + sd * np.sqrt(level / (1 - level))
    if likelihood.is_whole:
        low, high = np.maximum(np.floor(low), -1), np.ceil(high)
    row = np.arange(len(mean), dtype=float)
    tolerances = {"fatol": PROBABILITY_LEFT}
    found = find_root(excess, (low, high), args=(row,), tolerances=tolerances).x
    if likelihood.is_whole:
        return np.maximum(np.ceil(found - ROUNDING), 0.0) + 0.0  # -0.0 is no count
    return found


def _grouped(points: Points) -> Points:
    """Return the means of groups of neighbouring predictors, in the place of draws.

    The quantiles of a mixture of so many components move by less than the Monte-Carlo
    error of those of the draws, and take a fraction of the time.
    """
    size = points.eta.shape[1] // GROUPS
    if size < 2 or np.ndim(points.noise_sd) > 0:
        return points
    starts = np.arange(0, points.eta.shape[1], size)
    weights = np.add.reduceat(points.weights, starts)
    sums = np.add.reduceat(np.sort(points.eta, axis=1), starts, axis=1)
    return Points(
        sums / np.diff(starts, append=points.eta.shape[1]), weights, points.noise_sd
    )


def _chunks(model: LinearModel, posterior: Any, rows: FloatArray) -> Iterator[Points]:
    """Yield the linear predictors of some rows at a time, in order."""
    noise = model.likelihood.noise
    if isinstance(posterior, LaplaceApproximation):
        mean, sd = posterior.linear_predictor(rows)
        weights = np.exp(-0.5 * NODES**2)
        for part in np.array_split(np.arange(len(rows)), _pieces(rows, len(NODES))):
            eta = mean[part, np.newaxis] + sd[part, np.newaxis] * NODES
            yield Points(eta, weights / weights.sum(), noise.value)
        return
    coef = _draws_of(posterior, "coef")  # (c, p) or (c, K, p)
    intercept = _draws_of(posterior, INTERCEPT) if model.intercept else 0.0
    noise_sd = noise.value if noise.is_known else _draws_of(posterior, NOISE_SD)
    weights = np.full(len(coef), 1 / len(coef))
    size = coef[..., 0].size
    for part in np.array_split(rows, _pieces(rows, size)):
        yield Points(np.moveaxis(coef @ part.T, -1, 0) + intercept, weights, noise_sd)


def _pieces(rows: FloatArray, size: int) -> int:
    return min(len(rows), len(rows) * size // CHUNK + 1)
