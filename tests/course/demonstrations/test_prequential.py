"""The evidence as a sum of predictions, row by row."""

from typing import Any

import numpy as np
import pytest

from bayes_l2 import LinearModel, datasets, fit_exact, likelihoods, priors
from bayes_l2.course.demonstrations.prequential import sequential_log_densities

RNG = np.random.default_rng(0)
X = RNG.standard_normal((12, 3))
Y = X @ [1.0, -1.0, 2.0] + 5 + RNG.standard_normal(12)


def model(*, intercept: bool, **more: Any) -> LinearModel:
    return LinearModel(
        X,
        Y,
        likelihood=likelihoods.Normal(sd=1.3),
        prior=priors.Normal(sd=2),
        intercept=intercept,
        **more,
    )


@pytest.mark.parametrize("intercept", [True, False])
def test_the_sum_is_the_log_evidence_in_every_order(intercept: bool) -> None:
    expected = fit_exact(model(intercept=intercept)).log_evidence
    for order in (None, RNG.permutation(12), RNG.permutation(12)):
        found = sequential_log_densities(model(intercept=intercept), order)
        assert found.sum() == pytest.approx(expected, abs=1e-10)


def test_each_term_is_the_conditional_density_of_the_joint_gaussian() -> None:
    """Without an intercept y is Normal(0, XX'τ² + σ²I).

    Each term is a difference of two log densities.
    """
    covariance = 4 * X @ X.T + 1.69 * np.eye(12)
    joint = []
    for k in range(1, 13):
        part, rows = covariance[:k, :k], Y[:k]
        constant = k * np.log(2 * np.pi) + np.log(np.linalg.det(part))
        joint.append(-(constant + rows @ np.linalg.inv(part) @ rows) / 2)
    np.testing.assert_allclose(
        sequential_log_densities(model(intercept=False)),
        np.diff(joint, prepend=0.0),
        atol=1e-10,
    )


def test_on_the_diabetes_data() -> None:
    columns, progression = datasets.diabetes()
    everyone = LinearModel(
        columns,
        progression,
        likelihood=likelihoods.Normal(sd=54),
        prior=priors.Normal(sd=20),
    )
    assert sequential_log_densities(everyone).sum() == pytest.approx(
        fit_exact(everyone).log_evidence, abs=1e-8
    )


def test_bad_input() -> None:
    for order, words in {
        (0, 1, 1): "order must have 12 entries, got 3",
        (0, *range(11)): "order must name each of the 12 rows once",
        (0.5, *range(1, 12)): "order must name each of the 12 rows once",
    }.items():
        with pytest.raises(ValueError, match=words):
            sequential_log_densities(model(intercept=True), order)
    with pytest.raises(
        ValueError, match="needs a Gaussian posterior: noise_sd is unknown"
    ):
        sequential_log_densities(
            LinearModel(
                X,
                Y,
                likelihood=likelihoods.Normal(priors.HalfNormal(1)),
                prior=priors.Normal(sd=2),
            )
        )
    with pytest.raises(ValueError, match="needs a Gaussian posterior"):
        sequential_log_densities(
            LinearModel(
                X, Y > 5, likelihood=likelihoods.Bernoulli(), prior=priors.Normal(sd=2)
            )
        )
    with pytest.raises(ValueError, match="rows with weights"):
        sequential_log_densities(model(intercept=True, weights=np.ones(12)))
    flat = LinearModel(X, Y, likelihood=likelihoods.Normal(sd=1), prior=priors.Flat())
    with pytest.raises(ValueError, match="the prior is flat"):
        sequential_log_densities(flat)
