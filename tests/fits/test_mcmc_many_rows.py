"""NUTS on statistics of a thousand million rows, whose noise sd is all but known."""

from dataclasses import replace

import numpy as np

from bayes_l2 import (
    LinearModel,
    SufficientStatistics,
    fit_exact,
    fit_mcmc,
    likelihoods,
    priors,
)


def test_draws_of_a_thousand_million_rows_are_of_the_posterior() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal([1.0, 0.0, -2.0, 30.0], 1.0, size=(2000, 4))
    y = X @ [1.0, -2.0, 0.5, 3.0] + 2 + 0.5 * rng.standard_normal(2000)
    few, n = SufficientStatistics.from_rows(X, y), 10**9
    many = replace(
        few, n_rows=n, total_weight=float(n), factor=few.factor * np.sqrt(n / 2000)
    )
    model = LinearModel.from_statistics(
        many,
        likelihood=likelihoods.Normal(priors.FlatLogScale()),
        prior=priors.Normal(priors.HalfCauchy(1.0)),
    )
    exact = fit_exact(model)
    tree = fit_mcmc(model, seed=1, draws=500, tune=300, chains=2)
    coef = tree["posterior"]["coef"].to_numpy().reshape(-1, 4)
    noise = tree["posterior"]["noise_sd"].to_numpy().ravel()
    # 1000 draws: a mean within 6 of its standard errors, an sd within 15 %
    sds = exact.sd[1:5]
    assert np.abs((coef.mean(axis=0) - exact.mean[1:5]) / sds).max() < 0.2
    np.testing.assert_allclose(coef.std(axis=0), sds, rtol=0.15)
    marginal = exact.marginal("noise_sd")
    assert abs(noise.mean() - marginal.median()) < 0.2 * noise.std()
