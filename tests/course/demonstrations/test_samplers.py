"""Leapfrog and random walk against closed forms on a Gaussian."""

from dataclasses import replace

import numpy as np
import pytest

from bayes_l2 import LinearModel, fit_exact, likelihoods, priors
from bayes_l2.course.demonstrations.samplers import leapfrog, random_walk

RNG = np.random.default_rng(0)
X = RNG.standard_normal((30, 2))
MODEL = LinearModel(
    X,
    X @ [1.0, -2.0] + RNG.standard_normal(30),
    likelihood=likelihoods.Normal(sd=1),
    prior=priors.Normal(sd=2),
)
START, MOMENTUM = np.array([0.1, 0.9, -1.5]), np.array([3.0, -2.0, 4.0])


def one(sd: float) -> LinearModel:
    """Return a model with the posterior Normal(0, sd²): its row says nothing on b."""
    return LinearModel(
        [[0.0]],
        [0.0],
        likelihood=likelihoods.Normal(sd=1),
        prior=priors.Normal(sd=sd),
        intercept=False,
    )


def test_leapfrog_is_the_harmonic_oscillator() -> None:
    """On Normal(0, s²) with mass m, theta(t) = q cos(wt) + r/(mw) sin(wt).

    Here w = 1 / (s √m).
    """
    sd, mass, q, r = 1.7, 2.3, 0.8, -1.1
    path = leapfrog(one(sd), [q], [r], step=1e-3, n_steps=4000, mass=mass)
    t, w = 1e-3 * np.arange(4001), 1 / (sd * np.sqrt(mass))
    np.testing.assert_allclose(
        path.positions[:, 0],
        q * np.cos(w * t) + r / (mass * w) * np.sin(w * t),
        atol=1e-6,
    )
    # the energy is conserved, and known up to the constant of the log posterior
    energies = r**2 / (2 * mass) + q**2 / (2 * sd**2)
    np.testing.assert_allclose(path.energies - path.energies[0], 0, atol=1e-6)
    np.testing.assert_allclose(
        path.energies[0] + one(sd).log_posterior(np.zeros(1)), energies, rtol=1e-12
    )
    np.testing.assert_allclose(
        path.momenta[:, 0], r * np.cos(w * t) - q * mass * w * np.sin(w * t), atol=1e-6
    )


def test_leapfrog_can_be_walked_back() -> None:
    there = leapfrog(MODEL, START, MOMENTUM, step=0.05, n_steps=40)
    back = leapfrog(
        MODEL, there.positions[-1], -there.momenta[-1], step=0.05, n_steps=40
    )
    np.testing.assert_allclose(back.positions[-1], START, rtol=1e-12)
    np.testing.assert_allclose(-back.momenta[-1], MOMENTUM, rtol=1e-11)


def test_the_energy_error_is_of_second_order() -> None:
    errors = []
    for halvings in range(3):
        path = leapfrog(
            MODEL, START, MOMENTUM, step=0.02 / 2**halvings, n_steps=50 * 2**halvings
        )
        errors.append(np.abs(path.energies - path.energies[0]).max())
    np.testing.assert_allclose(
        [errors[0] / errors[1], errors[1] / errors[2]], 4, rtol=0.05
    )


def test_the_turn_is_where_the_distance_from_the_start_is_largest() -> None:
    path = leapfrog(MODEL, START, MOMENTUM, step=0.01, n_steps=400)
    distance = np.linalg.norm(path.positions - START, axis=1)
    first_fall = int(np.flatnonzero(np.diff(distance) < 0)[0])
    assert path.turn is not None
    assert abs(path.turn - first_fall) <= 1
    assert leapfrog(MODEL, START, MOMENTUM, step=0.01, n_steps=3).turn is None


@pytest.mark.parametrize("amount", [5000, pytest.param(20_000, marks=pytest.mark.slow)])
def test_random_walk_accepts_as_often_as_known(amount: int) -> None:
    """A step of s on Normal(0, sd²) is accepted with probability 2/π arctan(2 sd / s).

    The tolerance is 6 standard errors, if every other step counts as independent.
    """
    for step in (0.5, 2.0, 8.0):
        _, accepted = random_walk(one(1.7), [0.0], step=step, draws=amount, seed=1)
        assert accepted == pytest.approx(
            2 / np.pi * np.arctan(2 * 1.7 / step), abs=6 * 0.5 / np.sqrt(amount / 2)
        )


def test_random_walk_samples_the_posterior() -> None:
    exact = fit_exact(MODEL)
    draws, _ = random_walk(MODEL, exact.mean, step=1.4 * exact.sd, draws=20_000, seed=2)
    # the standard error of batch means includes the correlation of the draws
    batches = draws.reshape(40, 500, 3).mean(axis=1)
    z = (draws.mean(axis=0) - exact.mean) / (batches.std(axis=0, ddof=1) / np.sqrt(40))
    # Student-t with 39 degrees of freedom: below 1e-7 for three
    assert np.abs(z).max() < 7
    # likewise of squared deviations from the exact mean, and of products of two
    deviations = (draws - exact.mean) / exact.sd
    rows, columns = np.triu_indices(3)
    products = deviations[:, rows] * deviations[:, columns]
    correlation = exact.cov / np.outer(exact.sd, exact.sd)
    batches = products.reshape(40, 500, 6).mean(axis=1)
    error = batches.std(axis=0, ddof=1) / np.sqrt(40)
    z = (products.mean(axis=0) - correlation[rows, columns]) / error
    assert np.abs(z).max() < 7.5
    assert error.max() < 0.056  # a sd that is wrong by a fifth is noticed


def test_bad_input() -> None:
    noise = likelihoods.Normal(priors.HalfNormal(1))
    unknown = replace(MODEL, likelihood=noise, prior=priors.Normal(sd=2))
    for call in (
        lambda: leapfrog(unknown, [*START, 1.0], [*MOMENTUM, 1.0], step=0.1, n_steps=3),
        lambda: random_walk(unknown, [*START, 1.0], step=0.1, draws=3, seed=0),
    ):
        with pytest.raises(
            ValueError, match="scales must be known here, got a prior on noise_sd"
        ):
            call()
    with pytest.raises(ValueError, match="step must be smaller: with 1e"):
        leapfrog(MODEL, START, MOMENTUM, step=1e100, n_steps=30)
    with pytest.raises(ValueError, match="start must have 3 entries"):
        leapfrog(MODEL, [0.0], MOMENTUM, step=0.1, n_steps=3)
    with pytest.raises(ValueError, match="step must be positive and finite, got -1"):
        leapfrog(MODEL, START, MOMENTUM, step=-1, n_steps=3)
    with pytest.raises(ValueError, match="step must be positive and finite, got 0"):
        random_walk(MODEL, START, step=[1, 0, 1], draws=3, seed=0)
    with pytest.raises(ValueError, match="step must have 3 entries"):
        random_walk(MODEL, START, step=[1, 1], draws=3, seed=0)
    with pytest.raises(ValueError, match="draws must be a whole number"):
        random_walk(MODEL, START, step=1, draws=0, seed=0)
