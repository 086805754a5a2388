"""The two strongest columns of a model, for the explorer."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bayes_l2.arrays import FloatArray, are_constant
from bayes_l2.comparison.document.documented import Documented
from bayes_l2.comparison.text.names import shortened
from bayes_l2.explorer.columns import FEWEST_ROWS, MOST_ROWS, Columns
from bayes_l2.fits.exact import fit_exact
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.layout import NOISE_SD, PRIOR_SD
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.rows import Rows
from bayes_l2.model.scales import Known, Scale
from bayes_l2.texts import printable

LONGEST_NAME = 40  # characters
MEDIAN = "50%"
# the sliders of the explorer's plane, in sds of y: see explorer/src/views/plane.js
NOISE_RANGE, PRIOR_RANGE = (0.02, 5.0), (0.01, 5.0)


@dataclass(frozen=True, eq=False)
class Pair:
    """Two columns of a model, with the scales at which the explorer shows them.

    Attributes
    ----------
    columns : Columns
        The two columns and the response.
    noise_sd, prior_sd : float
        The scales, in the units of the model.
    mean, sd : ndarray of shape (2,)
        Exact posterior means and sds of the two coefficients, without other columns.
    """

    columns: Columns
    noise_sd: float
    prior_sd: float
    mean: FloatArray
    sd: FloatArray

    @property
    def fragment(self) -> str:
        """The scene, whose scales are in sds of y."""
        unit = float(np.std(self.columns.y))
        noise, prior = self.noise_sd / unit, self.prior_sd / unit
        return f"view=plane&data=own&noise_sd={noise!r}&prior_sd={prior!r}"


def obstacle(comparison: Documented) -> str:
    """Return why the explorer has no scene of a model, empty where it has one."""
    for reason, is_there in OBSTACLES:
        if is_there(comparison):
            return reason
    return ""


def strongest_pair(comparison: Documented) -> Pair:
    """Return the two columns with the largest coefficients for one sd of a column.

    Only for a comparison without an ``obstacle``.
    """
    X, y = comparison.model.rows("a scene of the explorer")
    strength = np.abs(comparison.exact.coef) * np.std(X, axis=0)
    strength[are_constant(X)] = -1
    first, second = sorted(np.argsort(-strength, kind="stable")[:2].tolist())
    two = np.ascontiguousarray(X[:, [first, second]])
    names = [printable(comparison.model.feature_names[j]) for j in (first, second)]
    names = shortened(names, LONGEST_NAME)
    noise_sd, prior_sd = scales_of(comparison)
    posterior = fit_exact(
        LinearModel(
            two,
            y,
            likelihood=likelihoods.Normal(noise_sd),
            prior=priors.Normal(prior_sd),
        )
    )
    columns = Columns(
        names=tuple(names),
        X=two,
        target="y",
        y=y,
        as_given=True,
    )
    return Pair(columns, noise_sd, prior_sd, posterior.coef, posterior.sd[1:])


def scales_of(comparison: Documented) -> tuple[float, float]:
    """Return noise sd and prior sd; the exact median of one that is unknown."""
    prior = comparison.model.prior
    assert isinstance(prior, priors.Normal)
    noise_sd = _value(comparison, comparison.model.likelihood.noise, NOISE_SD)
    spread = _value(comparison, prior.spread, PRIOR_SD)
    return noise_sd, spread * (noise_sd if prior.relative_to_noise else 1.0)


def _value(comparison: Documented, scale: Scale, name: str) -> float:
    if isinstance(scale, Known):
        return scale.value
    return comparison.scales[name][MEDIAN]


def _too_few_vary(comparison: Documented) -> bool:
    X, y = comparison.model.rows("a scene of the explorer")
    table = np.column_stack([X, y])
    varies = ~are_constant(table)
    return bool(not varies[-1] or varies[:-1].sum() < 2)


def _is_out_of_range(comparison: Documented) -> bool:
    unit = np.std(comparison.model.rows("a scene of the explorer")[1])
    ranges = (NOISE_RANGE, PRIOR_RANGE)
    shares = [each / unit for each in scales_of(comparison)]
    return not all(
        low <= share <= high for share, (low, high) in zip(shares, ranges, strict=True)
    )


# in this order: a later one takes for granted that the earlier ones are not there
OBSTACLES: tuple[tuple[str, Callable[[Documented], bool]], ...] = (
    (
        "it shows only a Normal likelihood",
        lambda seen: not isinstance(seen.model.likelihood, likelihoods.Normal),
    ),
    (
        "it shows only a Normal prior with mean 0 and one sd",
        lambda seen: (
            not (
                isinstance(seen.model.prior, priors.Normal)
                and seen.model.prior.is_ridge
            )
        ),
    ),
    ("it shows a model with an intercept", lambda seen: not seen.model.intercept),
    ("it knows no row weights", lambda seen: seen.model.weights is not None),
    (
        "it needs the rows, which are not in memory",
        lambda seen: not isinstance(seen.model.data, Rows),
    ),
    (
        f"it takes {FEWEST_ROWS} to {MOST_ROWS} rows",
        lambda seen: not FEWEST_ROWS <= seen.model.n_rows <= MOST_ROWS,
    ),
    ("it needs a y and two columns that vary", _too_few_vary),
    (
        "it needs the exact posterior, and this comparison has none",
        lambda seen: seen.exact is None,
    ),
    (
        f"its noise sd goes from {NOISE_RANGE[0]} to {NOISE_RANGE[1]} sds of y, and "
        f"its prior sd from {PRIOR_RANGE[0]} to {PRIOR_RANGE[1]}",
        _is_out_of_range,
    ),
)
