"""The penalised fit, by scikit-learn's own estimator: it knows the penalty and nothing of priors."""

from bayes_l2.fits.point_estimate import PointEstimate
from bayes_l2.model import LinearModel


def fit_ridge(model: LinearModel) -> PointEstimate:
    r"""Fit ridge regression with scikit-learn's ``Ridge`` at the model's penalty.

    .. math:: \min_{a, b} \sum_i w_i (y_i - a - x_i^\top b)^2 + \alpha \lVert b \rVert^2, \qquad
              \alpha = \sigma^2 / \tau^2

    Parameters
    ----------
    model : LinearModel
        Its prior must be ``priors.Normal(sd)`` with mean 0 (the penalty), or ``priors.Flat()`` (least squares).

    Returns
    -------
    PointEstimate
        ``objective`` and ``gradient_norm`` are of the log posterior, which scikit-learn has not seen.

    Raises
    ------
    ValueError
        If the prior is no ridge penalty, or the rows are gone.

    References
    ----------
    Hoerl and Kennard (1970), Technometrics 12(1).
    """
    from sklearn.linear_model import Ridge

    X, y = model.rows("fit_ridge")
    # by singular values, the most accurate of its solvers
    estimator = Ridge(alpha=model.penalty, fit_intercept=model.intercept, solver="svd")
    estimator.fit(X, y, sample_weight=model.weights)
    return PointEstimate.at(model, estimator.intercept_, estimator.coef_, route="scikit-learn Ridge")
