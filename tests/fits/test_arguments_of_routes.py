"""Every route refuses a wrong argument by its name, and what it cannot do."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from bayes_l2 import (
    GaussianPosterior,
    LinearModel,
    MixturePosterior,
    NormalInverseGammaPosterior,
    PointEstimate,
    SufficientStatistics,
    fit_exact,
    fit_laplace,
    fit_map,
    fit_mcmc,
    fit_penalised,
    fit_ridge,
    likelihoods,
    prior_predictive,
    priors,
)

RNG = np.random.default_rng(3)
X, Y = RNG.standard_normal((12, 2)), RNG.standard_normal(12)
GAMMA, HALF = priors.InverseGamma(2.0, 2.0), priors.HalfNormal(1.0)


def model(noise: Any = 1.0, prior: Any = None, **options: Any) -> LinearModel:
    prior = priors.Normal(1.0) if prior is None else prior
    return LinearModel(
        X, Y, likelihood=likelihoods.Normal(noise), prior=prior, **options
    )


def at(each: Any) -> PointEstimate:
    return PointEstimate.at(each, np.zeros(3), route="a guess")


ROUTES = [fit_exact, fit_laplace, fit_map, fit_mcmc, fit_penalised, fit_ridge]
PLAIN, CENTRED = model(), model(intercept=False)
UNKNOWN = model(HALF)
ROWLESS = LinearModel.from_statistics(
    SufficientStatistics.from_rows(X, Y),
    likelihood=PLAIN.likelihood,
    prior=PLAIN.prior,
)
KINKED = model(prior=priors.Laplace(1.0))
FEW: dict[str, Any] = {"draws": 5, "tune": 5, "chains": 1}


@pytest.mark.parametrize("route", [*ROUTES, prior_predictive, at])
def test_what_is_no_model_is_refused(route: Callable[[Any], Any]) -> None:
    with pytest.raises(ValueError, match="model must be a LinearModel, got 3"):
        route(3)


@pytest.mark.parametrize(
    ("route", "stated", "options", "words"),
    [
        (fit_map, PLAIN, {"density": "mean"}, "density must be one of"),
        (fit_map, PLAIN, {"engine": "stan"}, "engine must be one of"),
        (fit_map, PLAIN, {"max_iterations": 0}, "max_iterations must be a whole"),
        (fit_laplace, PLAIN, {"max_iterations": 0}, "max_iterations must be a whole"),
        (fit_map, ROWLESS, {"engine": "pymc"}, "engine='pymc' .*use engine='scipy'"),
        (fit_map, KINKED, {"engine": "pymc"}, "must be 'scipy' where .* kinks"),
        (
            fit_map,
            UNKNOWN,
            {"engine": "pymc", "density": "log_sd"},
            "density must be 'sd' for the engine pymc",
        ),
        (
            fit_map,
            model(HALF, priors.Normal(HALF, relative_to_noise=True)),
            {"density": "marginal"},
            "'marginal' needs a known prior sd where it is relative",
        ),
        (
            fit_map,
            LinearModel(
                X[:, :1],
                Y,
                likelihood=likelihoods.Normal(1.0),
                prior=priors.Normal(priors.HalfCauchy(1.0)),
            ),
            {"density": "marginal"},
            "it is infinite, even with prior_sd integrated out",
        ),
        (
            fit_map,
            model(prior=priors.Normal(priors.HalfCauchy(1.0))),
            {"engine": "pymc"},
            r"grows as prior_sd\^-2 for prior_sd towards 0",
        ),
        (prior_predictive, CENTRED, {"seed": -1}, "seed must be a whole number"),
        (prior_predictive, CENTRED, {"draws": 0}, "draws must be a whole number"),
        # a draw has 12 observations and 2 coefficients: 2^30 / 14 is 76 695 844
        (prior_predictive, CENTRED, {"draws": 76_695_845}, "at most 76695844"),
        (fit_mcmc, PLAIN, {"engine": "stan"}, "engine must be one of"),
        (fit_mcmc, PLAIN, {"seed": -1}, "seed must be a whole number"),
        (fit_mcmc, PLAIN, {"progress": 3}, "progress must be True or False"),
        (fit_mcmc, PLAIN, {"log_likelihood": 3}, "log_likelihood must be True or"),
        (
            fit_mcmc,
            PLAIN,
            {"posterior_predictive": 3},
            "posterior_predictive must be True or False",
        ),
        (fit_mcmc, ROWLESS, {"engine": "pymc"}, "engine='pymc' .*engine='nutpie'"),
        (fit_mcmc, ROWLESS, FEW | {"log_likelihood": True}, "log_likelihood .*compare"),
        (
            fit_mcmc,
            ROWLESS,
            FEW | {"posterior_predictive": True},
            "posterior_predictive .*predict",
        ),
        (at, PLAIN.join(0, np.zeros(2)), {}, "model must be a LinearModel"),
    ],
)
def test_an_argument_is_refused_by_its_name(
    route: Callable[..., Any], stated: Any, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words) as refusal:
        route(stated, **options)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("vector", [np.zeros(2), np.zeros(4)])
def test_a_point_that_is_no_parameter_vector_is_refused(vector: Any) -> None:
    with pytest.raises(ValueError, match="parameters must"):
        PointEstimate.at(PLAIN, vector, route="a guess")


RELATIVE = priors.Normal(0.7, relative_to_noise=True)
RANDOM = priors.Normal(HALF, relative_to_noise=True)


@pytest.mark.parametrize(
    ("noise", "prior", "kind"),
    [
        (1.0, priors.Flat(), GaussianPosterior),
        (1.0, priors.Normal(1.0), GaussianPosterior),
        (GAMMA, priors.Flat(), NormalInverseGammaPosterior),
        (GAMMA, RELATIVE, NormalInverseGammaPosterior),
        (HALF, priors.Flat(), MixturePosterior),
        (HALF, RELATIVE, MixturePosterior),
        (GAMMA, RANDOM, MixturePosterior),
        (GAMMA, priors.Normal(1.0), MixturePosterior),
        (GAMMA, priors.Normal(HALF), MixturePosterior),
        (1.0, priors.Normal(HALF), MixturePosterior),
    ],
)
def test_the_exact_posterior_has_the_kind_of_the_table(
    noise: Any, prior: Any, kind: type
) -> None:
    assert type(fit_exact(model(noise, prior))) is kind


@pytest.mark.parametrize("prior", [priors.Flat(), priors.Normal(1.0)])
def test_quadrature_meets_its_tolerance(prior: Any) -> None:
    stated = model(HALF, prior)
    for tolerance in (1e-3, 1e-10):
        found: Any = fit_exact(stated, tolerance=tolerance)
        assert found.tolerance == tolerance
        assert found.quadrature_error <= tolerance
    with pytest.raises(ValueError, match="tolerance must be positive"):
        fit_exact(stated, tolerance=0.0)
