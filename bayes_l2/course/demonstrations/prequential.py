r"""The evidence as a sum of predictions, and its difference from leave-one-out.

.. math:: \log p(y) = \sum_i \log p(y_i \mid y_1, \dots, y_{i-1}), \qquad
          \mathrm{LOO} = \sum_i \log p(y_i \mid \text{all others})

The evidence predicts each row from the rows before it. Its sum is the same in every
order of the rows (Dawid 1984, Journal of the Royal Statistical Society A 147(2)). It
contains predictions from few rows, where the prior matters. Leave-one-out predicts each
row from n - 1 rows.
"""

from typing import Any

import numpy as np
from scipy import stats

from bayes_l2 import arguments
from bayes_l2.arrays import FloatArray
from bayes_l2.fits.exact import without_exact
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.posteriors.gaussian import GaussianPosterior
from bayes_l2.validation import vector

__all__ = ["sequential_log_densities"]
__dir__ = __all__.copy


def sequential_log_densities(model: LinearModel, order: Any = None) -> FloatArray:
    """Return the log predictive density of each row given the rows before it.

    The densities sum to the log evidence. An intercept has a flat prior: then the first
    row only sets the level, and its density counts as 1.

    Parameters
    ----------
    model : LinearModel
        A model with known scales, a proper prior on the coefficients, and rows without
        weights.
    order : array_like of int, shape (n,), optional
        The order in which the rows come; their order in the model unless given.

    Returns
    -------
    ndarray of shape (n,)
        In the order in which the rows come.

    Raises
    ------
    ValueError
        If the posterior is not Gaussian, the prior is flat, the model has weights or no
        longer has its rows, or ``order`` does not name each row once.
    """
    model = arguments.instance(model, LinearModel, "model")
    unknown = ", ".join(f"{name} is unknown" for name in model.unknown_scales)
    if reason := without_exact(model) or unknown:
        raise ValueError(f"sequential prediction needs a Gaussian posterior: {reason}")
    X, y = model.rows("sequential prediction")
    if model.weights is not None:
        raise ValueError("rows with weights cannot be predicted one after another")
    given = range(len(y)) if order is None else order
    numbers = vector(given, "order", length=len(y))
    if (np.sort(numbers) != np.arange(len(y))).any():
        raise ValueError(f"order must name each of the {len(y)} rows once")
    places = numbers.astype(int)
    posterior, first = GaussianPosterior.before_data(model), 0
    if model.intercept:
        posterior, first = posterior.condition(X[places[:1]], y[places[:1]]), 1
    means, sds = np.zeros(len(y)), np.ones(len(y))
    for step, place in enumerate(places[first:], start=first):
        row = X[place : place + 1]
        mean, sd = posterior.predict(row, return_sd=True)
        means[step], sds[step] = mean[0], sd[0]
        posterior = posterior.condition(row, y[place : place + 1])
    found = stats.norm.logpdf(y[places], means, sds)
    found[:first] = 0.0
    return found
