"""Each likelihood against SciPy: density, derivatives, kinks, means and draws.

A new likelihood joins by one entry of ``CASES``. ``LOSSES`` holds the likelihoods with
a loss of one number, a residual or a margin.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy import stats

from bayes_l2 import likelihoods, priors
from bayes_l2.model.likelihoods import Likelihood

R = np.array([-3.0, -0.4, 0.7, 2.5])
LOSSES = [
    likelihoods.Normal(sd=1.7),
    likelihoods.Laplace(scale=0.6),
    likelihoods.Bernoulli(),
]
WEIGHTS = np.array([1.0, 0.5, 2.0, 1.3, 0.8])


@dataclass(frozen=True)
class Case:
    """A likelihood, observations as a user gives them, and textbook formulas.

    ``distribution`` is that of an encoded observation, given one linear predictor and
    one weight. Where ``power`` is true, weights are powers of the density instead.
    ``expected_error`` is the error that the docstring of ``expected`` states.
    """

    likelihood: Likelihood
    given: list[Any]
    encoded: list[float]
    classes: tuple[Any, ...] | None
    distribution: Callable[[Any, float], Any]
    mean: Callable[[np.ndarray], np.ndarray]
    power: bool = False
    expected_error: float = 1e-12

    @property
    def name(self) -> str:
        return type(self.likelihood).__name__

    @property
    def y(self) -> np.ndarray:
        return np.array(self.encoded)

    @property
    def eta_shape(self) -> tuple[int, ...]:
        """The shape of one linear predictor."""
        return (len(self.classes or ()),) if self.likelihood.by_class else ()

    @property
    def eta(self) -> np.ndarray:
        """Linear predictors of the observations, which are near no kink."""
        rng = np.random.default_rng(5)
        return rng.standard_normal((len(self.given), *self.eta_shape))

    def log_density(self, y: float, eta: Any, weight: float = 1.0) -> float:
        """Return the log density of one observation, by SciPy."""
        found = self.distribution(eta, 1.0 if self.power else weight)
        log_density = found.logpmf(y) if hasattr(found, "logpmf") else found.logpdf(y)
        return float(log_density) * (weight if self.power else 1.0)

    def log_densities(self, eta: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Return the log densities of all observations, by SciPy."""
        rows = zip(self.encoded, eta, weights, strict=True)
        return np.array([self.log_density(*row) for row in rows])


def discrete(values: Any, probabilities: Any) -> Any:
    return stats.rv_discrete(values=(values, probabilities))


def logistic(eta: Any) -> Any:
    return 1 / (1 + np.exp(-eta))


def softmax(eta: Any) -> Any:
    return np.exp(eta) / np.exp(eta).sum(axis=-1, keepdims=True)


NUMBERS = [1.5, -0.3, 2.0, 0.1, -4.0]
CASES: dict[type[Likelihood], Case] = {
    likelihoods.Normal: Case(
        likelihoods.Normal(1.7),
        NUMBERS,
        NUMBERS,
        None,
        lambda eta, weight: stats.norm(eta, 1.7 / np.sqrt(weight)),
        lambda eta: eta,
    ),
    likelihoods.Laplace: Case(
        likelihoods.Laplace(0.6),
        NUMBERS,
        NUMBERS,
        None,
        lambda eta, weight: stats.laplace(eta, 0.6 / weight),
        lambda eta: eta,
    ),
    likelihoods.Bernoulli: Case(
        likelihoods.Bernoulli(),
        ["no", "yes", "yes", "no", "yes"],
        [-1.0, 1.0, 1.0, -1.0, 1.0],
        ("no", "yes"),
        lambda eta, _: discrete([-1, 1], [logistic(-eta), logistic(eta)]),
        logistic,
        power=True,
        expected_error=1e-8,
    ),
    likelihoods.Categorical: Case(
        likelihoods.Categorical(),
        ["dog", "cat", "emu", "dog", "cat"],
        [1.0, 0.0, 2.0, 1.0, 0.0],
        ("cat", "dog", "emu"),
        lambda eta, _: discrete(range(3), softmax(eta)),
        softmax,
        power=True,
        expected_error=1e-3,
    ),
    likelihoods.Poisson: Case(
        likelihoods.Poisson(),
        [0, 3, 1, 0, 7],
        [0.0, 3.0, 1.0, 0.0, 7.0],
        None,
        lambda eta, _: stats.poisson(np.exp(eta)),
        np.exp,
        power=True,
    ),
}


over_all = pytest.mark.parametrize("case", CASES.values(), ids=lambda c: c.name)


def test_every_known_likelihood_is_a_case() -> None:
    assert set(CASES) == set(likelihoods.KNOWN)
    assert all(type(case.likelihood) is kind for kind, case in CASES.items())


@over_all
def test_y_is_encoded_as_numbers(case: Case) -> None:
    y, classes = case.likelihood.encode(case.given, None, length=len(case.given))
    np.testing.assert_array_equal(y, case.y)
    assert classes == case.classes
    with pytest.raises(ValueError, match="y must have 7 entries"):
        case.likelihood.encode(case.given, None, length=7)


