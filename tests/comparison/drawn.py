"""What a figure shows of a comparison, on normal coefficients and a gamma scale."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from scipy import stats

NAMES, MEANS, SDS = ("a", "b", "c"), [3.0, -4.0, 0.5], [1.0, 2.0, 1.0]
RNG = np.random.default_rng(0)
DRAWS = {
    name: RNG.normal(m, s, 100) for name, m, s in zip(NAMES, MEANS, SDS, strict=True)
}
DRAWS["prior_sd"] = RNG.gamma(4.0, 1.0, 100)


class Posterior:
    """Normal coefficients behind an intercept, and a scale."""

    def __init__(self, means: Any = MEANS, sds: Any = SDS) -> None:
        self.means, self.sds = np.append(100.0, means), np.append(1.0, sds)

    def interval(self, probability: float) -> np.ndarray:
        z = stats.norm.isf((1 - probability) / 2)
        return np.column_stack([self.means - z * self.sds, self.means + z * self.sds])

    def marginal(self, name: str) -> Any:
        if name == "prior_sd":
            return stats.gamma(4.0)
        place = 1 + NAMES.index(name)
        return stats.norm(self.means[place], self.sds[place])


def shown(names: tuple[str, ...] = NAMES, **parts: Any) -> Any:
    likelihood = SimpleNamespace(unit="units of y")
    layout = SimpleNamespace(n_intercepts=1, names=("intercept", *names))
    routes = parts.pop("routes", {})
    rows = ["intercept", *names]
    columns = {route: [0.0, *values] for route, values in routes.items()}
    missing = {"reference": None, "mcmc": None, "exact": None, "scale_names": ()}
    return SimpleNamespace(
        model=SimpleNamespace(layout=layout, likelihood=likelihood),
        table=pd.DataFrame(columns, index=rows),
        coef_names=names,
        penalised_name="ridge",
        draws_of=DRAWS.__getitem__,
        **(missing | parts),
    )


def tree(*, given: bool = False, sampled: bool = True) -> xr.DataTree:
    draws = xr.Dataset({"coef": (("chain", "draw"), np.zeros((4, 25)))})
    groups = {"posterior": draws}
    if sampled:
        groups["sample_stats"] = draws
    found = xr.DataTree.from_dict(groups)
    found.attrs = {"given": True} if given else {}
    return found


EXACT = ("exact posterior", Posterior())
