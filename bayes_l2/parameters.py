"""What a model's parameters are called, and the parts of a parameter vector."""

from typing import NamedTuple

from bayes_l2.validation import FloatArray

INTERCEPT, NOISE_SD, PRIOR_SD, PENALTY = "intercept", "noise_sd", "prior_sd", "penalty"


class Parameters(NamedTuple):
    """A parameter vector by its parts; a scale that is known is the model's, and prior_sd is NaN where none is."""

    intercept: float
    coef: FloatArray
    noise_sd: float
    prior_sd: float
