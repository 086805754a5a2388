r"""The place of each intercept and coefficient in the parameter vector.

With one linear predictor the vector is :math:`(a, b_1, \dots, b_p)`, or :math:`b`
without an intercept. Inside the package intercepts have the shape (K,) and
coefficients (K, p), with K = 1 for one linear predictor.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from bayes_l2.arrays import FloatArray
from bayes_l2.floats import floats
from bayes_l2.texts import listed, record_text

INTERCEPT, NOISE_SD, PRIOR_SD, PENALTY = "intercept", "noise_sd", "prior_sd", "penalty"


class Parameters(NamedTuple):
    """A parameter vector by its parts.

    intercept has shape (K,) and coef (K, p). A known scale has the model's value, and
    1 where the model has none.
    """

    intercept: FloatArray
    coef: FloatArray
    noise_sd: float
    prior_sd: float

    __repr__ = record_text


@dataclass(frozen=True)
class Layout:
    r"""The order of intercepts and coefficients in a vector without the scales.

    Where each of K classes has a linear predictor, probabilities do not change if one
    number is added to all intercepts, or one vector to all coefficients. So the
    parameters with a flat prior are held to sum to zero over the classes. Those of the
    last class, minus the sum of the others, are left out of the vector: intercepts
    first, then the coefficients class by class.

    Attributes
    ----------
    features : tuple of str
        Names of the columns.
    intercept : bool
        Whether there are intercepts.
    classes : tuple of str
        Names of the classes with a linear predictor each; empty for one predictor.
    flat : tuple of bool
        Whether the coefficients of each column too have a flat prior; empty for none.
    """

    features: tuple[str, ...]
    intercept: bool
    classes: tuple[str, ...] = ()
    flat: tuple[bool, ...] = ()

    def __repr__(self) -> str:
        return f"Layout(<{len(self.names)} parameters>, {listed(self.names)})"

    @property
    def lines(self) -> int:
        """The number of linear predictors: 1, or K."""
        return len(self.classes) or 1

    @property
    def n_intercepts(self) -> int:
        """The number of intercepts in the vector: 1, or K - 1; 0 without."""
        return max(1, len(self.classes) - 1) * self.intercept

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The name of each entry of the vector."""
        if not self.classes:
            return (*[INTERCEPT] * self.intercept, *self.features)
        coefs = (
            f"{self.features[column]}[{self.classes[line]}]"
            for line, column in np.argwhere(self.own)
        )
        if not self.intercept:
            return tuple(coefs)
        return (*(f"{INTERCEPT}[{name}]" for name in self.classes[:-1]), *coefs)

    @cached_property
    def _summing(self) -> npt.NDArray[np.bool]:
        """Which columns' coefficients sum to zero over the classes, shape (p,)."""
        flat = self.flat or (False,)
        return np.broadcast_to(np.array(flat) & bool(self.classes), len(self.features))

    @cached_property
    def own(self) -> npt.NDArray[np.bool]:
        """Which of the coefficients stand in the vector, shape (K, p)."""
        own = np.ones((self.lines, len(self.features)), dtype=bool)
        own[-1] = ~self._summing
        return own

    def split(self, vectors: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return intercepts and coefficients of vectors in the last axis.

        Their shapes are (..., K) and (..., K, p). Intercepts are 0 without any.
        """
        first, shape = self.n_intercepts, vectors.shape[:-1]
        coef = self._unfolded(vectors[..., first:])
        intercept = vectors[..., :first]
        if not self.intercept:
            intercept = np.zeros((*shape, self.lines))
        if not self.classes:
            return intercept, coef
        if self.intercept:
            intercept = _summing_to_zero(intercept)
        return intercept, coef

    def _unfolded(self, entries: FloatArray) -> FloatArray:
        """Return coefficients (..., K, p) of those that stand in the vector."""
        shape = *entries.shape[:-1], *self.own.shape
        if self.own.all():
            return entries.reshape(shape)
        coef = np.zeros(shape)
        coef[..., self.own] = entries
        coef[..., -1, self._summing] = -coef[..., :-1, self._summing].sum(axis=-2)
        return coef

    def join(self, intercept: npt.ArrayLike, coef: npt.ArrayLike) -> FloatArray:
        """Return the vector of intercepts and coefficients, in public shapes or (K, p).

        Parameters with a flat prior are taken less their mean over the classes. One
        intercept is that of every class.
        """
        p = len(self.features)
        coef, intercept = floats(coef, "coef"), floats(intercept, "intercept")
        wanted = (self.lines, p) if self.classes else (p,)
        if coef.shape not in (wanted, (self.lines, p)):
            raise ValueError(f"coef must have shape {wanted}, got {coef.shape}")
        if intercept.shape not in ((), (1,), (self.lines,)):
            raise ValueError(
                f"intercept must be {self.lines} numbers, got shape {intercept.shape}"
            )
        coef = coef.reshape(self.lines, p)
        intercept = np.broadcast_to(intercept, self.lines)
        if self.classes:
            intercept = intercept - np.mean(intercept)
            coef = np.where(self._summing, coef - coef.mean(axis=0), coef)
        return self.select(*self.squeezed(intercept, coef))

    def squeezed(self, intercept: FloatArray, coef: FloatArray) -> tuple[Any, Any]:
        """Return intercepts and coefficients in public shapes.

        The shapes are (...,) and (..., p) for one linear predictor, else (..., K) and
        (..., K, p).
        """
        if self.classes:
            return intercept, coef
        return intercept[..., 0], coef[..., 0, :]

    def select(self, intercept: Any, coef: FloatArray) -> FloatArray:
        """Return vectors, in the last axis, of entries in public shapes."""
        if self.classes:
            coef = coef[..., self.own]
        if not self.intercept:
            return coef
        intercept = np.asarray(intercept)
        if self.classes:
            intercept = intercept[..., : self.n_intercepts]
        else:
            intercept = intercept[..., np.newaxis]
        return np.concatenate([intercept, coef], axis=-1)

    def entries(self, of_intercepts: float, of_coefs: npt.ArrayLike) -> FloatArray:
        """Return a vector with one number for intercepts, and one for each column."""
        intercept = np.full(self.lines, of_intercepts, dtype=float)
        coef = np.broadcast_to(of_coefs, (self.lines, len(self.features)))
        return self.select(*self.squeezed(intercept, coef))

    @cached_property
    def axes(self) -> FloatArray:
        """The matrix of derivatives of all intercepts and coefficients by the vector.

        A row belongs to an entry of the vector.
        """
        unit = np.eye(len(self.names))
        intercept, coef = self.split(unit)
        first = [intercept] if self.intercept else []
        return np.hstack([*first, coef.reshape(len(unit), -1)])

    def move_origin(self, vectors: FloatArray, shift: FloatArray) -> None:
        """Add a shift, shape (..., K), to the intercepts of vectors, in place."""
        if not self.intercept:
            return
        if self.classes:
            shift = (shift - shift.mean(axis=-1, keepdims=True))[..., :-1]
        vectors[..., : self.n_intercepts] += shift


def _summing_to_zero(values: FloatArray) -> FloatArray:
    return np.concatenate([values, -values.sum(axis=-1, keepdims=True)], axis=-1)
