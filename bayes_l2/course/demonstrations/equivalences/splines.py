"""Ridge regression in the clothes of a smoothing spline."""

from typing import Any

import numpy as np
from scipy.interpolate import make_smoothing_spline

from bayes_l2 import arguments
from bayes_l2.arrays import FloatArray
from bayes_l2.course.demonstrations.equivalences.equivalence import (
    Curve,
    Equivalence,
    Picture,
    furthest,
    rounding,
)
from bayes_l2.fits.exact import fit_exact
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.validation import natural_number, vector

__all__ = ["brownian_columns", "smoothing_spline"]
__dir__ = __all__.copy

NOISE_SD, ROUGHNESS = 0.3, 0.3
STEPS = 10  # roundings of one row, by which even a single row may be off


def smoothing_spline(*, seed: int = 0, n: int = 30) -> Equivalence:
    r"""Smooth rows by a cubic spline: a Gaussian prior on the second derivative.

    The cubic smoothing spline is the curve with the least

    .. math:: \sum_i w_i (y_i - f(x_i))^2 + \lambda \int f''(x)^2\, dx

    (Green and Silverman, 1994). Let :math:`f''` be white noise of intensity
    :math:`\tau^2`, so that f is integrated Brownian motion, with a flat prior on its
    level and slope at the first row, and let row i have noise of variance
    :math:`\sigma^2 / w_i`. Then the posterior mean of f is the spline with
    :math:`\lambda = \sigma^2 / \tau^2` (Kimeldorf and Wahba, 1970; Wahba, 1978). Its
    posterior variance at a row is :math:`\sigma^2 / w_i` times the leverage
    :math:`\partial \hat f(x_i) / \partial y_i` (Wahba, 1983). Draws of f are far
    rougher than the spline: they have no second derivative.

    SciPy minimises the sum in a basis of B-splines. The package knows no splines: it
    gets :func:`brownian_columns`, and penalises their coefficients by ridge regression.
    Means are compared at the rows and halfway between them, sds at the rows. Beyond the
    outermost rows the posterior mean is a straight line, while SciPy's spline goes on
    as its last cubic.

    Parameters
    ----------
    seed : int
        Seed of the data. The weights are drawn too.
    n : int
        Rows, 5 to 120.

    Returns
    -------
    Equivalence
        In posterior sds, the worst mean or sd.

    Raises
    ------
    ValueError
        If the size is out of its bounds.
    """
    rng = arguments.generator(seed, "seed")
    n = natural_number(n, "n", at_least=5, at_most=120)
    x = np.arange(n) + rng.uniform(-0.4, 0.4, n)
    weights = rng.uniform(0.3, 3, n)
    noise = NOISE_SD / np.sqrt(weights) * rng.standard_normal(n)
    y = 3 * np.tanh(6 * x / n - 3) + 0.6 * np.sin(0.6 * x) + noise

    def smooth(response: FloatArray) -> Any:
        penalty = (NOISE_SD / ROUGHNESS) ** 2
        return make_smoothing_spline(x, response, w=weights, lam=penalty)

    spline = smooth(y)
    leverage = [smooth(unit)(place) for unit, place in zip(np.eye(n), x, strict=True)]
    sd_of_spline = NOISE_SD * np.sqrt(np.array(leverage) / weights)

    points = np.sort(np.append(x, (x[1:] + x[:-1]) / 2))  # rows and halfway
    columns = brownian_columns(points)
    model = LinearModel(
        columns[::2],
        y,
        likelihood=likelihoods.Normal(NOISE_SD),
        prior=priors.Normal([np.inf] + [ROUGHNESS] * (columns.shape[1] - 1)),
        weights=weights,
    )
    posterior = fit_exact(model)
    mean, sd = posterior.predict(columns, return_sd=True, observation_noise=False)

    found = max(
        furthest(spline(points), mean, sd), furthest(sd_of_spline, sd[::2], sd[::2])
    )
    size = 1 + float(np.max(np.abs(y)) / np.min(sd))
    band = np.concatenate([mean - 2 * sd, [np.nan], mean + 2 * sd])
    return Equivalence(
        "a cubic smoothing spline is the posterior mean under a Gaussian prior on f''",
        found,
        size * rounding(1.0, STEPS + columns.shape[1]),
        "posterior sds",
        "the penalty on f'' has the kernel of integrated Brownian motion, with a flat "
        "prior on level and slope, so nothing but rounding is between them",
        "Kimeldorf and Wahba (1970), Wahba (1978)",
        Picture(
            "x",
            "y",
            {
                "SciPy's spline": Curve(points, spline(points)),
                "posterior mean": Curve(points[1::2], mean[1::2], "points"),
                "posterior mean ± 2 sd": Curve(
                    [*points, np.nan, *points], band, "dashes"
                ),
                "rows": Curve(x, y, "points"),
            },
            f"SciPy's smoothing spline of {n} rows lies on the posterior mean halfway "
            f"between the rows; the largest gap is {found:.1e} posterior sds. Dashes "
            f"show two posterior sds, {np.min(sd):.2f} to {np.max(sd):.2f} each.",
        ),
    )


def brownian_columns(points: Any) -> FloatArray:
    r"""Return columns by which integrated Brownian motion is a linear model.

    Over a step of length h the slope and level of f move by

    .. math:: \Delta f' = \tfrac{\sqrt{3h}}{2} z_1 + \tfrac{\sqrt{h}}{2} z_2, \qquad
              \Delta f - h f' = \sqrt{h^3 / 3}\; z_1

    with independent :math:`z_1, z_2 \sim N(0, \tau^2)`. So the moves have the variances
    :math:`\tau^2 h` and :math:`\tau^2 h^3 / 3` and the covariance
    :math:`\tau^2 h^2 / 2` of white noise that is integrated once and twice (Wecker and
    Ansley, 1983). A later point has the sum of all moves before it.

    Parameters
    ----------
    points : array_like of shape (m,)
        Points in ascending order, no two of them equal.

    Returns
    -------
    ndarray of shape (m, 2 m - 1)
        The distance from the first point, whose coefficient is the slope there; the
        columns of the m - 1 numbers z₁; those of the z₂.

    Raises
    ------
    ValueError
        If there are no points, or they are not finite or do not ascend.
    """
    places = vector(points, "points")
    steps = np.diff(places)
    if not len(places):
        raise ValueError("points must hold at least one point, got none")
    if np.any(steps <= 0):
        raise ValueError("points must ascend, no two of them equal; sort them first")
    ahead = np.maximum(places[:, None] - places[1:], 0)
    past = places[:, None] >= places[1:]
    first = past * np.sqrt(steps**3 / 3) + ahead * np.sqrt(3 * steps) / 2
    return np.column_stack([places - places[0], first, ahead * np.sqrt(steps) / 2])