@over_all
def test_the_log_density_is_that_of_scipy(case: Case) -> None:
    for weights in (None, WEIGHTS):
        ours = case.likelihood.log_density(case.y, case.eta, weights=weights)
        theirs = case.log_densities(
            case.eta, np.ones(5) if weights is None else WEIGHTS
        )
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@over_all
def test_the_value_is_the_sum_of_log_densities(case: Case) -> None:
    value, _ = case.likelihood.value_and_slope(case.y, case.eta, WEIGHTS)
    constant = case.likelihood.log_constant(case.y, WEIGHTS)
    total = case.log_densities(case.eta, WEIGHTS).sum()
    assert value + constant == pytest.approx(total, rel=1e-12)
    moved, _ = case.likelihood.value_and_slope(case.y, case.eta + 0.1, WEIGHTS)
    change = case.log_densities(case.eta + 0.1, WEIGHTS).sum() - total
    assert moved - value == pytest.approx(change, abs=1e-12)


def differences(case: Case, order: int, step: float) -> np.ndarray:
    """Return the derivatives of SciPy's log density by the predictors of each row."""
    size = max(1, int(np.prod(case.eta_shape)))
    axes = step * np.eye(size).reshape(size, *case.eta_shape)
    found = []
    for y, eta, weight in zip(case.encoded, case.eta, WEIGHTS, strict=True):
        at = partial(case.log_density, y, weight=weight)
        for u in axes:
            if order == 1:
                found.append((at(eta + u) - at(eta - u)) / (2 * step))
            else:
                found += [
                    (at(eta + u + v) - at(eta + u - v) - at(eta + v - u)
                     + at(eta - u - v)) / (4 * step**2)
                    for v in axes
                ]  # fmt: skip
    return np.reshape(found, (len(case.encoded), *case.eta_shape * order))


@over_all
def test_the_slope_is_that_of_finite_differences(case: Case) -> None:
    """Their error is of order step², 1e-10 here, and their rounding 1e-11."""
    _, slope = case.likelihood.value_and_slope(case.y, case.eta, WEIGHTS)
    np.testing.assert_allclose(slope, differences(case, 1, 1e-5), atol=1e-8)


@over_all
def test_the_curvature_is_that_of_finite_differences(case: Case) -> None:
    """Their error is of order step², 1e-6 here, and their rounding 1e-9."""
    curvature = case.likelihood.curvature(case.y, case.eta, WEIGHTS)
    np.testing.assert_allclose(curvature, differences(case, 2, 1e-3), atol=3e-6)


@over_all
def test_the_information_is_the_mean_square_of_the_slope(case: Case) -> None:
    """E[information] = E[slope slope'], over 100 000 quantiles of y: errors of 1e-4."""
    n, weight = 100_000, 1.0 if case.power else 1.3
    for eta in case.eta:
        y = case.distribution(eta, weight).ppf((np.arange(n) + 0.5) / n)
        at = y, np.broadcast_to(eta, (n, *case.eta_shape)), np.full(n, weight)
        slopes = case.likelihood.value_and_slope(*at)[1].reshape(n, -1)
        squares = slopes.T @ slopes / n
        ours = case.likelihood.information(*at).mean(axis=0)
        np.testing.assert_allclose(ours, squares.reshape(ours.shape), rtol=1e-3)


@over_all
def test_kinks_are_where_y_is_the_predictor(case: Case) -> None:
    """At a kink the slope changes by twice the slope of the absolute residual."""
    kinks = case.likelihood.kink_slopes(WEIGHTS)
    assert (kinks is None) == case.likelihood.is_smooth
    if kinks is None:
        return
    step = 1e-4
    left, top, right = (
        case.log_densities(case.y + h, WEIGHTS) for h in (-step, 0.0, step)
    )
    change = (left - 2 * top + right) / step
    np.testing.assert_allclose(change, -2 * kinks, rtol=1e-9)


@over_all
def test_directions_are_those_along_which_the_density_never_falls(case: Case) -> None:
    """All directions of 0 and ±1, for rows of 0 and ±1, whose products are exact.

    Of three and more classes the last predictor is minus the sum of the others.
    """
    seen = set()
    rng = np.random.default_rng(11)
    size = 2 * (case.eta_shape[0] - 1 if case.eta_shape else 1)
    for _ in range(15 if case.eta_shape else 40):
        X = rng.integers(-1, 2, (5, 2)).astype(float)
        stated = case.likelihood.directions(X, case.y)
        for direction in product((-1.0, 0.0, 1.0), repeat=size):
            b = np.reshape(direction, (-1, 2))
            eta = X @ (np.vstack([b, -b.sum(axis=0)]).T if case.eta_shape else b[0])
            if not eta.any():
                continue
            says = False
            if stated is not None:
                by_margin = case.likelihood.margins(case.y, eta).min() >= 0
                says = bool((stated.signs * (stated.X @ direction) >= 0).all())
                says &= stated.level is None or not (stated.level @ direction).any()
                assert by_margin == says
            values = [
                case.likelihood.log_density(case.y, t * eta).sum()
                for t in (0, 1, 4, 16, 64)
            ]
            assert says == (np.diff(values).min() > -1e-12)
            seen.add(says)
    if True in seen:
        assert case.likelihood.separated
    else:
        assert case.likelihood.directions(np.eye(5), case.y) is None
        with pytest.raises(ValueError, match="falls in every direction"):
            _ = case.likelihood.separated


