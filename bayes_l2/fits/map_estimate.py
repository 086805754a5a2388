r"""The maximum a posteriori estimate, by a general optimiser on the log posterior.

.. math:: \hat\theta = \arg\max_\theta\; \log p(y \mid \theta) + \log p(\theta)
"""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from bayes_l2 import arguments, validation
from bayes_l2.arrays import FloatArray
from bayes_l2.fits.point_estimate import PointEstimate
from bayes_l2.fits.search.certificate import CONVERGED_GRADIENT_NORM, newton_step_left
from bayes_l2.fits.search.coordinates import FreeCoordinates
from bayes_l2.fits.search.integrated_scales import IntegratedScales
from bayes_l2.fits.search.interior_point import Smooth, minimise
from bayes_l2.fits.search.newton import maximise
from bayes_l2.fits.units import in_range
from bayes_l2.model import pairs
from bayes_l2.model.layout import INTERCEPT
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.pymc.program import pymc_program
from bayes_l2.texts import shown

Engine = Literal["scipy", "pymc"]
Density = Literal["sd", "log_sd", "variance", "marginal"]
LOG_POWERS = {"sd": 0.0, "log_sd": 1.0, "variance": -1.0, "marginal": 0.0}
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

    Where a scale is unknown, the maximum depends on the variable of the density. None
    of these maxima is the posterior mean, unless the noise sd alone is unknown and the
    prior is flat or relative to it. For the noise sd, and for the prior sd alike:

    ==========  ==================================  ==============================
    density     maximised                           relation
    ==========  ==================================  ==============================
    "sd"        :math:`p(a, b, \sigma \mid y)`      the mode of ``pymc.find_MAP``
    "log_sd"    :math:`p(a, b, \log\sigma \mid y)`  the above times :math:`\sigma`
    "variance"  :math:`p(a, b, \sigma^2 \mid y)`    "sd" over :math:`\sigma`
    "marginal"  :math:`p(a, b \mid y)`              unknown scales integrated out
    ==========  ==================================  ==============================

    Parameters
    ----------
    model : LinearModel
        The model.
    density : {"sd", "log_sd", "variance", "marginal"}, default "sd"
        The density to maximise. All four are the same where the scales are known.
    engine : {"scipy", "pymc"}, default "scipy"
        "scipy" maximises ``model.log_posterior`` in free coordinates: centred, scales
        by their logarithms, each axis scaled to unit curvature. It runs a damped Newton
        method for classes and counts, with one pass over the rows a step, a
        trust-region Newton method of SciPy for a Gaussian model, and an interior-point
        method where there are kinks. "pymc" runs
        ``pymc.find_MAP`` with that method of SciPy on ``pymc_program(model)``, with the
        raw rows. It knows the density "sd" only, and no kinks.
    max_iterations : int, default 200
        Bound on the iterations.

    Returns
    -------
    PointEstimate
        Look at ``converged`` and ``gradient_norm``: a search that stops short raises
        nothing. It stops short where the density rises towards a limit that it never
        reaches. The objective is that of the density asked for, up to a constant for
        "marginal", whose scales are NaN: they are integrated out.

    Raises
    ------
    ValueError
        If an argument is not valid, the rows do not determine coefficients under a flat
        prior, the density grows without bound, or the engine needs rows that are gone.
        Under a flat prior over partitions, also if the search does not arrive: that is
        how separable classes show there.

    Notes
    -----
    Coefficients that a flat prior leaves undetermined have no mode, and every route
    refuses them alike. Unknown scales are another matter. A posterior can be improper
    because too few rows are left for ``priors.FlatScale()``, and have a mode all the
    same: it is returned, and ``fit_exact`` refuses. A proper posterior can have an
    unbounded density, where columns fit y exactly: ``fit_exact`` returns it, and there
    is no mode to return.

    References
    ----------
    Nocedal and Wright (2006), Numerical Optimization, chapter 4.
    """
    arguments.instance(model, LinearModel, "model")
    validation.one_of(density, tuple(LOG_POWERS), "density")
    validation.one_of(engine, ("scipy", "pymc"), "engine")
    validation.natural_number(max_iterations, "max_iterations")
    search = pairs.entry(
        SEARCHES,
        model.likelihood,
        model.prior,
        route="fit_map",
        instead="maximise its log posterior with scipy.optimize",
    )
    model.propriety.require_determined()
    if engine == "pymc":
        model.require_rows("engine='pymc'", "use engine='scipy'")
        if density != "sd" and model.unknown_scales:
            raise ValueError(
                "density must be 'sd' for the engine pymc where a scale is unknown, "
                f"got {shown(density)}"
            )
        if not model.is_smooth:
            raise ValueError(
                "engine must be 'scipy' where the log posterior has kinks, "
                f"got {shown(engine)}"
            )
        model.propriety.require_bounded(0.0)
        return _by_pymc(model, max_iterations)
    if density == "marginal" and model.unknown_scales:
        return in_range(lambda each: _by_marginal(each, max_iterations), model)
    log_power = LOG_POWERS[density]
    model.propriety.require_bounded(log_power)
    return in_range(lambda each: search(each, log_power, max_iterations), model)


def _by_newton(
    model: LinearModel, log_power: float, max_iterations: int
) -> PointEstimate:
    coordinates = FreeCoordinates(model, log_power)
    u = maximise(coordinates, max_iterations)
    route = "damped Newton" if coordinates.curvature_varies else "scipy trust-exact"
    return PointEstimate.found(coordinates, u, route=route)


def _by_interior_point(
    model: LinearModel, log_power: float, max_iterations: int
) -> PointEstimate:
    coordinates = FreeCoordinates(model, log_power)

    def value_and_gradient(u: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = coordinates.smooth_part(u)
        return -value, -gradient

    smooth = Smooth(value_and_gradient, lambda u: -coordinates.hessian(u))
    u = minimise(smooth, coordinates.absolute_terms(), max_iterations)
    estimate = PointEstimate.found(coordinates, u, route="interior point")
    if not estimate.converged:
        model.propriety.require_arrived(-estimate.objective)
    return estimate


Search = Callable[[LinearModel, float, int], PointEstimate]
SEARCHES: dict[pairs.Pair, Search] = {
    pair: _by_newton if pairs.is_smooth(pair) else _by_interior_point
    for pair in pairs.KNOWN_PAIRS
}


def _by_marginal(model: LinearModel, max_iterations: int) -> PointEstimate:
    marginal = IntegratedScales(model)
    u = maximise(marginal, max_iterations)
    intercept, coef = model.layout.squeezed(*marginal.split(u))
    gradient_norm = newton_step_left(marginal, u)
    return PointEstimate(
        coef=coef,
        intercept=float(intercept),
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
    from pytensor.configdefaults import config

    # A dozen evaluations: interpreting the graph takes one second, compiling it (BLAS
    # calls too) twenty. Without a compiler loops over the Hessian's rows are
    # interpreted as well.
    mode = Mode(linker="py", optimizer="fast_compile").excluding("BlasOpt")
    with config.change_flags(cxx=""):
        found: Any = pm.find_MAP(
            model=pymc_program(model),
            method="trust-exact",
            return_inferencedata=True,
            jitter=False,
            progressbar=False,
            options={"maxiter": max_iterations, "gtol": PYMC_GRADIENT_TOLERANCE},
            compile_kwargs={"mode": mode},
        )
    point = found["posterior"].to_dataset().isel(chain=0, draw=0)
    scales = {name: float(point[name]) for name in model.unknown_scales}
    intercept = point[INTERCEPT].to_numpy() if model.intercept else 0.0
    parameters = model.join(intercept, point["coef"].to_numpy(), **scales)
    return PointEstimate.at(model, parameters, route="PyMC find_MAP")
