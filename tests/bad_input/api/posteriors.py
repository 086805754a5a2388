"""Cases of the exact posteriors and of the distributions that they hold."""

import numpy as np

from bayes_l2 import (
    LinearModel,
    fit_exact,
)
from tests.bad_input.api.case import KNOWN, STATISTICS, Case, X, Y, case


def of_posterior(model: LinearModel) -> dict[str, Case]:
    posterior, whole = fit_exact(model), model.parameter_names
    first = np.ones(len(whole))
    found = {
        "condition": case(
            posterior.condition,
            X=(X, "X"),
            y=(Y, "y"),
            weights=(None, "weights or None"),
        ),
        "condition_on_statistics": case(
            posterior.condition_on_statistics, statistics=(STATISTICS, "statistics")
        ),
        "interval": case(posterior.interval, probability=(0.9, "probability")),
        "logpdf": case(posterior.logpdf, points=(first, "points")),
        "marginal": case(posterior.marginal, names=("x0", "words")),
        "predict": case(
            posterior.predict,
            X=(X, "X"),
            return_sd=(True, "flag"),
            observation_noise=(True, "flag"),
        ),
        "predictive": case(
            posterior.predictive, X=(X, "X"), observation_noise=(True, "flag")
        ),
        "sample": case(posterior.sample, rng=(1, "rng"), n=(2, "count")),
        "to_datatree": case(
            posterior.to_datatree,
            draws=(2, "count"),
            chains=(2, "count"),
            seed=(1, "seed of any size"),
        ),
        "log_scale_moments": case(posterior.log_scale_moments, name=("", "word")),
        "scale_marginal": case(posterior.scale_marginal, name=("", "word")),
    }
    return {f"{type(posterior).__name__}.{name}": each for name, each in found.items()}


def of_gaussian() -> dict[str, Case]:
    gaussian = fit_exact(KNOWN).location
    return {
        "MultivariateNormal.interval": case(
            gaussian.interval, probability=(0.9, "probability")
        ),
        "MultivariateNormal.logpdf": case(
            gaussian.logpdf, points=(np.zeros(3), "points")
        ),
        "MultivariateNormal.marginal": case(gaussian.marginal, names=("x0", "words")),
        "MultivariateNormal.sample": case(
            gaussian.sample, rng=(1, "rng"), n=(2, "count")
        ),
    }
