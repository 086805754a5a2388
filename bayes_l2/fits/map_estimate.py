"""The maximum a posteriori estimate, by a general optimiser on the log posterior, its gradient and its Hessian."""

from typing import Any, Literal

import numpy as np

from bayes_l2 import validation
from bayes_l2.fits.point_estimate import PointEstimate
from bayes_l2.model import INTERCEPT, LinearModel
from bayes_l2.pymc_model import pymc_program
from bayes_l2.validation import FloatArray

Engine = Literal["scipy", "pymc"]
GRADIENT_TOLERANCE = 1e-9  # in the scaled coordinates, of unit curvature along each axis


def fit_map(model: LinearModel, *, engine: Engine = "scipy", max_iterations: int = 200) -> PointEstimate:
    r"""Maximise the log posterior numerically.

    .. math:: \hat\theta = \arg\max_\theta\; \log p(y \mid \theta) + \log p(\theta)

    Parameters
    ----------
    model : LinearModel
        The model.
    engine : {"scipy", "pymc"}, default "scipy"
        "scipy" runs a trust-region Newton method on ``log_posterior`` of the centred model, each axis scaled to unit
        curvature; "pymc" runs ``pymc.find_MAP`` with the same method on ``pymc_program(model)``, raw rows and all.
    max_iterations : int, default 200
        Bound on the iterations.

    Returns
    -------
    PointEstimate
        Look at ``converged`` and ``gradient_norm``: nothing is raised where the search stops short.

    Raises
    ------
    ValueError
        If an argument is not valid, or the engine needs rows that are gone.

    References
    ----------
    Nocedal and Wright (2006), Numerical Optimization, chapter 4.
    """
    validation.one_of(engine, ("scipy", "pymc"), "engine")
    validation.natural_number(max_iterations, "max_iterations")
    return _by_scipy(model, max_iterations) if engine == "scipy" else _by_pymc(model, max_iterations)


def _by_scipy(model: LinearModel, max_iterations: int) -> PointEstimate:
    from scipy.optimize import minimize

    centred = model.centred
    origin, scale = centred.origin, centred.scale
    start = centred.log_posterior(origin)

    def objective(u: FloatArray) -> float:
        # the difference to the start keeps digits that the constants of a density would take
        return start - centred.log_posterior(origin + scale * u)

    def gradient(u: FloatArray) -> FloatArray:
        return -scale * centred.gradient(origin + scale * u)

    def hessian(u: FloatArray) -> FloatArray:
        return -centred.hessian(origin + scale * u) * np.outer(scale, scale)

    result = minimize(
        objective,
        np.zeros(len(origin)),
        jac=gradient,
        hess=hessian,
        method="trust-exact",
        options={"gtol": GRADIENT_TOLERANCE, "maxiter": max_iterations, "max_trust_radius": 1e12},
    )
    u = result.x
    if result.success:  # a last Newton step, for directions so flat that their gradient is below the tolerance
        u = u - np.linalg.lstsq(hessian(u), gradient(u))[0]
    intercept, coef = model.split(model.uncentre(origin + scale * u))
    return PointEstimate.at(model, intercept, coef, route="scipy trust-exact")


def _by_pymc(model: LinearModel, max_iterations: int) -> PointEstimate:
    import pymc as pm
    from pytensor.compile.mode import Mode

    found: Any = pm.find_MAP(
        model=pymc_program(model),
        method="trust-exact",
        return_inferencedata=True,
        jitter=False,
        progressbar=False,
        options={"maxiter": max_iterations},
        # a dozen evaluations: interpreting the graph takes one second, compiling it (BLAS calls too) twenty
        compile_kwargs={"mode": Mode(linker="py", optimizer="fast_compile").excluding("BlasOpt")},
    )
    mode = found["posterior"].to_dataset().isel(chain=0, draw=0)
    coef = mode["coef"].to_numpy()
    intercept = float(mode[INTERCEPT]) if model.intercept else 0.0
    return PointEstimate.at(model, intercept, coef, route="PyMC find_MAP")
