r"""The prior sd of classes: the mode of its log, by the Laplace evidence.

.. math:: \hat\tau = \arg\max_\tau\; p(y \mid \tau)\, \tau\, p(\tau)
"""

from dataclasses import replace
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

from bayes_l2.fits.laplace import fit_laplace
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.priors import Normal
from bayes_l2.model.scales import Scale

DECADES = 3  # that are tried on either side of the typical value
PER_DECADE = 2  # points
CLOSE = 1e-4  # a relative difference of prior sds


def with_likely_sd(model: LinearModel, spread: Scale, typical: float) -> LinearModel:
    """Return the model with the prior sd at the mode of its log.

    Parameters
    ----------
    model : LinearModel
        A model of classes.
    spread : Scale
        The prior of the prior sd, p.
    typical : float
        A likely value. Values from a thousandth of it to a thousand times it are tried.

    Returns
    -------
    LinearModel
    """

    def at(log_sd: float) -> LinearModel:
        return replace(model, prior=Normal(float(np.exp(log_sd))))

    def loss(log_sd: float) -> float:
        changed = at(log_sd)
        log_prior = spread.log_density(changed.prior.sd) + log_sd
        return -float(fit_laplace(changed).log_evidence + log_prior)

    steps = np.arange(-DECADES * PER_DECADE, DECADES * PER_DECADE + 1)
    grid = np.log(typical) + steps * (np.log(10) / PER_DECADE)
    place = int(np.argmin([loss(each) for each in grid]))
    bounds = grid[max(place - 1, 0)], grid[min(place + 1, len(grid) - 1)]
    found: Any = minimize_scalar(loss, bounds=bounds, options={"xatol": CLOSE})
    return at(float(found.x))
