"""Draws under the names of a model, in the form that ArviZ takes.

The group ``posterior`` has ``coef``, ``intercept`` where there is one, the unknown
scales, and ``penalty`` where it depends on them.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2 import arguments, validation
from bayes_l2.arrays import FloatArray
from bayes_l2.model.layout import INTERCEPT, NOISE_SD, PENALTY, PRIOR_SD, Layout
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.texts import shown

if TYPE_CHECKING:
    import xarray as xr

MOST_CHAINS = 1000
MOST_SAMPLED = 2**28  # numbers that a sampler keeps, which is 2 GiB


def validated_count(draws: int, chains: int, size: int) -> int:
    """Return the number of draws of all chains, if an array can hold them.

    A draw has ``size`` numbers.
    """
    validation.natural_number(chains, "chains", at_most=MOST_CHAINS)
    return chains * arguments.draws_to_keep(draws, chains * size, "draws")


def require_amount(
    model: LinearModel, draws: int, tune: int, chains: int, seed: int | None
) -> None:
    """Raise ValueError if an amount of sampling is not valid, or has no room."""
    validation.natural_number(draws, "draws")
    validation.natural_number(tune, "tune")
    validation.natural_number(chains, "chains", at_most=MOST_CHAINS)
    arguments.seed(seed)
    size = len(model.parameter_names)
    most = MOST_SAMPLED // (chains * size)
    if draws + tune > most:
        raise ValueError(
            f"draws and tune must be at most {most} together, for {chains} chains of "
            f"{size} parameters, got {shown(draws)} and {shown(tune)}"
        )


def named_draws(
    layout: Layout, parameters: FloatArray, scales: dict[str, FloatArray]
) -> "xr.Dataset":
    """Return draws of the parameter vector by the names of a layout.

    Parameters
    ----------
    layout : Layout
        The order of intercepts and coefficients, which begin the vector.
    parameters : ndarray of shape (chains, draws, d)
        Draws of the parameter vector.
    scales : dict of ndarray of shape (chains, draws)
        Draws of the unknown scales and of the penalty, by name.

    Returns
    -------
    xarray.Dataset
        Variables with the dimensions chain and draw.
    """
    import xarray as xr

    classes, dims = layout.classes, ("chain", "draw")
    by_class = ("class",) if classes else ()
    coords: dict[str, Any] = {
        "chain": np.arange(parameters.shape[0]),
        "draw": np.arange(parameters.shape[1]),
        "feature": list(layout.features),
    }
    coords |= {"class": list(classes)} if classes else {}
    location = parameters[..., : len(layout.names)]
    intercept, coef = layout.squeezed(*layout.split(location))
    variables: dict[str, Any] = {"coef": ((*dims, *by_class, "feature"), coef)}
    if layout.intercept:
        variables[INTERCEPT] = ((*dims, *by_class), intercept)
    variables |= {name: (dims, values) for name, values in scales.items()}
    return xr.Dataset(variables, coords=coords)


def scales_of(model: LinearModel, parameters: FloatArray) -> dict[str, FloatArray]:
    """Return the unknown scales of draws by name, and the penalty if it is random.

    The draws are in the last axis, in the order of ``model.parameter_names``.
    """
    values = np.moveaxis(parameters, -1, 0)[len(model.layout.names) :]
    scales = dict(zip(model.unknown_scales, values, strict=True))
    if model.has_random_penalty:
        scales[PENALTY] = penalty_of(model, scales)
    return scales


def penalty_of(model: LinearModel, scales: dict[str, FloatArray]) -> FloatArray:
    """Return the penalty of draws of the unknown scales, by name."""
    noise_sd = scales.get(NOISE_SD, model.likelihood.sd)
    return model.penalty_at(noise_sd, scales.get(PRIOR_SD, model.prior.sd))
