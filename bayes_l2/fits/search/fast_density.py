r"""The log posterior and its gradient as one function of arrays, for samplers.

Gaussian rows and a Gaussian prior are two sums of squares in u,

.. math:: S = \lVert A u - t \rVert^2, \qquad q = \lVert P u - m \rVert^2, \qquad
          \log p = -n \log\sigma - \frac{S}{2\sigma^2} - p \log\tau
          - \frac{q}{2\tau^2} + \dots

A sampler calls the function tens of thousands of times. So the arrays that depend on
the model alone are worked out once. The values are those of
``FreeCoordinates.log_density_and_gradient``, which says the same step by step.
"""

from collections.abc import Callable
from math import exp, log

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.fits.search.coordinates import FreeCoordinates
from bayes_l2.model.layout import NOISE_SD, PRIOR_SD
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.observations import GaussianObservations, RowObservations

Density = Callable[[FloatArray], tuple[float, FloatArray]]
LARGEST_LOG = 300.0  # of a scale: its square stays a number


def fast_density(coordinates: FreeCoordinates) -> Density:
    """Return the log density and its gradient as a function of u.

    Parameters
    ----------
    coordinates : FreeCoordinates
        The coordinates of a model.

    Returns
    -------
    callable
        It takes u, and returns a number and an array of the shape of u.
    """
    model, observations = coordinates.model, coordinates.centred.observations
    if isinstance(observations, RowObservations):
        if model.layout.classes:
            return _with_constant(coordinates, _by_class(coordinates, observations))
        terms = _row_term(coordinates, observations), _prior_term(coordinates)
        return _with_constant(coordinates, _sum(*terms))
    assert isinstance(observations, GaussianObservations)
    rows, targets = _in_free_coordinates(coordinates, *observations.least_squares())
    if model.unknown_scales:
        return _with_constant(coordinates, _with_scales(coordinates, rows, targets))
    noise_sd = model.likelihood.noise.value
    rows, targets = rows / noise_sd, targets / noise_sd
    if not model.prior.is_smooth:
        terms = _squares(rows, targets), _prior_term(coordinates)
        return _with_constant(coordinates, _sum(*terms))
    of_prior = _prior_squares(coordinates)
    stacked = (np.vstack([rows, of_prior[0]]), np.append(targets, of_prior[1]))
    return _with_constant(coordinates, _squares(*stacked))


