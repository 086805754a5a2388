"""The figures of a comparison in numbers, and in words that are written from them."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.comparison.reference import PROBABILITIES, coef_interval
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.texts import gathered, joined, printable, quantile_name, shortened

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

MAX_HISTOGRAMS = 12
MAX_ROWS = 40
INTERVALS = (0.95, 0.5)  # probabilities
ROUTES = ("penalised", "map", "mcmc")
IN_SDS = 3.92  # sds of a Gaussian between its quantiles 2.5 % and 97.5 %
LONGEST_NAME = 30  # characters of a name in a description


class Drawn(Protocol):
    """The parts of a comparison that its figures show."""

    @property
    def model(self) -> LinearModel:
        """The model."""
        ...

    @property
    def exact(self) -> Any:
        """The exact posterior, or None."""
        ...

    @property
    def mcmc(self) -> "xr.DataTree | None":
        """Draws, or None."""
        ...

    @property
    def reference(self) -> tuple[str, Any] | None:
        """The posterior that the routes are shown on, after its name."""
        ...

    @property
    def penalised_name(self) -> str:
        """The penalised fit by its usual name."""
        ...

    @cached_property
    def table(self) -> "pd.DataFrame":
        """A row a parameter."""
        ...

    @property
    def coef_names(self) -> tuple[str, ...]:
        """Names of the coefficients."""
        ...

    @property
    def scale_names(self) -> tuple[str, ...]:
        """Names of the unknown scales."""
        ...

    def draws_of(self, name: str) -> FloatArray:
        """Return all draws of a parameter."""
        ...


def names_of_routes(comparison: Drawn) -> dict[str, str]:
    """Return the names of the routes that a figure marks by a point."""
    names = (comparison.penalised_name, "MAP", "MCMC mean")
    found = dict(zip(ROUTES, names, strict=True))
    return {route: name for route, name in found.items() if route in comparison.table}


def draws_name(comparison: Drawn) -> str:
    """Name the draws: only those of a sampler that ran here are of NUTS for sure."""
    tree = comparison.mcmc
    given = tree is None or "sample_stats" not in tree.children or "given" in tree.attrs
    return "the draws given" if given else "NUTS draws"


def interval_source(comparison: Drawn) -> str:
    """Name the posterior whose intervals the forest shows, empty without one."""
    if comparison.reference is not None:
        return comparison.reference[0]
    return draws_name(comparison) if comparison.mcmc is not None else ""


def panel_names(comparison: Drawn) -> tuple[str, ...]:
    """Return the coefficients and scales that have a panel of draws."""
    scales = comparison.scale_names
    return (*comparison.coef_names[: MAX_HISTOGRAMS - len(scales)], *scales)


def forest_numbers(comparison: Drawn) -> "pd.DataFrame":
    """Return the ends of the intervals, and each route's point, a row a coefficient."""
    import pandas as pd

    names = comparison.coef_names[:MAX_ROWS]
    columns: dict[str, FloatArray] = {}
    if interval_source(comparison):
        for probability in INTERVALS:
            ends = _intervals(comparison, probability)[: len(names)].T
            tails = ((1 - probability) / 2, (1 + probability) / 2)
            columns |= dict(zip(map(quantile_name, tails), ends, strict=True))
    columns = {name: columns[name] for name in sorted(columns, key=_level)}
    for route, name in names_of_routes(comparison).items():
        columns[name] = comparison.table[route].loc[list(names)].to_numpy()
    return pd.DataFrame(columns, index=pd.Index(names, name="coefficient"))


def _level(name: str) -> float:
    return float(name.rstrip("%"))


def _intervals(comparison: Drawn, probability: float) -> FloatArray:
    """Return the ends of each coefficient's interval, by the reference or the draws."""
    if comparison.reference is not None:
        posterior = comparison.reference[1]
        return coef_interval(posterior, comparison.model.layout, probability)
    tails = ((1 - probability) / 2, (1 + probability) / 2)
    names = comparison.coef_names[:MAX_ROWS]
    return np.array([np.quantile(comparison.draws_of(name), tails) for name in names])