@over_all
def test_the_mean_is_that_of_a_textbook(case: Case) -> None:
    ours = case.likelihood.mean(case.eta)
    np.testing.assert_allclose(ours, case.mean(case.eta), rtol=1e-14)


@over_all
def test_expected_averages_the_mean_over_gaussian_predictors(case: Case) -> None:
    """Within 6 Monte-Carlo standard errors of 200 000 draws, and the stated error."""
    rng = np.random.default_rng(3)
    roots = 0.8 * rng.standard_normal((*case.eta.shape, 2))
    ours = case.likelihood.expected(case.eta, roots)
    for eta, root, found in zip(case.eta, roots, ours, strict=True):
        means = case.mean(eta + rng.standard_normal((200_000, 2)) @ root.T)
        error = 6 * means.std(axis=0) / np.sqrt(len(means)) + case.expected_error
        assert np.all(np.abs(found - means.mean(axis=0)) < error)


@over_all
def test_draws_have_the_moments_of_the_distribution(case: Case) -> None:
    """Mean and variance within 6 Monte-Carlo standard errors of 100 000 draws."""
    rng, n = np.random.default_rng(4), 100_000
    for eta, weight in zip(case.eta, WEIGHTS, strict=True):
        weight = 1.0 if case.power else weight
        predictors = np.broadcast_to(eta, (n, *case.eta_shape))
        draws = case.likelihood.sample(rng, predictors, weights=np.full(n, weight))
        distribution = case.distribution(eta, weight)
        mean, variance, kurtosis = distribution.stats(moments="mvk")
        assert abs(draws.mean() - mean) < 6 * np.sqrt(variance / n)
        # two equally likely values have an error of order 1 / n
        error = 6 * np.sqrt(max(kurtosis + 2, 0) / n) + 40 / n
        assert draws.var() == pytest.approx(variance, rel=error)


def test_a_noise_sd_can_be_given_to_the_density_and_to_draws() -> None:
    unknown = likelihoods.Normal(priors.HalfNormal(1.0))
    eta, sds = np.zeros(4), np.array([0.5, 1.0, 2.0, 4.0])
    ours = unknown.log_density(R, eta, sds)
    np.testing.assert_allclose(ours, stats.norm.logpdf(R, 0, sds), rtol=1e-12)
    draws = unknown.sample(np.random.default_rng(1), np.zeros((50_000, 4)), sds)
    np.testing.assert_allclose(draws.std(axis=0), sds, rtol=6 / np.sqrt(100_000))


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_gradients_are_those_of_the_loss(loss: likelihoods.Loss) -> None:
    slopes = (loss.loss(R + 1e-6) - loss.loss(R - 1e-6)) / 2e-6
    np.testing.assert_allclose(loss.gradient(R), slopes, rtol=1e-8)


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_a_loss_is_smooth_if_its_gradient_has_no_jump(loss: likelihoods.Loss) -> None:
    jump = abs(loss.gradient(np.array(1e-12)) - loss.gradient(np.array(-1e-12)))
    assert (jump < 1e-9) == loss.is_smooth


def test_losses_are_negative_log_densities_up_to_a_constant() -> None:
    y = np.array([1.0, 2.0, -4.0])
    eta = np.array([0.5, 3.0, -4.0])
    normal, laplace = LOSSES[0], likelihoods.Laplace(scale=0.6)
    np.testing.assert_allclose(
        np.diff(normal.loss(y - eta)),
        -np.diff(stats.norm.logpdf(y, eta, 1.7)),
        rtol=1e-12,
    )
    np.testing.assert_allclose(
        laplace.log_density(y, eta), stats.laplace.logpdf(y, eta, 0.6), rtol=1e-12
    )


def test_bernoulli_is_cross_entropy() -> None:
    labels, eta = np.array([1.0, -1.0, 1.0, -1.0]), np.array([0.3, 0.3, -800.0, -800.0])
    probability = 1 / (1 + np.exp(-eta[:2]))
    expected = np.log([probability[0], 1 - probability[1]])
    log_density = likelihoods.Bernoulli().log_density(labels, eta)
    np.testing.assert_allclose(log_density[:2], expected, rtol=1e-14)
    np.testing.assert_allclose(log_density[2:], [-800.0, 0.0], atol=1e-300)


def test_scales_must_be_known_for_a_loss() -> None:
    with pytest.raises(ValueError, match="needs noise and prior sds that are numbers"):
        likelihoods.Normal(priors.HalfNormal(1.0)).loss(R)
    with pytest.raises(ValueError, match="scale must be positive"):
        likelihoods.Laplace(0.0)
