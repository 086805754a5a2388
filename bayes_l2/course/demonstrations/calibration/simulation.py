r"""Simulations from a prior, and the posterior distribution function at the truth.

.. math:: \theta \sim p(\theta), \quad y \sim p(y \mid \theta) \quad\Rightarrow\quad
          u = F(\theta \mid y) \sim \mathrm{Uniform}(0, 1)
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import chdtr, fdtr

from bayes_l2 import arguments
from bayes_l2.arrays import FloatArray
from bayes_l2.fits.exact import fit_exact
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.posteriors.distributions.multivariate import (
    MultivariateNormal,
    MultivariateT,
)
from bayes_l2.texts import record_text
from bayes_l2.validation import natural_number

__all__ = [
    "ROWS",
    "SETTINGS",
    "Setting",
    "Simulation",
    "calibrate",
    "integrals",
]
__dir__ = __all__.copy

INTERCEPT = 3.0  # of every simulation: its prior is flat
ROWS = (3, 100)  # the least and the largest number

# the noise sd and the prior sd of a simulation
Scales = Callable[[np.random.Generator], tuple[float, float]]


@dataclass(frozen=True)
class Setting:
    """Priors of the scales, and how they are drawn.

    Attributes
    ----------
    words : str
        The setting in words.
    scales : callable
        Draws the noise sd and the prior sd. The prior sd of a prior relative to the
        noise is its factor.
    model : callable
        Takes X, y, row weights, and the scales that were drawn. It uses a scale only
        where that is known.
    is_closed : bool
        Whether the posterior is in closed form; else it is a mixture by quadrature.
    is_relative : bool
        Whether the prior of the coefficients is relative to the noise.
    """

    words: str
    scales: Scales
    model: Callable[..., LinearModel]
    is_closed: bool
    is_relative: bool = False

    __repr__ = record_text


@dataclass(frozen=True, eq=False)
class Simulation:
    """Parameters drawn from a prior, data drawn given them, and the model.

    Attributes
    ----------
    model : LinearModel
        The model of the data.
    truth : dict of str to float
        The parameters that were drawn, and "penalty".
    row : ndarray of shape (p,)
        A new row.
    new_y : float
        The response that was drawn at the new row.
    """

    model: LinearModel
    truth: Mapping[str, float]
    row: FloatArray
    new_y: float

    __repr__ = record_text

    @classmethod
    def draw(
        cls,
        setting: Setting,
        rng: np.random.Generator,
        *,
        rows: tuple[int, int] = ROWS,
    ) -> "Simulation":
        """Draw n of ``rows``, p up to 2n, scales, coefficients, rows and responses.

        n and p are uniform on a logarithmic scale. Columns have unlike scales, and rows
        have the weights ½, 1 and 2.
        """
        n = _whole_number(rng, *rows)
        p = _whole_number(rng, 1, 2 * n)
        noise_sd, prior_sd = setting.scales(rng)
        own = prior_sd * noise_sd if setting.is_relative else prior_sd
        coef = own * rng.standard_normal(p)
        X = rng.standard_normal((n + 1, p)) * np.exp(rng.uniform(-1, 1, p))
        weights = np.append(rng.choice([0.5, 1.0, 2.0], n), 1.0)
        noise = noise_sd * rng.standard_normal(n + 1) / np.sqrt(weights)
        y = INTERCEPT + X @ coef + noise
        truth = {"intercept": INTERCEPT, "noise_sd": noise_sd, "prior_sd": prior_sd}
        truth |= {f"x{j}": value for j, value in enumerate(coef.tolist())}
        truth["penalty"] = (noise_sd / own) ** 2
        model = setting.model(X[:-1], y[:-1], weights[:-1], noise_sd, prior_sd)
        return cls(model, truth, X[-1], float(y[-1]))


def _setting(
    words: str,
    scales: Scales,
    noise: Any = None,
    spread: Any = None,
    *,
    is_closed: bool = False,
    is_relative: bool = False,
) -> Setting:
    """Return a setting; a scale without a prior is known."""

    def model(
        X: Any, y: Any, weights: Any, noise_sd: float, prior_sd: float
    ) -> LinearModel:
        sd = prior_sd if spread is None else spread
        return LinearModel(
            X,
            y,
            likelihood=likelihoods.Normal(noise_sd if noise is None else noise),
            prior=priors.Normal(sd, relative_to_noise=is_relative),
            weights=weights,
        )

    return Setting(words, scales, model, is_closed, is_relative)


def _whole_number(rng: np.random.Generator, low: int, high: int) -> int:
    """Draw a whole number that is uniform on a logarithmic scale."""
    return round(np.exp(rng.uniform(np.log(low), np.log(high))))


def _half_normal(rng: np.random.Generator) -> float:
    return float(abs(rng.standard_normal()))


def _half_cauchy(rng: np.random.Generator) -> float:
    return float(abs(rng.standard_cauchy()))


def _any(rng: np.random.Generator) -> float:
    return float(np.exp(rng.uniform(-2, 2)))


SETTINGS: Mapping[str, Setting] = {
    "known scales": _setting(
        "σ and τ known, from e⁻² to e²",
        lambda rng: (_any(rng), _any(rng)),
        is_closed=True,
    ),
    "conjugate noise": _setting(
        "σ² ~ InvGamma(2, 2), τ a known factor of σ",
        lambda rng: (float(rng.gamma(2.0, 1 / 2.0) ** -0.5), _any(rng)),
        priors.InverseGamma(2.0, 2.0),
        is_closed=True,
        is_relative=True,
    ),
    "flat log noise": _setting(
        "log σ flat, τ a known factor of σ",
        lambda rng: (2.0, _any(rng)),
        priors.FlatLogScale(),
        is_closed=True,
        is_relative=True,
    ),
    "unknown noise": _setting(
        "σ ~ HalfNormal(1), τ = 1",
        lambda rng: (_half_normal(rng), 1.0),
        priors.HalfNormal(1.0),
    ),
    "unknown prior sd": _setting(
        "σ = 1, τ ~ HalfCauchy(1)",
        lambda rng: (1.0, _half_cauchy(rng)),
        spread=priors.HalfCauchy(1.0),
    ),
    "both unknown": _setting(
        "σ ~ HalfNormal(1), τ ~ HalfCauchy(1)",
        lambda rng: (_half_normal(rng), _half_cauchy(rng)),
        priors.HalfNormal(1.0),
        priors.HalfCauchy(1.0),
    ),
}


def integrals(simulation: Simulation) -> dict[str, float]:
    """Return u = F(truth | y) of each quantity under the exact posterior.

    The quantities are the intercept, the first coefficient, the mean of a new y, the
    new y, the unknown scales and the penalty. Where the posterior is in closed form,
    "all coefficients" is the distance of all coefficients and the intercept from their
    mean, in the metric of their covariance.
    """
    posterior: Any = fit_exact(simulation.model)
    truth, row = simulation.truth, simulation.row
    names = ["intercept", "x0", *posterior.unknown]
    found = {name: posterior.marginal(name).cdf(truth[name]) for name in names}
    found["first coefficient"] = found.pop("x0")
    line = truth["intercept"] + sum(
        x * truth[f"x{j}"] for j, x in enumerate(row.tolist())
    )
    X = row[np.newaxis]
    predictive = posterior.predictive(X, observation_noise=False)
    found["mean of a new y"] = predictive.cdf(line)
    found["new y"] = posterior.predictive(X).cdf(simulation.new_y)
    distance = _distance(posterior.location, truth)
    if distance is not None:
        found["all coefficients"] = distance
    return {name: float(np.squeeze(value)) for name, value in found.items()}


def _distance(location: Any, truth: Mapping[str, float]) -> float | None:
    """Return u of the distance of the truth from a Gaussian or a Student-t."""
    point = np.array([truth[name] for name in location.names])
    d = len(point)
    if isinstance(location, MultivariateNormal):
        return float(chdtr(d, location.squared_distance(point)))
    if isinstance(location, MultivariateT):
        square = location.given_unit_noise.squared_distance(point)
        ratio = square / d * location.shape / location.scale
        return float(fdtr(d, location.df, ratio))
    return None  # a mixture has no such metric


def calibrate(
    setting: Setting, count: int, seed: Sequence[int] | int
) -> dict[str, FloatArray]:
    """Return u of each quantity in so many simulations, by the quantity's name."""
    setting = arguments.instance(setting, Setting, "setting")
    count = natural_number(count, "count", at_most=arguments.MOST_NUMBERS)
    if isinstance(seed, list | tuple) and seed:
        parts = [natural_number(each, "seed", at_least=0) for each in seed]
        rng = np.random.default_rng(parts)
    else:
        rng = arguments.generator(seed, "seed")
    found = [integrals(Simulation.draw(setting, rng)) for _ in range(count)]
    return {name: np.array([each[name] for each in found]) for name in found[0]}
