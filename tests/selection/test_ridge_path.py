"""The ridge solutions of a model keep its prior mean, and any name of a column."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bayes_l2 import LinearModel, choose_penalty, likelihoods, penalty_path, priors

RNG = np.random.default_rng(5)
X = RNG.standard_normal((12, 2))
Y = X @ [1.0, 3.0] + RNG.standard_normal(12)
FLAT = priors.FlatLogScale()


@pytest.mark.parametrize("mean", [2.0, [1.0, 3.5]])
@pytest.mark.parametrize("relative", [False, True])
def test_a_prior_mean_is_kept(mean: Any, relative: bool) -> None:
    noise: Any = FLAT if relative else 1.0
    prior = priors.Normal(FLAT, mean=mean, relative_to_noise=relative)
    model = LinearModel(X, Y, likelihood=likelihoods.Normal(noise), prior=prior)
    path = penalty_path(model, [2.0, 1e12])
    centred, around = X - X.mean(axis=0), np.broadcast_to(mean, 2)
    gram = centred.T @ centred
    ridge = np.linalg.solve(gram + 2 * np.eye(2), centred.T @ Y + 2 * around)
    np.testing.assert_allclose(path.coef[0], ridge, rtol=1e-12)
    np.testing.assert_allclose(path.coef[1], around, rtol=1e-9)
    chosen: Any = choose_penalty(model).model.prior
    np.testing.assert_array_equal(chosen.mean, mean)
    assert chosen.relative_to_noise == relative


def test_a_column_may_have_the_name_of_a_scale() -> None:
    named = pd.DataFrame(X, columns=["noise_sd", "prior_sd"])
    terms: Any = {"likelihood": likelihoods.Normal(1.0), "prior": priors.Normal(1.0)}
    theirs = penalty_path(LinearModel(named, Y, **terms), [2.0])
    ours = penalty_path(LinearModel(X, Y, **terms), [2.0])
    np.testing.assert_allclose(theirs.coef, ours.coef, rtol=1e-13)


def test_the_text_and_the_table_of_a_path_have_its_penalties() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((9, 2)), rng.standard_normal(9)
    model = LinearModel(
        X, y, likelihood=likelihoods.Normal(1.0), prior=priors.Normal(1.0)
    )
    path = penalty_path(model, [0.25, 3.0, 70.0])
    assert "<3 penalties, 2 features>, from 0.25 to 70, best by" in repr(path)
    assert path.table.index.name == "penalty"
    assert list(path.table.index) == [0.25, 3.0, 70.0]
