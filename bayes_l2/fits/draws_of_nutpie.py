"""The draws of nutpie by the names of a model, with what follows for each row."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.fits.search.coordinates import FreeCoordinates
from bayes_l2.model.draws import named_draws, scales_of
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.rows import Rows

if TYPE_CHECKING:
    import xarray as xr

NO_DRAWS = "interrupted before the first draw after tuning"


def named_tree(
    coordinates: FreeCoordinates,
    raw: "xr.DataTree",
    extras: Sequence[str],
    seed: int | None,
) -> "xr.DataTree":
    """Return nutpie's draws by the names of the model, with the groups to add.

    Parameters
    ----------
    coordinates : FreeCoordinates
        The coordinates in which nutpie drew.
    raw : DataTree
        Its draws, some of them NaN where the sampling was interrupted.
    extras : sequence of str
        The groups to add, "log_likelihood" or "posterior_predictive".
    seed : int or None
        Makes new observations repeatable.
    """
    import xarray as xr

    model, free = coordinates.model, raw["posterior"]["u"].to_numpy()
    chain, draw = _longest_block(np.isfinite(free[..., 0]).sum(axis=1))
    if draw == 0:
        raise KeyboardInterrupt(NO_DRAWS)
    parameters = coordinates.parameters(free[chain, :draw])
    posterior = named_draws(model.layout, parameters, scales_of(model, parameters))
    axes = {"chain": posterior["chain"], "draw": posterior["draw"]}
    statistics = raw["sample_stats"].to_dataset()
    statistics = statistics.isel(chain=chain, draw=slice(draw)).assign_coords(axes)
    texts = [str(name) for name, each in statistics.items() if each.dtype == object]
    groups: dict[str, xr.Dataset] = {
        "posterior": posterior,
        "sample_stats": statistics.drop_vars(texts),
    }
    if model.y is not None:
        obs = {"obs": np.arange(len(model.y))}
        groups["observed_data"] = xr.Dataset({"y": (("obs",), model.y)}, coords=obs)
        for name in extras:
            values = _by_row(model, parameters, name, seed)
            variables = {"y": (("chain", "draw", "obs"), values)}
            groups[name] = xr.Dataset(variables, coords={**axes, **obs})
    return xr.DataTree.from_dict(groups)


def _by_row(
    model: LinearModel, parameters: FloatArray, name: str, seed: int | None
) -> FloatArray:
    """Return log densities or new observations of all rows, for each draw."""
    rows, layout = model.data, model.layout
    assert isinstance(rows, Rows)
    n_location = len(layout.names)
    intercept, coef = layout.split(parameters[..., :n_location])
    eta = intercept[..., np.newaxis] + coef @ rows.X.T  # (chain, draw, K, n)
    eta = np.moveaxis(eta, -1, -2) if layout.classes else eta[..., 0, :]
    noise = model.likelihood.noise
    noise_sd = noise.value if noise.is_known else parameters[..., [n_location]]
    if name == "log_likelihood":
        return model.likelihood.log_density(rows.y, eta, noise_sd, rows.weights)
    rng = np.random.default_rng(seed)
    return model.likelihood.sample(rng, eta, noise_sd, rows.weights)


def _longest_block(drawn: Any) -> tuple[Any, int]:
    """Return the chains to keep, and their number of draws, that keep most draws."""
    order = np.argsort(-drawn, kind="stable")
    kept = (np.arange(len(drawn)) + 1) * drawn[order]
    count = int(np.argmax(kept)) + 1
    return np.sort(order[:count]), int(drawn[order[count - 1]])
