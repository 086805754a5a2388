"""Where a search over rows in memory starts: at the better of the prior mean and 0."""

from typing import Any

import numpy as np
import pytest

from bayes_l2 import LinearModel, likelihoods, priors

RNG = np.random.default_rng(5)
X = RNG.standard_normal((40, 2)) + 2.0
COUNTS = RNG.poisson(3.0, 40).astype(float)


def start(prior: Any, X: Any = X, **options: Any) -> tuple[Any, Any]:
    model = LinearModel(
        X, COUNTS, likelihood=likelihoods.Poisson(), prior=prior, **options
    )
    return model.log_posterior.observations.start(model.prior, 1)


def test_the_intercept_starts_at_the_mean_rate() -> None:
    for prior in (priors.Normal(2.0), priors.Flat()):
        intercept, coef = start(prior)
        np.testing.assert_allclose(intercept, [np.log(COUNTS.mean())], rtol=1e-14)
        np.testing.assert_array_equal(coef, np.zeros((1, 2)))
    intercept, _ = start(priors.Normal(2.0), intercept=False)
    np.testing.assert_array_equal(intercept, [0.0])


def test_under_a_kink_the_intercept_starts_at_0() -> None:
    intercept, coef = start(priors.Laplace(2.0))
    np.testing.assert_array_equal(intercept, [0.0])
    np.testing.assert_array_equal(coef, np.zeros((1, 2)))


# the rows are for 0: by 10 nats at a mean of 0.2 in one column, and without
# end where the rates of the mean are no numbers
MEANS: dict[str, tuple[Any, float, list[float]]] = {
    "a narrow prior is for its mean": ([0.0, 0.2], 0.01, [0.0, 0.2]),
    "the rows are for 0": ([0.0, 0.2], 10.0, [0.0, 0.0]),
    "infinite rates": ([0.0, 400.0], 0.01, [0.0, 0.0]),
    "infinite predictors": ([0.0, 1e200], 1e150, [0.0, 0.0]),
}


@pytest.mark.parametrize("case", MEANS)
def test_the_start_is_the_better_of_the_prior_mean_and_0(case: str) -> None:
    mean, sd, expected = MEANS[case]
    unit = 1e110 if case == "infinite predictors" else 1.0
    intercept, coef = start(priors.Normal(sd, mean=mean), unit * X)
    np.testing.assert_array_equal(coef, [expected])
    np.testing.assert_allclose(intercept, [np.log(COUNTS.mean())], rtol=1e-14)
