"""Coefficients that a flat prior leaves undetermined: every route says so alike."""

from typing import Any

import numpy as np
import pytest

from bayes_l2 import (
    LinearModel,
    compare,
    fit_exact,
    fit_laplace,
    fit_map,
    fit_mcmc,
    fit_penalised,
    fit_ridge,
    likelihoods,
    priors,
)

LIKELIHOODS = {
    "normal": likelihoods.Normal(1.0),
    "unknown noise": likelihoods.Normal(priors.HalfNormal(3)),
    "laplace": likelihoods.Laplace(1.0),
    "bernoulli": likelihoods.Bernoulli(),
    "categorical": likelihoods.Categorical(),
    "poisson": likelihoods.Poisson(),
}
PRIORS = [priors.Normal(1.0), priors.Laplace(1.0), priors.ElasticNet(1.0, 1.0)]
x = np.random.default_rng(0).standard_normal((12, 6))
DATA = {
    "equal columns": (np.column_stack([x[:, 0], 3 * x[:, 0]]), None),
    "a constant column": (np.column_stack([x[:, 0], np.full(12, 14.62)]), None),
    "too few rows": (x[:4], None),
    "too few rows with weight": (x, np.repeat([1.0, 0.0], [4, 8])),
    "far columns": (1.6e9 + np.column_stack([x[:, 0], x[:, 0]]), None),
}


def model(kind: str, prior: Any, data: str) -> LinearModel:
    X, weights = DATA[data]
    n = len(X)
    y = {
        "bernoulli": np.tile([0, 1], n)[:n],
        "categorical": np.tile(["a", "b", "c"], n)[:n],
        "poisson": np.arange(n) % 3,
    }.get(kind, x[:n, 5] + x[:n, 4] ** 2)
    return LinearModel(X, y, likelihood=LIKELIHOODS[kind], prior=prior, weights=weights)


def routes_of(stated: LinearModel) -> list[Any]:
    """Return the routes that know the pair of a flat prior and a likelihood."""
    routes: list[Any] = [fit_map, fit_mcmc, fit_penalised, compare]
    if stated.likelihood.has_statistics:
        routes += [fit_exact, fit_ridge]
    if stated.is_smooth and not stated.unknown_scales:
        routes.append(fit_laplace)
    return routes


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("kind", LIKELIHOODS)
def test_every_route_refuses_with_one_sentence(kind: str, data: str) -> None:
    stated = model(kind, priors.Flat(), data)
    said = set()
    for route in routes_of(stated):
        with pytest.raises(ValueError, match="flat") as refusal:
            route(stated)
        said.add(str(refusal.value))
    assert said == {stated.propriety.undetermined}


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("prior", PRIORS)
@pytest.mark.parametrize("kind", LIKELIHOODS)
def test_a_proper_prior_determines_them(kind: str, prior: Any, data: str) -> None:
    if kind == "unknown noise":
        return  # there the joint density may have no maximum: another verdict
    stated = model(kind, prior, data)
    stated.propriety.require_proper()
    assert fit_map(stated).converged


def test_separated_classes_have_one_verdict() -> None:
    for kind, y in (
        ("bernoulli", np.arange(12) > 5),
        ("categorical", np.arange(12) // 4),
        ("poisson", np.maximum(np.arange(12) - 10, 0)),
    ):
        indicator = np.column_stack([np.arange(12) > 5, np.arange(12) > 7])
        stated = LinearModel(
            indicator.astype(float),
            y,
            likelihood=LIKELIHOODS[kind],
            prior=priors.Flat(),
        )
        said = set()
        for route in routes_of(stated):
            with pytest.raises(ValueError, match="no maximum") as refusal:
                route(stated)
            said.add(str(refusal.value))
        assert said == {stated.propriety.undetermined}


def test_an_improper_posterior_can_have_a_mode() -> None:
    """Three rows, one slope: sd^-1 under a flat sd cannot be integrated to infinity.

    The joint density has its maximum at the sum of squares over the number of rows.
    """
    X, y = np.array([[0.0], [1.0], [2.0]]), np.array([0.0, 2.0, 1.0])
    stated = LinearModel(
        X, y, likelihood=likelihoods.Normal(priors.FlatScale()), prior=priors.Flat()
    )
    with pytest.raises(ValueError, match="improper at large noise_sd"):
        fit_exact(stated)
    found = fit_map(stated)
    assert found.converged
    residuals = y - np.polyval(np.polyfit(X[:, 0], y, 1), X[:, 0])
    assert found.noise_sd == pytest.approx(np.sqrt(np.mean(residuals**2)), rel=1e-9)
