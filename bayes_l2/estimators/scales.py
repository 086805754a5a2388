r"""The scales of an estimator: numbers, priors, and "unknown" in the units of the data.

.. math:: \sigma \sim t_3^+(1.5\, s_y), \qquad \tau \sim t_3^+(1.5\, s_y / s_X), \qquad
          s_X^2 = \sum_j s_{x_j}^2

:math:`t_3^+(s)` is the half-Student-t density with 3 degrees of freedom and scale s.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, Self

import numpy as np

from bayes_l2.arrays import norms
from bayes_l2.fits.exact import WIDE, ExactPosterior, fit_exact
from bayes_l2.model.likelihoods import Normal
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.priors import HalfStudentT
from bayes_l2.model.priors import Normal as NormalPrior
from bayes_l2.model.rows import Rows
from bayes_l2.model.scales import Scale, as_scale
from bayes_l2.model.statistics.sufficient_statistics import SufficientStatistics
from bayes_l2.posteriors.gaussian import GaussianPosterior
from bayes_l2.texts import shown

UNKNOWN = "unknown"
DF = 3  # the heaviest tail of whole degrees that leaves every prediction an sd
WIDTH = 1.5  # in sds of y; 90 % intervals from 3 rows hold 88 % with 1, 92 % with 1.5
LEAST_NOISE = 1e-12  # of the size of y: some thousand times the rounding of a number


class Sizes(NamedTuple):
    """The sizes of data, which are the units of unknown scales.

    Attributes
    ----------
    y, X : float
        The sd of y, and the root of the sum of the variances of the columns of X, with
        the divisor n - 1. Without an intercept they are root mean squares. A y of size
        0 counts as ``level``, an X of size 0 as 1.
    level : float
        The root mean square of y, or 1 where it is 0.
    """

    y: float
    X: float
    level: float

    @classmethod
    def of(cls, statistics: SufficientStatistics, *, centred: bool) -> Self:
        """Return the sizes of rows."""
        X, y = statistics.equivalent_rows(centred=centred)
        root = np.sqrt(max(statistics.total_weight - centred, 1.0))
        of_X, of_y = (float(norms(each, axis=0) / root) for each in (X.ravel(), y))
        level = float(np.hypot(of_y, statistics.mean[-1])) or 1.0
        return cls(of_y or level, of_X or 1.0, level)

    @property
    def noise_sd(self) -> Scale:
        """The prior of an unknown noise sd."""
        return HalfStudentT(DF, WIDTH * self.y)

    @property
    def prior_sd(self) -> Scale:
        """The prior of an unknown prior sd."""
        return HalfStudentT(DF, WIDTH * self.y / self.X)


def model_of_scales(
    statistics: SufficientStatistics, noise_sd: Any, prior_sd: Any, *, intercept: bool
) -> LinearModel:
    """Return the Gaussian model of rows, whose scales may be "unknown"."""
    sizes = Sizes.of(statistics, centred=intercept)
    noise = sizes.noise_sd if is_unknown(noise_sd) else scale_of(noise_sd, "noise_sd")
    model = LinearModel.from_statistics(
        statistics,
        likelihood=Normal(noise),
        prior=prior_of(prior_sd, sizes.prior_sd),
        intercept=intercept,
    )
    propriety = model.propriety
    if is_unknown(noise_sd) and propriety.improper and propriety.columns_fit:
        return replace(model, likelihood=Normal(LEAST_NOISE * sizes.level))
    return model


def posterior_of(model: LinearModel, rows: Rows | None) -> ExactPosterior:
    """Return the exact posterior of a model of statistics.

    With the rows themselves, where scales are known, its mean has all its digits.
    """
    is_wide = model.n_features > max(WIDE, model.n_rows)
    if rows is None or model.unknown_scales or is_wide:
        return fit_exact(model)
    prior = GaussianPosterior.before_data(model)
    return prior.condition_on_statistics(model.statistics, rows)


def prior_of(prior_sd: Any, unknown: Scale) -> NormalPrior:
    """Return the prior of one sd, or of a list or a dict of those of the columns."""
    if is_unknown(prior_sd):
        return NormalPrior(unknown)
    by_column = isinstance(prior_sd, Sequence | np.ndarray | Mapping)
    if by_column and not isinstance(prior_sd, str | bytes):
        return NormalPrior(prior_sd)
    return NormalPrior(scale_of(prior_sd, "prior_sd"))


def is_unknown(value: object) -> bool:
    """Return whether a scale is the word "unknown"."""
    return isinstance(value, str) and value == UNKNOWN


def scale_of(value: object, name: str) -> Scale:
    """Return the scale that is a positive number or a prior."""
    if isinstance(value, int | float | np.number | Scale):
        return as_scale(value, name)
    raise ValueError(
        f"{name} must be 'unknown', a positive number, or a prior on it such as "
        f"priors.HalfNormal(50); got {shown(value)}"
    )