def draws_numbers(comparison: Drawn) -> "pd.DataFrame":
    """Return quantiles of the draws and of the reference, a row a panel."""
    import pandas as pd

    names = panel_names(comparison)
    draws = [np.quantile(comparison.draws_of(name), PROBABILITIES) for name in names]
    tables = {"draws": np.array(draws)}
    if comparison.reference is not None:
        label, posterior = comparison.reference
        exact = [posterior.marginal(name).ppf(PROBABILITIES) for name in names]
        tables[label.split()[0]] = np.array(exact)
    columns = {
        f"{label} {quantile_name(level)}": values
        for label, table in tables.items()
        for level, values in zip(PROBABILITIES, table.T, strict=True)
    }
    return pd.DataFrame(columns, index=pd.Index(names, name="parameter"))


def forest_in_words(comparison: Drawn) -> str:
    """Return the description of the forest."""
    found, source = forest_numbers(comparison), interval_source(comparison)
    routes = list(names_of_routes(comparison).values())
    n_all = len(comparison.coef_names)
    of_all = f" of {n_all}" if len(found) < n_all else ""
    first = "the first " if of_all else ""
    marks = f"the points of {joined(routes)}" if routes else ""
    said = f"{first}{len(found)}{of_all} coefficient{'s' * (n_all != 1)}"
    if not source:
        largest = found[routes[0]].abs().idxmax() if routes else None
        end = f" The largest is {_at(found, routes[0], largest)}." if routes else ""
        return f"Without intervals, {marks or 'no points'} for {said}, a row each.{end}"
    on = f", with {marks} on them" if marks else ""
    lines = [f"Intervals of 50 % and 95 % by the {source}, for {said}, a row each{on}."]
    low, high = found["2.5%"].to_numpy(), found["97.5%"].to_numpy()
    clear = np.flatnonzero((low > 0) | (high < 0))
    ends = [
        f"{_short(found.index[j])} from {low[j]:.3g} to {high[j]:.3g}" for j in clear
    ]
    if ends:
        lines.append(f"The 95 % interval leaves out 0 for {gathered(ends)}.")
    if len(clear) < len(found):
        rest = len(found) - len(clear)
        lines.append(f"It holds 0 for {rest if ends else 'all'} of {len(found)}.")
    sds = (high - low) / IN_SDS
    if routes and np.all(sds > 0):
        centre = (high + low) / 2
        apart = np.abs(found[routes].to_numpy() - centre[:, None]) / sds[:, None]
        row, column = np.unravel_index(np.argmax(apart), apart.shape)
        where = f"{routes[column]} at {_short(found.index[row])}"
        lines.append(
            "The point furthest from the middle of its interval is off by "
            f"{apart[row, column]:.2g} posterior sds: {where}."
        )
    return " ".join(lines)


def draws_in_words(comparison: Drawn) -> str:
    """Return the description of the panels of draws."""
    found = draws_numbers(comparison)
    tree: Any = comparison.mcmc
    sizes = tree["posterior"].sizes
    amount = f"{sizes['chain']} chains of {sizes['draw']}"
    lines = [
        f"Histograms of {draws_name(comparison)}, {amount}, one histogram for each of "
        f"{len(found)} parameters."
    ]
    if comparison.reference is None:
        return lines[0]
    label = comparison.reference[0]
    first = label.split()[0]
    lines.append(f"A line over each is the density of the {label}.")
    sds = (found[f"{first} 97.5%"] - found[f"{first} 2.5%"]).to_numpy() / IN_SDS
    apart = (found["draws 50%"] - found[f"{first} 50%"]).abs().to_numpy() / sds
    place = int(np.argmax(apart))
    lines.append(
        f"The medians of both differ most for {_short(found.index[place])}: by "
        f"{apart[place]:.2g} posterior sds."
    )
    return " ".join(lines)


def _at(found: "pd.DataFrame", route: str, name: Any) -> str:
    return f"{found.loc[name, route]:.3g}, at {_short(name)}"


def _short(name: object) -> str:
    return shortened(printable(str(name)), LONGEST_NAME)