def _with_constant(coordinates: FreeCoordinates, density: Density) -> Density:
    """Add the constant that the value at 0 shows to be missing."""
    origin = np.zeros(coordinates.size)
    constant = coordinates.log_density(origin) - density(origin)[0]

    def shifted(u: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = density(u)
        return value + constant, gradient

    return shifted


def _sum(first: Density, second: Density) -> Density:
    def density(u: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = first(u)
        other, slope = second(u)
        return value + other, gradient + slope

    return density


def _squares(rows: FloatArray, targets: FloatArray) -> Density:
    """Return minus half a sum of squares."""

    def density(u: FloatArray) -> tuple[float, FloatArray]:
        residuals = targets - rows @ u
        return -0.5 * float(residuals @ residuals), residuals @ rows

    return density


def _row_term(coordinates: FreeCoordinates, observations: RowObservations) -> Density:
    """Return the log likelihood of rows, up to a constant."""
    y, weights = observations.y, observations.rows.row_weights
    design = observations.design * coordinates.scale
    at_zero = observations.design @ coordinates.origin
    value_and_slope = observations.likelihood.value_and_slope

    def density(u: FloatArray) -> tuple[float, FloatArray]:
        value, slope = value_and_slope(y, at_zero + design @ u, weights)
        return value, slope @ design

    return density


def _by_class(coordinates: FreeCoordinates, observations: RowObservations) -> Density:
    """Return the log posterior of rows whose classes have a linear predictor each.

    Intercepts and coefficients stand in one matrix, shape (1 + p, K).
    """
    layout, prior = coordinates.model.layout, coordinates.model.prior
    y, weights = observations.y, observations.rows.row_weights
    design, first = observations.design, int(layout.intercept)
    value_and_slope = observations.likelihood.value_and_slope
    shape = design.shape[1], layout.lines
    # the layout has all intercepts first, and then the coefficients class by class
    places = np.arange(layout.axes.shape[1])
    coefs = places[first * layout.lines :].reshape(layout.lines, -1).T
    order = np.concatenate([places[: first * layout.lines], coefs.ravel()])
    steps = coordinates.scale[:, np.newaxis] * layout.axes[:, order]
    at_zero = coordinates.origin @ layout.axes[:, order]
    slopes = prior.kink_slope

    def density(u: FloatArray) -> tuple[float, FloatArray]:
        lines = (at_zero + u @ steps).reshape(shape)
        value, slope = value_and_slope(y, design @ lines, weights)
        by_lines = design.T @ slope
        coef = lines[first:].T
        of_prior, by_coef = prior.smooth_part(coef)
        if not prior.is_smooth:
            of_prior -= float(np.sum(slopes * np.abs(coef)))
            by_coef = by_coef - slopes * np.sign(coef)
        by_lines[first:] += by_coef.T
        return value + of_prior, steps @ by_lines.ravel()

    return density


def _prior_term(coordinates: FreeCoordinates) -> Density:
    """Return the log density of a prior of known scale, up to a constant."""
    model = coordinates.model
    if model.prior.is_smooth:
        return _squares(*_prior_squares(coordinates))
    first, prior = model.layout.n_intercepts, model.prior
    origin, scale = coordinates.origin[first:], coordinates.scale[first:]

    def density(u: FloatArray) -> tuple[float, FloatArray]:
        coef = (origin + scale * u[first:])[np.newaxis]
        gradient = np.zeros(len(u))
        gradient[first:] = scale * prior.gradient(coef)[0]
        return prior.log_density(coef), gradient

    return density


def _prior_squares(coordinates: FreeCoordinates) -> tuple[FloatArray, FloatArray]:
    """Return the prior as rows and targets in u, in units of its known sds."""
    model, prior = coordinates.model, coordinates.model.gaussian_prior
    rows, targets = _prior_rows(coordinates)
    unit = prior.multiplier(model.likelihood.noise.value, prior.spread.value)
    return rows / unit, targets / unit


def _prior_rows(coordinates: FreeCoordinates) -> tuple[FloatArray, FloatArray]:
    model, prior = coordinates.model, coordinates.model.gaussian_prior
    root = prior.root(model.n_features)
    rows = np.hstack([np.zeros((len(root), model.layout.n_intercepts)), root])
    targets = root @ prior.mean_vector(model.n_features)
    return _in_free_coordinates(coordinates, rows, targets)


def _in_free_coordinates(
    coordinates: FreeCoordinates, rows: FloatArray, targets: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return rows and targets of the location as rows and targets of u."""
    location = slice(coordinates.n_location)
    origin, scale = coordinates.origin[location], coordinates.scale[location]
    return rows * scale, targets - rows @ origin


def _with_scales(
    coordinates: FreeCoordinates, rows: FloatArray, targets: FloatArray
) -> Density:
    """Return the log density of a Gaussian model with unknown scales."""
    model, n_location = coordinates.model, coordinates.n_location
    prior_rows, prior_targets = _prior_rows(coordinates)
    n, p = model.statistics.n_rows, len(prior_rows)
    relative, power = model.prior.relative_to_noise, coordinates.log_power
    origin = coordinates.origin[n_location:].tolist()
    steps = coordinates.scale[n_location:].tolist()
    names, scales = list(model.unknown_scales), list(model.unknown_scales.values())
    known = _known_logs(model)
    has_noise, has_spread = NOISE_SD in names, PRIOR_SD in names
    # the slope by log noise_sd has that of the prior if the prior is relative to it
    shared = 1.0 if relative else 0.0

    def density(u: FloatArray) -> tuple[float, FloatArray]:
        location, free = u[:n_location], u[n_location:].tolist()
        logs = [
            min(max(o + s * v, -LARGEST_LOG), LARGEST_LOG)
            for o, s, v in zip(origin, steps, free, strict=True)
        ]
        log_noise = logs[0] if has_noise else known[NOISE_SD]
        log_unit = logs[-1] if has_spread else known[PRIOR_SD]
        log_unit += shared * log_noise
        precision, belief = exp(-2 * log_noise), exp(-2 * log_unit)
        residuals = targets - rows @ location
        deviations = prior_targets - prior_rows @ location
        squares = precision * float(residuals @ residuals)
        prior_squares = belief * float(deviations @ deviations)
        value = -n * log_noise - p * log_unit - 0.5 * (squares + prior_squares)
        by_unit = prior_squares - p
        slopes = [squares - n + shared * by_unit] * has_noise + [by_unit] * has_spread
        by_scale = []
        for scale, log_sd, step, slope in zip(scales, logs, steps, slopes, strict=True):
            sd = exp(log_sd)
            value += float(scale.log_density(sd)) + power * log_sd
            by_scale.append(step * (slope + float(scale.slope(sd)) + power))
        by_location = precision * (residuals @ rows)
        by_location += belief * (deviations @ prior_rows)
        return value, np.append(by_location, by_scale)

    return density


def _known_logs(model: LinearModel) -> dict[str, float]:
    """Return the logs of the scales that are known, by name."""
    scales = {NOISE_SD: model.likelihood.noise, PRIOR_SD: model.prior.spread}
    return {name: log(s.value) for name, s in scales.items() if s.is_known}
