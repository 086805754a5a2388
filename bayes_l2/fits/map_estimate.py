"""The maximum a posteriori estimate, by a general optimiser on the log posterior, its gradient and its Hessian."""

from typing import Any, Literal

import numpy as np

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.fits.point_estimate import (
    CONVERGED_GRADIENT_NORM,
    PointEstimate,
    newton_decrement,
)
from bayes_l2.fits.search.coordinates import FreeCoordinates
from bayes_l2.fits.search.interior_point import Smooth, minimise
from bayes_l2.fits.search.marginal_density import MarginalDensity
from bayes_l2.fits.search.newton import maximise
from bayes_l2.model.layout import INTERCEPT
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.propriety import require_bounded_density, require_determined
from bayes_l2.model.pymc_program import pymc_program

Engine = Literal["scipy", "pymc"]
Density = Literal["sd", "log_sd", "variance", "marginal"]
LOG_POWERS = {"sd": 0.0, "log_sd": 1.0, "variance": -1.0}
PYMC_GRADIENT_TOLERANCE = 1e-6  # in PyMC's own coordinates


def fit_map(
    model: LinearModel,
    *,
    density: Density = "sd",
    engine: Engine = "scipy",
    max_iterations: int = 200,
) -> PointEstimate:
    r"""Maximise the log posterior numerically.

    .. math:: \hat\theta = \arg\max_\theta\; \log p(y \mid \theta) + \log p(\theta)

    Where a scale is unknown, the maximum depends on what the density is a density of, and none of these is the
    posterior mean, unless the noise sd alone is unknown and the prior is flat or relative to it. Of the noise sd, and
    of the prior sd alike:

    ============  ========================================================  =====================================
    density       maximised                                                 relation
    ============  ========================================================  =====================================
    "sd"          :math:`p(a, b, \sigma \mid y)`                            what ``pymc.find_MAP`` gives
    "log_sd"      :math:`p(a, b, \log\sigma \mid y)`                        the above times :math:`\sigma`
    "variance"    :math:`p(a, b, \sigma^2 \mid y)`                          the above over :math:`\sigma`
    "marginal"    :math:`p(a, b \mid y)`                                    unknown scales integrated out
    ============  ========================================================  =====================================

    Parameters
    ----------
    model : LinearModel
        The model.
    density : {"sd", "log_sd", "variance", "marginal"}, default "sd"
        Which density to maximise; the same where all scales are known.
    engine : {"scipy", "pymc"}, default "scipy"
        "scipy" runs a trust-region Newton method on ``log_posterior`` in free coordinates (centred, scales by their
        logarithms, each axis scaled to unit curvature), and an interior-point method where it has kinks; "pymc" runs
        ``pymc.find_MAP`` with the same Newton method on ``pymc_program(model)``, raw rows and all, and knows the
        density "sd" only, and no kinks.
    max_iterations : int, default 200
        Bound on the iterations.

    Returns
    -------
    PointEstimate
        Look at ``converged`` and ``gradient_norm``: nothing is raised where the search stops short, as it does where
        the density rises towards a limit that it never reaches. Its objective is that of the density asked for, up to a
        constant for "marginal", whose scales are NaN: they are integrated out.

    Raises
    ------
    ValueError
        If an argument is not valid, the density grows without bound, or the engine needs rows that are gone.

    References
    ----------
    Nocedal and Wright (2006), Numerical Optimization, chapter 4.
    """
    validation.one_of(density, (*LOG_POWERS, "marginal"), "density")
    validation.one_of(engine, ("scipy", "pymc"), "engine")
    validation.natural_number(max_iterations, "max_iterations")
    if model.unknown_scales or model.likelihood.sd is None:
        require_determined(model)
    if engine == "pymc":
        if density != "sd" and model.unknown_scales:
            raise ValueError(
                f"density must be 'sd' for the engine pymc where a scale is unknown, got {density!r}"
            )
        if not model.is_smooth:
            raise ValueError(
                f"engine must be 'scipy' where the log posterior has kinks, got {engine!r}"
            )
        require_bounded_density(model, 0.0)
        return _by_pymc(model, max_iterations)
    if density == "marginal" and model.unknown_scales:
        return _by_marginal(model, max_iterations)
    log_power = LOG_POWERS.get(density, 0.0)
    require_bounded_density(model, log_power)
    return _by_scipy(model, log_power, max_iterations)


def _by_scipy(
    model: LinearModel, log_power: float, max_iterations: int
) -> PointEstimate:
    coordinates = FreeCoordinates(model, log_power)
    if not model.is_smooth:
        return _by_interior_point(model, coordinates, max_iterations)
    u = maximise(coordinates, max_iterations)
    return PointEstimate.at(
        model, coordinates.parameters(u), route="scipy trust-exact", log_power=log_power
    )


def _by_interior_point(
    model: LinearModel, coordinates: FreeCoordinates, max_iterations: int
) -> PointEstimate:
    def value_and_gradient(u: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = coordinates.smooth_part(u)
        return -value, -gradient

    smooth = Smooth(value_and_gradient, lambda u: -coordinates.hessian(u))
    u = minimise(smooth, coordinates.absolute_terms(), max_iterations)
    return PointEstimate.at(model, coordinates.parameters(u), route="interior point")


def _by_marginal(model: LinearModel, max_iterations: int) -> PointEstimate:
    marginal = MarginalDensity(model)
    u = maximise(marginal, max_iterations)
    intercept, coef = marginal.split(u)
    gradient_norm = newton_decrement(marginal, u)
    return PointEstimate(
        coef=coef,
        intercept=intercept,
        noise_sd=np.nan,
        prior_sd=np.nan,
        objective=-marginal.log_density(u),
        gradient_norm=gradient_norm,
        converged=gradient_norm <= CONVERGED_GRADIENT_NORM,
        route="scipy trust-exact",
        model=model,
    )


def _by_pymc(model: LinearModel, max_iterations: int) -> PointEstimate:
    import pymc as pm
    from pytensor.compile.mode import Mode

    found: Any = pm.find_MAP(
        model=pymc_program(model),
        method="trust-exact",
        return_inferencedata=True,
        jitter=False,
        progressbar=False,
        options={"maxiter": max_iterations, "gtol": PYMC_GRADIENT_TOLERANCE},
        # a dozen evaluations: interpreting the graph takes one second, compiling it (BLAS calls too) twenty
        compile_kwargs={
            "mode": Mode(linker="py", optimizer="fast_compile").excluding("BlasOpt")
        },
    )
    mode = found["posterior"].to_dataset().isel(chain=0, draw=0)
    scales = {name: float(mode[name]) for name in model.unknown_scales}
    intercept = mode[INTERCEPT].to_numpy() if model.intercept else 0.0
    parameters = model.join(intercept, mode["coef"].to_numpy(), **scales)
    return PointEstimate.at(model, parameters, route="PyMC find_MAP")
