r"""Monte-Carlo diagnostics of draws, by ArviZ.

.. math:: \mathrm{MCSE} = \frac{\mathrm{sd}}{\sqrt{\mathrm{ESS}}}

with the effective sample size, ESS, and R-hat of Vehtari et al. (2021), Bayesian
Analysis 16(2).
"""

import numpy as np

from bayes_l2.arrays import FloatArray


def diagnostics(draws: FloatArray) -> dict[str, FloatArray]:
    """Return means, sds, errors, R-hat and effective sample sizes.

    Parameters
    ----------
    draws : ndarray of shape (chains, draws, d)
        Draws of d quantities.

    Returns
    -------
    dict of ndarray of shape (d,)
        By the name of their column in a comparison's table.
    """
    import arviz as az
    import xarray as xr

    drawn = xr.Dataset({"row": (("chain", "draw", "quantity"), draws)})
    # the R-hat of chains that never move is NaN or infinite, and fails the check
    with np.errstate(divide="ignore", invalid="ignore"):
        found = {
            "mcmc": drawn.mean(("chain", "draw")),
            "mcmc_mcse": az.mcse(drawn),
            "mcmc_sd": drawn.std(("chain", "draw"), ddof=1),
            "r_hat": az.rhat(drawn),
            "ess_bulk": az.ess(drawn, method="bulk"),
            "ess_mean": az.ess(drawn, method="mean"),
            "ess_sd": az.ess(drawn, method="sd"),
        }
    return {name: each["row"].to_numpy() for name, each in found.items()}


def z_scores(values: FloatArray) -> FloatArray:
    """Return means over draws in their Monte-Carlo standard errors, shape (d,)."""
    import arviz as az
    import xarray as xr

    drawn = xr.Dataset({"row": (("chain", "draw", "quantity"), values)})
    return values.mean(axis=(0, 1)) / az.mcse(drawn)["row"].to_numpy()
