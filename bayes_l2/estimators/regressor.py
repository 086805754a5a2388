r"""Linear regression with its exact posterior, as a scikit-learn estimator.

.. math:: p(y^* \mid x^*, y) = \int N(y^*;\, a + x^{*\top} b,\, \sigma^2)\,
          p(a, b, \sigma, \tau \mid y)\, da\, db\, d\sigma\, d\tau
"""

from dataclasses import replace
from typing import Any, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from bayes_l2 import arguments, validation
from bayes_l2.estimators import rows
from bayes_l2.estimators.predictions import Predictions
from bayes_l2.estimators.scales import (
    UNKNOWN,
    is_unknown,
    model_of_scales,
    posterior_of,
)
from bayes_l2.model.layout import PENALTY
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.rows import Rows
from bayes_l2.model.statistics.sufficient_statistics import SufficientStatistics
from bayes_l2.selection.choose import CRITERIA, choose_penalty
from bayes_l2.texts import shown

BY_ROWS = ("loo", "cv")  # criteria that need the rows


class L2Regressor(Predictions, RegressorMixin, BaseEstimator):
    r"""Ridge regression that is Bayesian: the exact posterior of a linear model.

    .. math:: y_i \sim N(a + x_i^\top b,\; \sigma^2), \qquad b \sim N(0, \tau^2 I),
              \qquad p(a) = 1

    An unknown scale is integrated out by quadrature. Its prior is a half-Student-t
    density with 3 degrees of freedom. The scale of that density is :math:`1.5\, s_y`
    for :math:`\sigma`, and :math:`1.5\, s_y / s_X` for :math:`\tau`. Here
    :math:`s_y` is the sd of y, and :math:`s_X^2` the sum of the variances of the
    columns of X. So the fit follows changes of the units of y, and of all columns
    together. Every column has the same penalty: standardise columns of unlike units,
    as for ``Ridge``.

    Parameters
    ----------
    noise_sd : float, "unknown" or a prior on a scale, default "unknown"
        Standard deviation :math:`\sigma` of the noise, in the units of y, or a prior
        such as ``priors.HalfNormal(50)``.
    prior_sd : float, "unknown", prior on a scale, list or dict, default "unknown"
        Prior standard deviation :math:`\tau` of every coefficient, in units of y per
        unit of the column. A list has one for each column and a dict one by the name of
        each, ``inf`` for no penalty, as for ``priors.Normal``.
    fit_intercept : bool, default True
        Whether there is an intercept a. Its prior is flat.
    choose : {None, "evidence", "loo", "gcv", "cv", "hierarchical"}, default None
        None integrates unknown scales out. A criterion of ``choose_penalty`` fixes
        them, and then ``prior_sd`` must not be a number.

    Attributes
    ----------
    coef_ : ndarray of shape (p,)
        Posterior means of the coefficients.
    intercept_ : float
        Posterior mean of the intercept, 0.0 without one.
    coef_sd_ : ndarray of shape (p,)
        Posterior standard deviations of the coefficients.
    posterior_ : GaussianPosterior or MixturePosterior
        The posterior.
    model_ : LinearModel
        The model, by the sufficient statistics of the rows. The rows are not kept.
    penalty_ : float
        The penalty :math:`\alpha = \sigma^2 / \tau^2`; the median of its posterior
        where it is unknown.
    n_features_in_ : int
        Number p of columns.
    feature_names_in_ : ndarray of shape (p,)
        Names of the columns, where all are text.

    Notes
    -----
    A row of weight 2 counts as two rows, as everywhere in scikit-learn. ``LinearModel``
    has precision weights. Where the columns fit y to rounding, an unknown noise sd
    is taken to be 1e-12 of the root mean square of y.

    References
    ----------
    Gelman (2006), Bayesian Analysis 1(3), on priors of scales; Lindley and Smith
    (1972), JRSS B 34(1).

    Examples
    --------
    >>> from bayes_l2 import L2Regressor, datasets
    >>> X, y = datasets.diabetes()
    >>> regressor = L2Regressor().fit(X, y)
    >>> mean, sd = regressor.predict(X[:1], return_std=True)
    >>> print(f"{mean[0]:.0f} ± {sd[0]:.0f}")
    203 ± 55
    """

    def __init__(
        self,
        noise_sd: Any = UNKNOWN,
        prior_sd: Any = UNKNOWN,
        *,
        fit_intercept: bool = True,
        choose: Literal["evidence", "loo", "gcv", "cv", "hierarchical"] | None = None,
    ) -> None:
        self.noise_sd = noise_sd
        self.prior_sd = prior_sd
        self.fit_intercept = fit_intercept
        self.choose = choose

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Find the posterior given rows.

        Parameters
        ----------
        X : array_like or DataFrame of shape (n, p)
            Features. Two rows are needed where a scale is "unknown".
        y : array_like of shape (n,)
            Response.
        sample_weight : array_like of shape (n,), optional
            How often each row counts. Weights need not be whole numbers.

        Returns
        -------
        L2Regressor
            The estimator itself.
        """
        found = self._rows(X, y, sample_weight, reset=True)
        return self._solve(rows.counted(found), found)

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Find the posterior given these rows and all those before.

        It is that of ``fit`` on all rows, to rounding. For the arguments see ``fit``.
        """
        if not hasattr(self, "model_"):
            return self.fit(X, y, sample_weight)
        for name, value in self.get_params().items():
            if not np.array_equal(value, self._parameters[name]):
                raise ValueError(
                    f"partial_fit needs the {name} of the fit before, "
                    f"{shown(self._parameters[name])}, got {shown(value)}; use fit"
                )
        if self.choose in BY_ROWS:
            raise ValueError(
                f"partial_fit cannot choose by {self.choose!r}, which needs all rows; "
                "use choose='evidence', choose='gcv' or choose=None"
            )
        found = self._rows(X, y, sample_weight, reset=False)
        return self._solve(self.model_.statistics + rows.counted(found), None)

    def _rows(self, X: Any, y: Any, sample_weight: Any, *, reset: bool) -> Rows:
        few = 1 + (reset and (is_unknown(self.noise_sd) or is_unknown(self.prior_sd)))
        options: dict[str, Any] = {"reset": reset, "ensure_min_samples": few}
        X, y = validate_data(self, X, y, dtype=np.float64, y_numeric=True, **options)
        return rows.valid_rows(self, X, y, sample_weight)

    def _solve(self, statistics: SufficientStatistics, of_fit: Rows | None) -> Self:
        intercept = arguments.flag(self.fit_intercept, "fit_intercept")
        scales = self.noise_sd, self.prior_sd
        model = model_of_scales(statistics, *scales, intercept=intercept)
        if self.choose is not None:
            model = self._chosen(model, of_fit)
        self.posterior_ = posterior = posterior_of(model, of_fit)
        self.model_, self._parameters = model, self.get_params()
        self.coef_, self.intercept_ = posterior.coef.copy(), float(posterior.intercept)
        self.coef_sd_ = posterior.location.sd[int(intercept) :].copy()
        return self

    def _chosen(self, model: LinearModel, of_fit: Rows | None) -> LinearModel:
        """Return the model with numbers for scales, which a criterion chooses."""
        by: Any = validation.one_of(self.choose, tuple(CRITERIA), "choose")
        if model.prior.spread.is_known:
            raise ValueError(
                "choose finds the prior sd, so prior_sd must be 'unknown' or a prior, "
                f"got {shown(self.prior_sd)}; use choose=None"
            )
        data = of_fit if by in BY_ROWS else model.data
        chosen = choose_penalty(replace(model, data=data), by=by).model
        return replace(chosen, data=model.data)

    @property
    def penalty_(self) -> float:
        """The penalty, or the median of its posterior."""
        check_is_fitted(self)
        if PENALTY in self.posterior_.unknown:
            return float(self.posterior_.marginal(PENALTY).median())
        if not self.model_.prior.is_ridge:
            raise AttributeError("penalty_ is not one number: each column has its own")
        return self.model_.penalty
