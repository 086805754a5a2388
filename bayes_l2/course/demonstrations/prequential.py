r"""Why the evidence is not leave-one-out: it predicts every row too, but each from the rows before it only.

.. math:: \log p(y) = \sum_i \log p(y_i \mid y_1, \dots, y_{i-1}), \qquad
          \mathrm{LOO} = \sum_i \log p(y_i \mid \text{all others})

The sum on the left is the same in every order (Dawid 1984, Journal of the Royal Statistical Society A 147(2)). It holds
predictions from few rows, for which the prior matters; those of leave-one-out all have n - 1 rows behind them.
"""

from typing import Any

import numpy as np
from scipy import stats

from bayes_l2.arrays import FloatArray
from bayes_l2.fits.exact import without_exact
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.posteriors.gaussian import GaussianPosterior


def sequential_log_densities(model: LinearModel, order: Any = None) -> FloatArray:
    """Return the log predictive density of each row given those before it, in the order in which they came.

    Their sum is the log evidence. With an intercept, whose prior is flat, the first row says only where the level is,
    and counts as density 1.

    Parameters
    ----------
    model : LinearModel
        Known scales, a proper prior on the coefficients, rows at hand and without weights.
    order : array_like of int, shape (n,), optional
        In which order the rows come; as they stand unless given.

    Returns
    -------
    ndarray of shape (n,)

    Raises
    ------
    ValueError
        If the posterior is not Gaussian, the prior flat, a row weighted or gone, or order does not name each once.
    """
    reason = without_exact(model) or ", ".join(
        f"{name} is unknown" for name in model.unknown_scales
    )
    if reason:
        raise ValueError(f"sequential prediction needs a Gaussian posterior: {reason}")
    X, y = model.rows("sequential prediction")
    if model.weights is not None:
        raise ValueError("rows with weights cannot be predicted one after another")
    places = np.arange(len(y)) if order is None else np.asarray(order)
    if (
        places.ndim != 1
        or places.dtype.kind not in "iu"
        or sorted(places.tolist()) != list(range(len(y)))
    ):
        raise ValueError(f"order must name each of the {len(y)} rows once")
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
