r"""Models near the ends of the range of doubles, in units of powers of two.

.. math:: x'_j = \frac{x_j}{c_j}, \quad y' = \frac yr, \quad
          b'_j = \frac{c_j}{r} b_j

A search needs squares of columns over the noise sd, which overflow from 1e154 on. In
units of its curvature every coefficient has one of size 1. A power of two changes no
digit of a number.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from bayes_l2.arrays import FloatArray, norms
from bayes_l2.fits.point_estimate import PointEstimate
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.rows import Rows
from bayes_l2.model.statistics.sufficient_statistics import SufficientStatistics
from bayes_l2.validation import LARGEST

MODERATE = 1e60  # units up to it, and down to one over it, are no reason to change them
NO_RANGE = (
    "the scales of the model are so far apart that a square or a product is beyond "
    "double precision{}; rescale the columns or y, or use a larger noise_sd or "
    "narrower priors"
)


def in_range(
    solve: Callable[[LinearModel], PointEstimate], model: LinearModel
) -> PointEstimate:
    """Return the estimate of a search, in other units where the model's overflow.

    Raises
    ------
    ValueError
        If numbers overflow in all units, or an unknown scale has none of its own.
    """
    found = None
    with np.errstate(over="raise", invalid="raise"):
        try:
            found = solve(model)
            if found.converged:
                return found
        except (FloatingPointError, OverflowError, ZeroDivisionError):
            pass
        try:
            units = Units.of(model)
            if units is not None and (found is None or units.are_far):
                found = units.restored(solve(units.model), model)
        except (FloatingPointError, OverflowError, ZeroDivisionError):
            pass
    if found is None:
        raise ValueError(NO_RANGE.format(_sizes(model)))
    return found


@contextmanager
def refused_beyond_doubles(model: LinearModel, **errors: Any) -> Iterator[None]:
    """Turn an overflow into a ValueError that tells the model's sizes.

    ``errors`` are those of ``numpy.errstate``.
    """
    try:
        with np.errstate(**errors):
            yield
    except (FloatingPointError, OverflowError, ZeroDivisionError) as error:
        raise ValueError(NO_RANGE.format(_sizes(model))) from error


@dataclass(frozen=True, eq=False)
class Units:
    """A model in units of powers of two.

    Attributes
    ----------
    model : LinearModel
        The model in these units.
    response : int
        The binary logarithm of the unit of y, r.
    columns : ndarray of int of shape (p,)
        Those of the columns, c.
    """

    model: LinearModel
    response: int
    columns: Any

    @classmethod
    def of(cls, model: LinearModel) -> Self | None:
        """Return the units of a model, or None where it has none."""
        data, p = model.data, model.n_features
        if model.unknown_scales or not isinstance(data, Rows | SufficientStatistics):
            return None
        likelihood, prior = model.likelihood, model.prior
        response = 0  # that of classes and counts
        if isinstance(likelihood, likelihoods.Normal):
            response = int(np.frexp(likelihood.noise.value)[1])
        elif isinstance(likelihood, likelihoods.Laplace):
            response = int(np.frexp(likelihood.scale)[1])
        # where the prior knows more of a coefficient than the rows, its sd is the unit
        sds = prior_sds(prior, p)
        by_prior = response * (not prior.relative_to_noise) - np.frexp(sds)[1]
        by_rows = np.frexp(_column_norms(model))[1]
        columns = np.where(np.isinf(sds), by_rows, np.maximum(by_rows, by_prior))
        if isinstance(prior, priors.ElasticNet):  # it has one sd for all
            columns = np.full(p, columns.max())
        if _size_of_y(model) / 2.0**response > LARGEST:
            return None
        return cls(_scaled(model, response, columns), response, columns)

    @property
    def are_far(self) -> bool:
        """Whether the units of the model itself are far from these."""
        farthest = max(abs(self.response), int(np.abs(self.columns).max()))
        return farthest > np.log2(MODERATE)

    def powers_of_location(self, model: LinearModel) -> Any:
        """Return the binary logarithms of the units of intercepts and coefficients."""
        entries = model.layout.entries(self.response, self.response - self.columns)
        return entries.astype(int)

    def restored(self, found: PointEstimate, model: LinearModel) -> PointEstimate:
        """Return an estimate in the units of the model."""
        coef = np.ldexp(found.coef, self.response - self.columns)
        intercept = np.ldexp(found.intercept, self.response)
        proper = ~model.prior.flat_columns(model.n_features)
        shift = model.n_rows * self.response
        shift -= model.layout.lines * int(
            np.sum((self.columns - self.response)[proper])
        )
        noise_sd, prior_sd = model.likelihood.sd, model.prior.sd
        return replace(
            found,
            coef=coef,
            intercept=intercept if model.layout.classes else float(intercept),
            noise_sd=np.nan if noise_sd is None else noise_sd,
            prior_sd=np.nan if prior_sd is None else prior_sd,
            objective=found.objective + float(np.log(2)) * shift,
            model=model,
        )


def _column_norms(model: LinearModel) -> FloatArray:
    data = model.data
    if isinstance(data, Rows):
        roots = np.sqrt(data.row_weights)[:, np.newaxis]
        return np.maximum(norms(roots * data.X, axis=0), np.finfo(float).tiny)
    assert isinstance(data, SufficientStatistics)
    rows, _ = data.equivalent_rows(centred=False)
    return np.maximum(norms(rows, axis=0), np.finfo(float).tiny)


def prior_sds(prior: priors.Prior, p: int) -> FloatArray:
    """Return the size of each coefficient under the prior, infinite for a flat one."""
    if isinstance(prior, priors.Laplace):
        return np.broadcast_to(prior.scale, p)
    if isinstance(prior, priors.ElasticNet):
        return np.full(p, min(prior.l1_scale, prior.l2_sd))
    if not isinstance(prior, priors.Normal):
        return np.full(p, np.inf)
    if prior.cov is not None:
        return np.sqrt(np.diag(prior.cov))
    sds = np.ones(p) if prior.sds is None else prior.sds
    return sds * prior.spread.value


def _scaled(model: LinearModel, response: int, columns: Any) -> LinearModel:
    """Return the model in units of powers of two."""
    data, likelihood, prior = model.data, model.likelihood, model.prior
    by_unit = columns - response  # of b' over b
    if isinstance(likelihood, likelihoods.Normal):
        likelihood = likelihoods.Normal(
            float(np.ldexp(likelihood.noise.value, -response))
        )
    elif isinstance(likelihood, likelihoods.Laplace):
        likelihood = likelihoods.Laplace(float(np.ldexp(likelihood.scale, -response)))
    if isinstance(data, Rows):
        y = np.ldexp(data.y, -response)
        data = replace(data, X=np.ldexp(data.X, -columns), y=y)
    elif isinstance(data, SufficientStatistics):
        powers = -np.append(columns, response)
        data = replace(
            data,
            mean=np.ldexp(data.mean, powers),
            factor=np.ldexp(data.factor, powers),
        )
    if isinstance(prior, priors.Laplace):
        prior = priors.Laplace(_held(np.ldexp(prior_sds(prior, len(columns)), by_unit)))
    elif isinstance(prior, priors.ElasticNet):
        l1, l2 = _held(np.ldexp([prior.l1_scale, prior.l2_sd], by_unit[0]))
        prior = priors.ElasticNet(float(l1), float(l2))
    elif isinstance(prior, priors.Normal):
        prior = _scaled_normal(prior, by_unit, response)
    return LinearModel(
        data=data, likelihood=likelihood, prior=prior, intercept=model.intercept
    )


def _scaled_normal(prior: priors.Normal, by_unit: Any, response: int) -> priors.Normal:
    p = len(by_unit)
    mean = np.ldexp(prior.mean_vector(p), by_unit)
    powers = by_unit + response * prior.relative_to_noise
    options: dict[str, Any] = {"relative_to_noise": prior.relative_to_noise}
    if prior.cov is not None:
        cov = np.ldexp(prior.cov, np.add.outer(powers, powers))
        return priors.Normal(cov=cov, mean=mean, **options)
    sds = _held(np.ldexp(prior_sds(prior, p), powers))
    return priors.Normal(sds, mean=mean, **options)


def _held(sds: FloatArray) -> FloatArray:
    """Return sds that a prior takes: the rows know 1e150 times more than wider ones."""
    return np.where(np.isinf(sds), sds, np.minimum(sds, LARGEST))


def _sizes(model: LinearModel) -> str:
    """Return the sizes of columns and of y as text, where they are at hand."""
    if not isinstance(model.data, Rows | SufficientStatistics):
        return ""
    sizes = _column_norms(model)
    return (
        f": sizes of columns from {sizes.min():.3g} to {sizes.max():.3g}, of y "
        f"{_size_of_y(model):.3g}"
    )


def _size_of_y(model: LinearModel) -> float:
    data = model.data
    y = data.y if isinstance(data, Rows) else data.statistics.mean[-1:]
    return float(np.abs(y).max())
