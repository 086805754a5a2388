"""Nothing that a fit returns can be changed by writing to its arrays."""

from typing import Any

import numpy as np
import pytest

from bayes_l2 import (
    LinearModel,
    datasets,
    fit_exact,
    fit_laplace,
    fit_map,
    fit_penalised,
    likelihoods,
    penalty_meaning,
    priors,
    ridge_covariances,
)

X, Y = datasets.diabetes()
KNOWN = LinearModel(
    X[:60], Y[:60], likelihood=likelihoods.Normal(54.0), prior=priors.Normal(20.0)
)
RELATIVE = LinearModel(
    X[:60],
    Y[:60],
    likelihood=likelihoods.Normal(priors.FlatLogScale()),
    prior=priors.Normal(1.0, relative_to_noise=True),
)
UNKNOWN = LinearModel(
    X[:60],
    Y[:60],
    weights=np.linspace(1, 2, 60),
    likelihood=likelihoods.Normal(priors.HalfNormal(50.0)),
    prior=priors.Normal(priors.HalfCauchy(20.0)),
)
OFFERS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "model": (UNKNOWN, ("X", "y", "weights")),
    "statistics": (KNOWN.statistics, ("mean", "factor")),
    "prior": (priors.Normal(mean=[1.0, 2.0], cov=np.eye(2)), ("mean", "cov")),
    "Gaussian": (fit_exact(KNOWN), ("mean", "sd", "coef", "center")),
    "NIG": (fit_exact(RELATIVE), ("mean", "sd", "coef")),
    "mixture": (fit_exact(UNKNOWN), ("mean", "sd", "coef")),
    "map": (fit_map(KNOWN), ("coef",)),
    "penalised": (fit_penalised(KNOWN), ("coef",)),
    "Laplace": (fit_laplace(KNOWN), ("mean", "sd", "coef", "root")),
    "covariances": (ridge_covariances(KNOWN), ("posterior", "sampling")),
    "meaning": (
        penalty_meaning(KNOWN),
        ("prior_sd", "surprising", "prior_sds_out", "mean_by_log_penalty"),
    ),
    "marginal": (
        fit_exact(KNOWN).location,
        ("mean", "sd", "root", "inverse_root"),
    ),
    "mixture's location": (
        fit_exact(UNKNOWN).location,
        ("mean", "sd", "kurtosis", "cov"),
    ),
}


@pytest.mark.parametrize("what", OFFERS)
def test_an_array_offered_cannot_be_written_to(what: str) -> None:
    offer, names = OFFERS[what]
    for name in names:
        array = getattr(offer, name)
        assert isinstance(array, np.ndarray)
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0.0


@pytest.mark.parametrize("what", ["Gaussian", "NIG", "mixture", "Laplace"])
def test_a_copy_that_is_changed_changes_nothing_later(what: str) -> None:
    posterior, _ = OFFERS[what]
    for name in ("cov", "kurtosis"):
        array = getattr(posterior, name)
        before = array.copy()
        array[...] = -1.0
        np.testing.assert_array_equal(getattr(posterior, name), before)
    interval = posterior.interval()
    before = interval.copy()
    interval[...] = 0.0
    np.testing.assert_array_equal(posterior.interval(), before)


def test_the_data_given_stay_writable() -> None:
    rows, response = X[:20].copy(), Y[:20].copy()
    LinearModel(
        rows, response, likelihood=likelihoods.Normal(1.0), prior=priors.Normal(1.0)
    )
    rows[0], response[0] = 0.0, 0.0
