r"""Observations that a model expects before it has seen any, by PyMC.

.. math:: p(y) = \int p(y \mid \theta)\, p(\theta)\, d\theta
"""

from typing import TYPE_CHECKING

import numpy as np

from bayes_l2 import arguments
from bayes_l2.model.draws import validated_count
from bayes_l2.model.layout import INTERCEPT
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.pymc.program import pymc_program
from bayes_l2.texts import listed

if TYPE_CHECKING:
    import xarray as xr


def prior_predictive(
    model: LinearModel, *, draws: int = 500, seed: int | None = None
) -> "xr.DataTree":
    """Draw parameters from the prior, and observations of the model's rows from them.

    Parameters
    ----------
    model : LinearModel
        A model whose priors are all proper, so without an intercept. Its y does not
        matter.
    draws : int, default 500
        Number of draws, which are independent.
    seed : int, optional
        Makes the draws repeatable.

    Returns
    -------
    xarray.DataTree
        Groups ``prior``, with the variables of ``fit_mcmc``, ``prior_predictive`` and
        ``observed_data``; labels are there as the model keeps them.

    Raises
    ------
    ValueError
        If a prior is improper, an argument is not valid, or the rows are gone.

    References
    ----------
    Gabry et al. (2019), Journal of the Royal Statistical Society A 182(2).
    """
    import pymc as pm
    import xarray as xr
    from pytensor.compile.mode import Mode

    arguments.instance(model, LinearModel, "model")
    rows = model.require_rows("prior_predictive", "use a sample of the rows")
    arguments.seed(seed)
    validated_count(draws, 1, rows.n_rows + len(model.parameter_names))
    _require_proper_priors(model)
    # to interpret a graph takes a tenth of the time of compiling it
    mode = Mode(linker="py", optimizer="fast_compile").excluding("BlasOpt")
    with pymc_program(model):
        drawn = pm.sample_prior_predictive(
            draws, random_seed=seed, compile_kwargs={"mode": mode}
        )
    names = ("prior", "prior_predictive", "observed_data")
    groups = {name: drawn[name].to_dataset() for name in names}
    for name in names[1:]:
        groups[name] = groups[name].map(model.likelihood.from_pymc)
    return xr.DataTree.from_dict(groups)


def _require_proper_priors(model: LinearModel) -> None:
    """Refuse a model with an improper prior by the names of its parameters."""
    ways_out = {}
    if model.intercept:
        ways_out[INTERCEPT] = "intercept=False on centred data"
    flat = model.prior.flat_columns(model.n_features)
    if flat.all():
        ways_out["coef"] = "priors.Normal(sd)"
    elif flat.any():
        names = np.array(model.feature_names)[flat]
        ways_out[f"coef of {listed(names)}"] = "a finite scale of each column"
    for name, scale in model.unknown_scales.items():
        if scale.power_at_infinity >= -1:  # its integral is infinite
            ways_out[name] = f"priors.HalfNormal(sd) of {name}"
    if ways_out:
        one = len(ways_out) == 1
        raise ValueError(
            f"prior_predictive needs proper priors, and {' and '.join(ways_out)} "
            f"{'has a flat one' if one else 'have flat ones'}; "
            f"use {', '.join(ways_out.values())}"
        )
