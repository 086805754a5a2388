"""All counterexamples by name."""

from collections.abc import Callable

from bayes_l2.course.demonstrations.counterexamples.disagreement import Disagreement
from bayes_l2.course.demonstrations.counterexamples.networks import (
    adamw,
    factors,
    normalised_weights,
)
from bayes_l2.course.demonstrations.counterexamples.one_coefficient import (
    laplace_prior,
    logistic_likelihood,
    unknown_noise,
)
from bayes_l2.course.demonstrations.counterexamples.units import (
    improper_joint_mode,
    penalised_intercept,
    standardised_columns,
    wrong_half,
)
from bayes_l2.texts import Catalogue

__all__ = ["CASES"]
__dir__ = __all__.copy

CASES: Catalogue[Callable[[], Disagreement]] = Catalogue(
    {
        "unknown noise": unknown_noise,
        "Laplace prior": laplace_prior,
        "logistic likelihood": logistic_likelihood,
        "penalised intercept": penalised_intercept,
        "standardised columns": standardised_columns,
        "AdamW": adamw,
        "factors": factors,
        "normalised weights": normalised_weights,
        "wrong half": wrong_half,
        "improper joint mode": improper_joint_mode,
    },
    of="disagreements",
)
