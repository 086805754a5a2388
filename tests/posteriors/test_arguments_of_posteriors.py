"""Each posterior refuses arguments that mean nothing, in one line that names them."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from bayes_l2 import (
    GaussianPosterior,
    LinearModel,
    MixturePosterior,
    NormalInverseGammaPosterior,
    SufficientStatistics,
    likelihoods,
    priors,
    ridge_covariances,
)

X, Y = np.array([[0.0], [1.0], [2.0], [4.0], [7.0]]), np.array([1.0, 3, 2, 5, 6])
MODELS: dict[str, tuple[Any, Any]] = {
    "Gaussian": (GaussianPosterior.of, 1.5),
    "normal-inverse-gamma": (
        NormalInverseGammaPosterior.of,
        priors.InverseGamma(2.0, 3.0),
    ),
    "mixture": (MixturePosterior, priors.HalfNormal(2.0)),
}
over_all = pytest.mark.parametrize("name", MODELS)


@cache
def solved(name: str) -> Any:
    solve, noise = MODELS[name]
    prior = priors.Normal(2.0, relative_to_noise=True)
    return solve(LinearModel(X, Y, likelihood=likelihoods.Normal(noise), prior=prior))


REFUSED: dict[str, tuple[Callable[[Any], object], str]] = {
    "a flag of predict": (
        lambda posterior: posterior.predict(X, return_sd=1),
        "return_sd must be True or False, got 1",
    ),
    "the noise of predict": (
        lambda posterior: posterior.predict(X, observation_noise="no"),
        "observation_noise must be True or False, got 'no'",
    ),
    "the noise of predictive": (
        lambda posterior: posterior.predictive(X, observation_noise=0.0),
        "observation_noise must be True or False, got 0.0",
    ),
    "statistics": (
        lambda posterior: posterior.condition_on_statistics((X, Y)),
        "statistics must be a SufficientStatistics, got ",
    ),
    "other columns": (
        lambda posterior: posterior.condition_on_statistics(
            SufficientStatistics.from_rows(np.ones((3, 2)), np.ones(3))
        ),
        "columns",
    ),
    "a probability": (
        lambda posterior: posterior.interval(95),
        "probability must be between 0 and 1",
    ),
    "points": (
        lambda posterior: posterior.logpdf([1.0]),
        "points must have . entries on the last axis",
    ),
}


@over_all
@pytest.mark.parametrize("argument", REFUSED)
def test_arguments_are_refused(name: str, argument: str) -> None:
    ask, text = REFUSED[argument]
    with pytest.raises(ValueError, match=text):
        ask(solved(name))


@pytest.mark.parametrize(
    "solve",
    [
        GaussianPosterior.of,
        GaussianPosterior.before_data,
        NormalInverseGammaPosterior.of,
        MixturePosterior,
        ridge_covariances,
    ],
)
def test_a_posterior_is_that_of_a_model(solve: Callable[[Any], object]) -> None:
    with pytest.raises(ValueError, match=r"model must be a LinearModel, got \(array"):
        solve((X, Y))


@pytest.mark.parametrize("tolerance", [0.0, -1e-8, "fine"])
def test_a_tolerance_is_positive(tolerance: Any) -> None:
    with pytest.raises(ValueError, match="tolerance must be"):
        MixturePosterior(solved("mixture").model, tolerance=tolerance)


@over_all
def test_a_scale_that_is_not_unknown_has_no_distribution(name: str) -> None:
    text = "name must be " if name != "Gaussian" else "all scales are known, 'prior_sd'"
    for ask in (solved(name).scale_marginal, solved(name).log_scale_moments):
        with pytest.raises(ValueError, match=text):
            ask("prior_sd")
    with pytest.raises(ValueError, match="names must be among intercept, x0; got x7"):
        solved(name).marginal("x7")


@over_all
def test_defaults_are_a_mean_with_noise_and_one_draw(name: str) -> None:
    posterior = solved(name)
    np.testing.assert_array_equal(posterior.interval(), posterior.interval(0.95))
    mean, sd = posterior.predict(X, return_sd=True)
    np.testing.assert_allclose(posterior.predict(X), mean, rtol=1e-12)
    of_line = posterior.predict(X, return_sd=True, observation_noise=False)[1]
    assert (of_line < sd).all()
    np.testing.assert_allclose(posterior.predictive(X).std(), sd, rtol=1e-9)
    assert posterior.sample(1).shape == (1, len(posterior.names))
    assert posterior.to_datatree(seed=1)["posterior"]["coef"].shape == (4, 1000, 1)
