"""Rows that have nearly all of the weight, beside one that alone knows a column."""

import numpy as np
import pytest

from bayes_l2 import LinearModel, fit_exact, fit_map, fit_ridge, likelihoods, priors
from tests.oracles import in_sds, parameters, rational_posterior


@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("rows", [4, 5000])
def test_a_light_row_keeps_its_digits(rows: int, *, intercept: bool) -> None:
    """The mean of the column is 1e-13 of the row, and has all digits all the same.

    About the mean without weights, fit_map was off by 3e-5 sds and said converged.
    """
    X = np.array([[0.0, 1.0], [0.0, 2.0], [1.0, -1.0], [0.0, 0.5]])
    y, weights = np.array([1.0, 1.0, 2.0, 3.0]), np.array([1e-12, 1e12, 0.3, 1e12])
    options = {"intercept": intercept, "weights": weights}
    mean, sd = rational_posterior(X, y, 1.0, 100.0, **options)
    # before and after are rows of so little weight that the posterior is the same
    light = 1e-300 * np.random.default_rng(rows).uniform(1, 2, (rows - 4) // 2)
    unseen = np.ones((len(light), 2))
    X, y = np.vstack([unseen, X, unseen]), np.hstack([unseen[:, 0], y, unseen[:, 0]])
    options["weights"] = np.hstack([light, weights, light])
    likelihood, prior = likelihoods.Normal(1.0), priors.Normal(100.0)
    model = LinearModel(X, y, likelihood=likelihood, prior=prior, **options)
    rowless = LinearModel.from_statistics(
        model.statistics, likelihood=likelihood, prior=prior, intercept=intercept
    )
    fits = [fit_exact(model), fit_exact(rowless), fit_map(model), fit_ridge(model)]
    for fit in fits:
        assert in_sds(parameters(model, fit), mean, sd) < 1e-8
