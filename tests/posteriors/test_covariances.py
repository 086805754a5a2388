"""Posterior and sampling covariance of ridge coefficients, by the book and by draws."""

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from bayes_l2 import LinearModel, fit_exact, likelihoods, priors, ridge_covariances

RNG = np.random.default_rng(0)
X = 2 + RNG.standard_normal((30, 4)) @ RNG.standard_normal((4, 4))
Y = X @ [1.0, 0.0, -1.0, 2.0] + RNG.standard_normal(30)
HALF = RNG.standard_normal((4, 4))
COV = HALF @ HALF.T + np.eye(4)


@pytest.mark.parametrize(
    ("prior", "precision"),
    [
        (priors.Normal(0.5), np.eye(4) / 0.25),
        (priors.Normal(cov=COV, mean=1.0), np.linalg.inv(COV)),
        (priors.Normal(0.5, relative_to_noise=True), np.eye(4) / (0.25 * 1.3**2)),
        (priors.Flat(), np.zeros((4, 4))),
    ],
)
def test_both_are_the_textbooks(prior: Any, precision: np.ndarray) -> None:
    model = LinearModel(X, Y, likelihood=likelihoods.Normal(1.3), prior=prior)
    ours = ridge_covariances(model)
    centred = X - X.mean(axis=0)
    data = centred.T @ centred / 1.3**2
    posterior = np.linalg.inv(data + precision)
    np.testing.assert_allclose(ours.posterior, posterior, rtol=1e-9)
    np.testing.assert_allclose(ours.sampling, posterior @ data @ posterior, rtol=1e-9)
    np.testing.assert_allclose(ours.posterior_sd, fit_exact(model).sd[1:], rtol=1e-10)
    assert (ours.sampling_sd <= ours.posterior_sd * (1 + 1e-12)).all()


def test_sampling_covariance_is_the_scatter_of_ridge() -> None:
    """4000 data sets of one X give each variance to sqrt(2 / 4000).

    Seven of these errors have the probability 1e-11 for four variances.
    """
    model = LinearModel(
        X, Y, likelihood=likelihoods.Normal(1.3), prior=priors.Normal(0.5)
    )
    rng = np.random.default_rng(1)
    truth = X @ [1.0, 0.0, -1.0, 2.0]
    data_sets = truth[:, np.newaxis] + 1.3 * rng.standard_normal((30, 4000))
    estimates = Ridge(alpha=model.penalty).fit(X, data_sets).coef_
    ratio = (
        np.var(estimates, axis=0, ddof=1) / ridge_covariances(model).sampling_sd ** 2
    )
    assert np.max(np.abs(ratio - 1)) < 7 * np.sqrt(2 / 4000)
    assert (
        ridge_covariances(model).posterior_sd
        > 1.2 * ridge_covariances(model).sampling_sd
    ).any()


def test_wide_data_have_both() -> None:
    wide = RNG.standard_normal((5, 9))
    model = LinearModel(
        wide, Y[:5], likelihood=likelihoods.Normal(1.3), prior=priors.Normal(0.5)
    )
    ours, centred = ridge_covariances(model), wide - wide.mean(axis=0)
    posterior = np.linalg.inv(centred.T @ centred / 1.3**2 + np.eye(9) / 0.25)
    np.testing.assert_allclose(ours.posterior, posterior, atol=1e-14)
    np.testing.assert_allclose(
        ours.sampling, posterior @ centred.T @ centred @ posterior / 1.3**2, atol=1e-14
    )


def test_unknown_scales_are_refused() -> None:
    model = LinearModel(
        X,
        Y,
        likelihood=likelihoods.Normal(priors.HalfNormal(1.0)),
        prior=priors.Normal(0.5),
    )
    with pytest.raises(
        ValueError,
        match=r"this needs noise and prior sds that are numbers, got priors.HalfNormal",
    ):
        ridge_covariances(model)
