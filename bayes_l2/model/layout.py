"""What a model's parameters are called, and where each stands in the parameter vector."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from bayes_l2.arrays import FloatArray

INTERCEPT, NOISE_SD, PRIOR_SD, PENALTY = "intercept", "noise_sd", "prior_sd", "penalty"


class Parameters(NamedTuple):
    """A parameter vector by its parts; a scale that is known is the model's, and prior_sd is NaN where none is.

    Where there is a line for each of K classes, intercept has shape (K,) and coef (K, p).
    """

    intercept: Any
    coef: FloatArray
    noise_sd: float
    prior_sd: float


@dataclass(frozen=True)
class Layout:
    r"""How intercepts and coefficients stand in a vector, that of a model's parameters but the scales.

    With one line they are :math:`(a, b_1, \dots, b_p)`, or :math:`b` alone. With a line for each of K classes,
    probabilities do not change if one number is added to all intercepts, or one vector to all coefficients. What has a
    flat prior is therefore held to sum to zero over the classes, and that of the last class, minus the sum of the
    others, is left out: intercepts first, then the coefficients class by class.

    Attributes
    ----------
    features : tuple of str
        Names of the columns.
    intercept : bool
        Whether there are intercepts.
    classes : tuple of str
        Names of the classes with a line each; empty for one line.
    flat : bool
        Whether the coefficients too have a flat prior.
    """

    features: tuple[str, ...]
    intercept: bool
    classes: tuple[str, ...] = ()
    flat: bool = False

    @property
    def lines(self) -> int:
        """The number of lines: 1, or K."""
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
        first = (
            [f"{INTERCEPT}[{name}]" for name in self.classes[:-1]]
            if self.intercept
            else []
        )
        return (
            *first,
            *(
                f"{feature}[{name}]"
                for name in self._own_lines
                for feature in self.features
            ),
        )

    @property
    def _own_lines(self) -> tuple[str, ...]:
        return self.classes[:-1] if self.flat else self.classes

    def split(self, vector: FloatArray) -> tuple[Any, FloatArray]:
        """Return intercepts and coefficients of vectors in the last axis; an intercept of 0.0 where there is none."""
        first = self.n_intercepts
        coef = vector[..., first:]
        if not self.classes:
            return (vector[..., 0] if self.intercept else 0.0), coef
        coef = coef.reshape(
            *vector.shape[:-1], len(self._own_lines), len(self.features)
        )
        intercept = (
            _summing_to_zero(vector[..., :first], -1)
            if self.intercept
            else np.zeros(self.lines)
        )
        return intercept, _summing_to_zero(coef, -2) if self.flat else coef

    def join(self, intercept: Any, coef: npt.ArrayLike) -> FloatArray:
        """Return the vector of intercepts and coefficients: those of a flat prior less their mean over the classes."""
        coef = np.asarray(coef, dtype=float)
        if self.classes:
            intercept = intercept - np.mean(intercept)
            coef = coef - coef.mean(axis=0) if self.flat else coef
        return self.select(intercept, coef)

    def select(self, intercept: Any, coef: FloatArray) -> FloatArray:
        """Return vectors, in the last axis, of intercepts and coefficients, or of what is known of each."""
        if self.classes:
            coef = coef[..., : len(self._own_lines), :].reshape(*coef.shape[:-2], -1)
        if not self.intercept:
            return coef
        intercept = np.asarray(intercept, dtype=float)
        first = (
            intercept[..., : self.n_intercepts]
            if self.classes
            else intercept[..., np.newaxis]
        )
        return np.concatenate([first, coef], axis=-1)

    @cached_property
    def axes(self) -> FloatArray:
        """The matrix whose rows are all intercepts and coefficients, class by class, for each entry of the vector."""
        unit = np.eye(len(self.names))
        intercept, coef = self.split(unit)
        first = [intercept.reshape(len(unit), -1)] if self.intercept else []
        return np.hstack([*first, coef.reshape(len(unit), -1)])

    def move_origin(self, vectors: FloatArray, shift: Any) -> None:
        """Add a shift of each line to the intercepts of vectors, in place."""
        if not self.intercept:
            return
        if self.classes:
            shift = (shift - shift.mean(axis=-1, keepdims=True))[..., :-1]
            vectors[..., : self.n_intercepts] += shift
        else:
            vectors[..., 0] += shift


def _summing_to_zero(values: FloatArray, axis: int) -> FloatArray:
    return np.concatenate([values, -values.sum(axis=axis, keepdims=True)], axis=axis)
