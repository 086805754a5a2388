"""Perturbed fits are posterior draws, and fits that lack a perturbation are not."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from bayes_l2 import datasets
from bayes_l2.course.demonstrations.equivalences import ensembles


def test_the_covariances_are_equal_and_a_wrong_prior_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert ensembles.perturbed_fits(seed=2).found < 1e-12
    real = ensembles._Problem.fits

    def off(problem: Any, responses: Any, centres: Any) -> Any:
        return real(problem, responses, 1.01 * centres)

    monkeypatch.setattr(ensembles._Problem, "fits", off)
    broken = ensembles.perturbed_fits(seed=2)
    assert broken.found > 1e6 * broken.allowed


def test_draws_pass_as_the_posterior_only_with_the_draw_of_the_prior(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert ensembles.drawn_fits(seed=1).holds
    real = ensembles._Problem.fits

    def plain(problem: Any, responses: Any, centres: Any) -> Any:
        return real(problem, responses, np.zeros_like(centres))

    monkeypatch.setattr(ensembles._Problem, "fits", plain)
    assert not ensembles.drawn_fits(seed=1).holds


@pytest.mark.slow
def test_the_scores_of_draws_are_standard_normal() -> None:
    """The worse of two independent scores, by Kolmogorov and Smirnov; p < 1e-7."""
    found = [ensembles.drawn_fits(seed=k, n=5, p=2, fits=20).found for k in range(200)]

    def law(x: Any) -> Any:
        return (2 * stats.norm.cdf(x) - 1) ** 2

    assert stats.kstest(found, law).pvalue > 1e-7


def test_sds_without_the_prior_draw_on_diabetes() -> None:
    """At σ = 54, τ = 20 they are 0.59 to 0.99 of the posterior's."""
    frame, _ = datasets.diabetes()
    X = np.asarray(frame, dtype=float)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    problem = ensembles._Problem(X, np.zeros(len(X)), 54.0, 20.0)
    A = problem.fits(np.eye(len(X)), np.zeros((10, len(X))))
    posterior = np.linalg.inv(X.T @ X / 54.0**2 + np.eye(10) / 20.0**2)
    ratios = 54.0 * np.sqrt(np.diag(A @ A.T) / np.diag(posterior))
    assert ratios.min() == pytest.approx(0.59, abs=0.005)
    assert ratios.max() == pytest.approx(0.99, abs=0.005)


def test_a_formula_that_is_off_by_a_percent_is_noticed() -> None:
    case = ensembles.plain_ensemble(seed=4, n=30, p=6)
    assert case.allowed < 1
    assert case.holds
    assert not case.at_least <= 1.01 * case.found <= case.allowed
    assert case.allowed - case.at_least < 1e-10


def test_a_plain_ensemble_knows_nothing_where_there_are_no_data() -> None:
    """With 2 rows and 30 columns most directions are seen by the prior alone."""
    assert ensembles.plain_ensemble(n=2, p=30).found < 0.1
