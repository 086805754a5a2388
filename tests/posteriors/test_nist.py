"""Posteriors with an unknown noise sd have the certified digits of NIST."""

from typing import Any

import numpy as np
import pytest

from bayes_l2 import (
    LinearModel,
    MixturePosterior,
    NormalInverseGammaPosterior,
    fit_exact,
    likelihoods,
    priors,
)
from tests.oracles import (
    LogDensity,
    correct_digits,
    exact_residual_squares,
    exponential,
    half_cauchy,
    mean_noise_variance,
    nist,
)

# of coefficients and standard errors; exact fits, Wampler1 and 2, have no errors
CERTIFIED_DIGITS = {
    "Norris": (11, 11),
    "Pontius": (11, 11),
    "NoInt1": (13, 13),
    "NoInt2": (13, 13),
    "Filip": (7, 7),
    "Longley": (10, 10),
    "Wampler3": (8, 8),
    "Wampler4": (6, 6),
    "Wampler5": (5, 5),
}


def certified_model(
    name: str, noise: priors.ScalePrior
) -> tuple[LinearModel, dict[str, Any]]:
    data = nist(name)
    return LinearModel(
        data["X"],
        data["y"],
        likelihood=likelihoods.Normal(noise),
        prior=priors.Flat(),
        intercept=data["intercept"],
    ), data


@pytest.mark.parametrize("name", CERTIFIED_DIGITS)
def test_jeffreys_prior_gives_nists_coefficients_and_standard_errors(name: str) -> None:
    """The posterior is the sampling distribution, t of n - p degrees of freedom.

    The standard errors are its scales.
    """
    model, data = certified_model(name, priors.FlatLogScale())
    posterior = NormalInverseGammaPosterior.of(model)
    location = posterior.location
    digits_of_beta, digits_of_se = CERTIFIED_DIGITS[name]
    assert posterior.df == len(data["y"]) - len(data["beta"])
    assert (
        correct_digits(
            location.mean if posterior.df > 1 else location.mode, data["beta"]
        )
        >= digits_of_beta
    )
    scales = np.sqrt(location.scale / location.shape) * location.given_unit_noise.sd
    assert correct_digits(scales, data["se"]) >= digits_of_se


@pytest.mark.parametrize(
    ("noise", "log_density"),
    [
        (priors.HalfCauchy(1.0), half_cauchy(1.0)),
        (priors.Exponential(1.0), exponential(1.0)),
    ],
    ids=["half-Cauchy", "exponential"],
)
@pytest.mark.parametrize("name", CERTIFIED_DIGITS)
def test_the_quadrature_has_nists_digits_too(
    name: str, noise: priors.ScalePrior, log_density: LogDensity
) -> None:
    """Each sd is the certified standard error times a ratio.

    The ratio is the root of E[sigma² | y] over the residual variance.
    """
    model, data = certified_model(name, noise)
    posterior = fit_exact(model)
    assert isinstance(posterior, MixturePosterior)
    digits_of_beta, digits_of_se = CERTIFIED_DIGITS[name]
    assert correct_digits(posterior.location.mean, data["beta"]) >= digits_of_beta
    degrees = len(data["y"]) - len(data["beta"])
    squares = exact_residual_squares(data["X"], data["y"], intercept=data["intercept"])
    sd = data["se"] * np.sqrt(
        mean_noise_variance(degrees, squares, log_density) / (squares / degrees)
    )
    assert correct_digits(posterior.location.sd, sd) >= min(digits_of_se, 9)


@pytest.mark.parametrize("name", ["Wampler1", "Wampler2"])
def test_an_exact_fit_needs_a_prior_that_keeps_the_noise_from_zero(name: str) -> None:
    for noise in (priors.FlatLogScale(), priors.HalfCauchy(1.0)):
        with pytest.raises(
            ValueError,
            match=r"improper at small noise_sd: .*y exactly.*use priors.InverseGamma",
        ):
            fit_exact(certified_model(name, noise)[0])
    model, data = certified_model(name, priors.InverseGamma(1.0, 1.0))
    assert correct_digits(fit_exact(model).location.mean, data["beta"]) >= 9
