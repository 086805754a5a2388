"""Improper posteriors are refused."""

import numpy as np
import pytest

from bayes_l2 import (
    LinearModel,
    fit_exact,
    fit_mcmc,
    likelihoods,
    priors,
    ridge_covariances,
)

Normal = likelihoods.Normal


def problem(n: int, p: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, p))
    return X, X @ rng.standard_normal(p) + rng.standard_normal(n)


def test_improper_where_columns_fit_under_an_unknown_relative_prior_sd() -> None:
    """Let sigma go to 0 and tau to infinity, with sigma tau fixed.

    Then sigma^-(n' - r) sigma^0 tau^-2 dtau = sigma^(r + 1 - n').
    """
    X = problem(5, 1)[0]
    prior = priors.Normal(priors.HalfCauchy(1.0), relative_to_noise=True)
    model = LinearModel(
        X,
        2 * X[:, 0],
        likelihood=Normal(priors.HalfNormal(1.0)),
        prior=prior,
        intercept=False,
    )
    with pytest.raises(ValueError, match="improper"):
        fit_exact(model)


def test_improper_where_the_prior_mean_fits_and_both_sds_vanish() -> None:
    """Both sds go to 0 at a fixed ratio: sigma^-n' sigma dsigma."""
    X = problem(5, 8)[0]
    prior = priors.Normal(priors.HalfCauchy(1.0))
    with pytest.raises(ValueError, match="improper"):
        fit_exact(
            LinearModel(
                X,
                np.full(5, 3.0),
                likelihood=Normal(priors.HalfNormal(1.0)),
                prior=prior,
            )
        )


def test_coefficients_that_flat_priors_leave_open_are_refused() -> None:
    X, y = problem(12, 2)
    double = np.column_stack([X, X[:, 0]])
    for features, response in (
        (double, y),
        (X[:2], y[:2]),
        (np.column_stack([X, np.ones(12)]), y),
    ):
        for noise in (1.0, priors.HalfNormal(1.0), priors.FlatLogScale()):
            with pytest.raises(ValueError, match="do not determine"):
                fit_exact(
                    LinearModel(
                        features,
                        response,
                        likelihood=Normal(noise),
                        prior=priors.Flat(),
                    )
                )
        known = LinearModel(
            features, response, likelihood=Normal(1.0), prior=priors.Flat()
        )
        for refuse in (ridge_covariances, fit_mcmc):
            with pytest.raises(
                ValueError, match="do not determine the coefficient of column"
            ):
                refuse(known)


def test_samplers_refuse_improper_posteriors() -> None:
    X, y = problem(12, 2)
    model = LinearModel(
        X, y, likelihood=Normal(1.0), prior=priors.Normal(priors.FlatLogScale())
    )
    with pytest.raises(ValueError, match="the posterior is improper at small prior_sd"):
        fit_mcmc(model)


def test_conditioning_refuses_an_improper_posterior() -> None:
    rng = np.random.default_rng(0)
    X, more = rng.normal(size=(3, 3)), rng.normal(size=(4, 3))
    model = LinearModel(
        X,
        X @ np.ones(3),
        likelihood=Normal(priors.HalfNormal(1.0)),
        prior=priors.Normal(1.0),
    )
    with pytest.raises(ValueError, match="the columns fit y exactly"):
        fit_exact(model).condition(more, more @ np.ones(3))
