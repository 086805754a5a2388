r"""The Gaussian model that has the curvature of classes and counts at a point.

.. math:: -\nabla^2 \log p(y \mid \theta) = \sum_i v_i\, z_i z_i^\top

A row of one linear predictor is a working row, with its curvature for a weight. A row
of K classes, with probabilities :math:`p_k` and tails :math:`s_k = \sum_{l > k} p_l`,
is K - 1 of them:

.. math:: \operatorname{diag}(p) - p p^\top = \sum_{k < K}
          \frac{p_k s_k}{p_k + s_k}\, d_k d_k^\top, \qquad
          d_k = e_k - \sum_{l > k} \frac{p_l}{s_k} e_l

No term is a difference. Sums of products of rows lose the digits that rows keep.

References
----------
McCullagh and Nelder (1989), Generalized Linear Models, section 2.5.
"""

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.fits.search.coordinates import FreeCoordinates
from bayes_l2.fits.units import prior_sds
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.rows import Rows


def working_model(coordinates: FreeCoordinates, u: FloatArray) -> LinearModel | None:
    """Return a Gaussian model whose posterior has the curvature at u.

    Its parameters are those of the model. It is None where there are no rows, and where
    the coefficients of classes have prior correlations.
    """
    model, rows = coordinates.model, coordinates.model.data
    if not isinstance(rows, Rows):
        return None
    intercept, coef, *_ = coordinates.parts(u)
    eta = intercept + (rows.X - coordinates.center[:-1]) @ coef.T
    if not model.layout.classes:
        weights = model.likelihood.information(rows.y, eta[:, 0], rows.row_weights)
        return _gaussian(rows.X, weights, model.prior, intercept=model.intercept)
    prior = model.prior
    if not isinstance(prior, priors.Flat | priors.Normal) or prior.cov is not None:
        return None
    weights, D = _of_classes(model.likelihood.mean(eta))
    weights = rows.row_weights[:, np.newaxis] * weights
    columns = D[..., np.newaxis] * rows.X[:, np.newaxis, np.newaxis]
    n, lines = weights.size, D.shape[-1]
    first = [D.reshape(n, lines)] if model.intercept else []
    whole = np.hstack([*first, columns.reshape(n, -1)]) @ model.layout.axes.T
    sds = model.layout.entries(np.inf, prior_sds(prior, model.n_features))
    return _gaussian(whole, weights.ravel(), priors.Normal(sds), intercept=False)


def _gaussian(
    X: FloatArray, weights: FloatArray, prior: priors.Prior, *, intercept: bool
) -> LinearModel:
    return LinearModel(
        X,
        np.zeros(len(X)),
        weights=weights,
        likelihood=likelihoods.Normal(1.0),
        prior=prior,
        intercept=intercept,
    )


def _of_classes(p: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return weights, shape (n, K - 1), and directions, shape (n, K - 1, K)."""
    tails = np.cumsum(p[:, :0:-1], axis=1)[:, ::-1]
    own = p[:, :-1]
    total = np.where(own + tails > 0, own + tails, 1.0)
    # classes that have no probability left share nothing, and have no weight
    later = np.triu(np.ones((own.shape[1], p.shape[1])), 1)
    rest = np.where(tails > 0, tails, 1.0)[..., np.newaxis]
    shares = later * p[:, np.newaxis] / rest
    return own * (tails / total), np.eye(*later.shape) - shares
