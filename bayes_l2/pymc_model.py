"""The same model stated again as a PyMC program: raw rows, and a density that PyMC writes from named distributions."""

from typing import TYPE_CHECKING

import numpy as np

from bayes_l2.model import INTERCEPT, LinearModel
from bayes_l2.priors import Flat

if TYPE_CHECKING:
    import pymc as pm

INTERCEPT_OFFSET = "intercept_offset"


def pymc_program(model: LinearModel) -> "pm.Model":
    """Return the model as a PyMC program, with the same log density.

    Its free variables are ``coef`` and, with an intercept, ``intercept_offset``, the intercept at the mean row less the
    mean of y: PyMC's samplers start near zero, and do badly where the intercept is collinear with the columns.
    ``intercept`` itself is deterministic, and the change of variables has determinant 1.

    Parameters
    ----------
    model : LinearModel
        The model; its rows must be at hand.

    Returns
    -------
    pymc.Model
        Free variables as above, ``y`` observed, the coordinate ``feature`` named.

    Raises
    ------
    ValueError
        If the rows are gone.
    """
    import pymc as pm

    X, y = model.rows("pymc_program")
    prior, noise_sd = model.prior, model.likelihood.sd
    with pm.Model(coords={"feature": list(model.feature_names), "obs": np.arange(len(y))}) as program:
        if isinstance(prior, Flat):
            coef = pm.Flat("coef", dims="feature")
        elif prior.sd is not None:
            coef = pm.Normal("coef", mu=prior.mean_vector(model.n_features), sigma=prior.sd, dims="feature")
        else:
            coef = pm.MvNormal("coef", mu=prior.mean_vector(model.n_features), cov=prior.cov, dims="feature")
        if model.intercept:
            mean_x = np.average(X, axis=0, weights=model.weights)
            mean_y = np.average(y, weights=model.weights)
            at_mean = mean_y + pm.Flat(INTERCEPT_OFFSET)
            pm.Deterministic(INTERCEPT, at_mean - mean_x @ coef)
            eta = at_mean + (X - mean_x) @ coef
        else:
            eta = X @ coef
        sigma = noise_sd if model.weights is None else noise_sd / np.sqrt(model.weights)
        pm.Normal("y", mu=eta, sigma=sigma, observed=y, dims="obs")
    return program
