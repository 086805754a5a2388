r"""Leave-one-out residuals of ridge regression, for all penalties at once.

.. math:: y_i - \hat y_i^{(-i)} = \frac{e_i}{1 - h_i}, \qquad
          h_i = w_i \Bigl(\frac{1}{\sum_j w_j}
          + \sum_k \frac{(x_i^\top a_k)^2}{d_k^2 + \alpha}\Bigr)

for residuals e, and axes :math:`a_k` of the centred columns. Leverages and fitted
values are smooth functions of :math:`d^2`, so those of many penalties lie in a few
dimensions.
"""

import numpy as np

from bayes_l2.arrays import LOG_2PI, FloatArray
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.posteriors.quadrature.eigenbasis import Eigenbasis

CHUNK_ROWS = 2048
GROUP = 16  # rows whose 1 - h are multiplied before the logarithm of the product
LEAST_LEFT = 1e-16  # of 1 - h: less is rounding


def leave_one_out(
    model: LinearModel, basis: Eigenbasis, relative: FloatArray, noise_sd: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the errors of rows that are left out, for each penalty.

    Parameters
    ----------
    model : LinearModel
        A Gaussian model with its rows.
    basis : Eigenbasis
        The factorisation of its rows.
    relative, noise_sd : ndarray of shape (m,)
        Penalties in units of ``basis.unit``, and the noise sd of each.

    Returns
    -------
    tuple of two ndarrays of shape (m,)
        Mean squared errors, and summed log predictive densities.
    """
    X, y = model.rows("leave-one-out")
    center, mean_y = np.zeros(model.n_features), 0.0
    if model.intercept:
        center, mean_y = model.statistics.mean[:-1], model.statistics.mean[-1]
    spread_basis, spreads = _few_columns(basis.variances(relative).T)
    mean_basis, means = _few_columns(basis.means(relative).T)
    total_weight = model.statistics.total_weight
    squares, weighted_squares, log_products = np.zeros((3, len(relative)))
    for start in range(0, len(y), CHUNK_ROWS):
        rows = slice(start, start + CHUNK_ROWS)
        weights = 1.0 if model.weights is None else model.weights[rows, np.newaxis]
        # before any product: the columns may be far from zero
        centred = X[rows] - center
        projected = centred @ basis.axes
        target = (y[rows] - mean_y) - centred @ basis.origin
        residuals = target[:, np.newaxis] - (projected @ mean_basis) @ means
        left = 1 - ((projected * projected) @ spread_basis) @ spreads * weights
        left -= weights / total_weight if model.intercept else 0.0
        np.maximum(left, LEAST_LEFT, out=left)
        by_others = residuals / left
        squares += np.sum(weights * by_others * by_others, axis=0)
        weighted_squares += np.sum(weights * by_others * residuals, axis=0)
        log_products += _sum_of_logs(left)
    constant = model.statistics.sum_log_weights - len(y) * LOG_2PI
    log_noise = 2 * len(y) * np.log(noise_sd)
    quadratic = weighted_squares / noise_sd**2
    log_densities = 0.5 * (constant - log_noise + log_products - quadratic)
    return squares / total_weight, log_densities


def _few_columns(matrix: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return two factors of a matrix, equal to rounding, with the least inner size."""
    left, sizes, right = np.linalg.svd(matrix, full_matrices=False)
    rank = int(np.sum(sizes > 1e-15 * sizes[0])) if len(sizes) else 0
    return left[:, :rank] * sizes[:rank], right[:rank]


def _sum_of_logs(values: FloatArray) -> FloatArray:
    """Return the sum of logarithms down each column of numbers from 1e-16 to 1.

    The logarithm of a product of a few is cheaper than the logarithm of each.
    """
    whole = len(values) // GROUP * GROUP
    total = np.sum(np.log(values[whole:]), axis=0)
    products = np.prod(values[:whole].reshape(-1, GROUP, values.shape[1]), axis=1)
    return total + np.sum(np.log(products), axis=0)
