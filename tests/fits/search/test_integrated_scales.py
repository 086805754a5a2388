"""The density of coefficients with the scales integrated out, against quadrature."""

import numpy as np
import pytest
from scipy import integrate, stats

from bayes_l2 import LinearModel, fit_map, likelihoods, priors
from bayes_l2.fits.search.integrated_scales import IntegratedScales, _integral
from bayes_l2.model.scales import Known
from tests.model.test_linear_model import SCALE_DENSITIES

HALF, GAMMA = priors.HalfNormal(1.7), priors.InverseGamma(2.0, 1.5)


def brute_force(model: LinearModel, parameters: np.ndarray) -> float:
    """Return the log of the integral of likelihood times prior over both scales."""
    X, y = model.rows("the test")
    intercept, coef = parameters[0], parameters[1:]
    prior, known = model.prior, 0.6
    assert isinstance(prior, priors.Normal)
    in_noise_units = prior.relative_to_noise

    def given(noise_sd: float) -> float:
        density = np.prod(stats.norm.pdf(y, intercept + X @ coef, noise_sd))
        spread = known * noise_sd if in_noise_units else 1.0
        if in_noise_units:
            density *= np.prod(stats.norm.pdf(coef, prior.mean, spread))
        return float(density * np.exp(model.likelihood.noise.log_density(noise_sd)))

    def of_prior(prior_sd: float) -> float:
        density = np.prod(stats.norm.pdf(coef, prior.mean, prior_sd))
        return float(density * np.exp(prior.spread.log_density(prior_sd)))

    total = np.log(integrate.quad(given, 0, np.inf, epsabs=0, limit=500)[0])
    if not in_noise_units:
        total += np.log(integrate.quad(of_prior, 0, np.inf, epsabs=0, limit=500)[0])
    return float(total)


@pytest.mark.parametrize(
    ("noise", "prior"),
    [
        (HALF, priors.Normal(0.6, mean=0.4, relative_to_noise=True)),
        (GAMMA, priors.Normal(0.6, relative_to_noise=True)),
        (HALF, priors.Normal(GAMMA, mean=-0.7)),
        (GAMMA, priors.Normal(GAMMA)),
    ],
)
def test_differences_of_the_log_density(
    noise: priors.ScalePrior, prior: priors.Normal
) -> None:
    """Far from the mode the power of the squares, n + p of both, decides."""
    rng = np.random.default_rng(3)
    X, y = rng.standard_normal((6, 3)), rng.standard_normal(6)
    model = LinearModel(X, y, likelihood=likelihoods.Normal(noise), prior=prior)
    density = IntegratedScales(model)
    points = rng.standard_normal((4, 4)) * [[0.1], [1.0], [3.0], [6.0]]
    ours, theirs = [], []
    for u in points:
        intercept, coef = density.split(u)
        ours.append(density.log_density(u))
        theirs.append(brute_force(model, np.append(intercept, coef)))
    np.testing.assert_allclose(np.diff(ours), np.diff(theirs), rtol=1e-7)


def test_a_prior_sd_in_units_of_known_noise() -> None:
    rng = np.random.default_rng(3)
    X, y = rng.standard_normal((6, 2)), rng.standard_normal(6)
    prior = priors.Normal(GAMMA, mean=0.5, relative_to_noise=True)
    model = LinearModel(X, y, likelihood=likelihoods.Normal(0.3), prior=prior)
    density, ours, theirs = IntegratedScales(model), [], []
    h = 1e-5
    for u in rng.standard_normal((3, 3)):
        intercept, coef = (part.ravel() for part in density.split(u))

        def given(ratio: float, coef: np.ndarray = coef) -> float:
            of_coef = np.prod(stats.norm.pdf(coef, 0.5, 0.3 * ratio))
            of_ratio = 2 * ratio * stats.invgamma.pdf(ratio**2, 2.0, scale=1.5)
            return float(of_coef * of_ratio)

        of_rows = stats.norm.logpdf(y, intercept + X @ coef, 0.3).sum()
        ours.append(density.log_density(u))
        theirs.append(of_rows + np.log(integrate.quad(given, 0, np.inf)[0]))
        slope = [
            (density.log_density(u + e) - density.log_density(u - e)) / (2 * h)
            for e in h * np.eye(3)
        ]
        np.testing.assert_allclose(density.gradient(u), slope, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(np.diff(ours), np.diff(theirs), rtol=1e-7)


def test_the_objective_of_the_mode_is_minus_the_log_of_that_integral() -> None:
    """Up to a constant: a search that stops short lacks what the integrals say."""
    rng = np.random.default_rng(3)
    X, y = rng.standard_normal((6, 3)), rng.standard_normal(6)
    model = LinearModel(
        X, y, likelihood=likelihoods.Normal(HALF), prior=priors.Normal(GAMMA)
    )
    mode, short = (
        fit_map(model, density="marginal", max_iterations=most) for most in (200, 1)
    )
    best, other = (
        brute_force(model, np.append(each.intercept, each.coef))
        for each in (mode, short)
    )
    assert best - other > 1e-6
    assert short.objective - mode.objective == pytest.approx(best - other, rel=1e-4)


@pytest.mark.parametrize(
    "prior",
    [
        HALF,
        priors.HalfCauchy(0.5),
        priors.HalfStudentT(3.0, 2.0),
        priors.Exponential(2.0),
        GAMMA,
        priors.FlatScale(),
    ],
    ids=repr,
)
@pytest.mark.parametrize(("count", "squares"), [(3, 1e-4), (3, 5.0), (40, 90.0)])
def test_the_integral_over_a_scale_and_the_moments_of_its_precision(
    prior: priors.ScalePrior, count: int, squares: float
) -> None:
    """Of s^-count exp(-q / 2 s²) p(s), by trapezia in the logarithm of s."""
    t = np.linspace(-25, 35, 60_001)
    log_prior = SCALE_DENSITIES[type(prior)](prior)(np.exp(t))
    logs = (1 - count) * t - 0.5 * squares * np.exp(-2 * t) + log_prior
    shift = logs.max()
    weights = np.exp(logs - shift)
    total = np.trapezoid(weights, t)
    mean = np.trapezoid(weights * np.exp(-2 * t), t) / total
    square = np.trapezoid(weights * (np.exp(-2 * t) - mean) ** 2, t) / total
    found = _integral(prior, count, np.sqrt([squares / 2, squares / 2]))
    assert found.precision == pytest.approx(mean, rel=1e-9)
    assert found.variance == pytest.approx(square, rel=1e-7)
    # up to a constant of the prior
    other = _integral(prior, count, np.sqrt([squares]) * 1.001)
    slope = (other.log - found.log) / (squares * (1.001**2 - 1))
    assert slope == pytest.approx(-mean / 2, rel=3e-3)
    if prior.inverse_gamma is None:
        assert found.log == pytest.approx(np.log(total) + shift, abs=1e-9)


def test_a_known_scale_has_no_variance() -> None:
    found = _integral(Known(2.0), 7, np.array([3.0, 4.0]))
    assert found == (-25 / 8, 0.25, 0.0)
