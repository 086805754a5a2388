"""The probability of the second class, averaged over a Gaussian predictor."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit, ndtr
from scipy.stats import norm

from bayes_l2 import likelihoods


def average(mean: float, sd: float) -> float:
    """Integrate by adaptive quadrature, in pieces about the step of the logistic.

    Beyond 40 log odds the logistic is 0 or 1 to 17 digits.
    """
    low, high = (-40 - mean) / sd, (40 - mean) / sd
    edges = np.linspace(low, high, 41)
    inner = 0.0
    for left, right in pairwise(edges):
        inner += quad(
            lambda z: expit(mean + sd * z) * norm.pdf(z), left, right, epsabs=1e-14
        )[0]
    return inner + ndtr(-high)


@pytest.mark.parametrize("sd", [0.5, 1.99, 3.5, 5.0, 10.0, 40.0, 90.0, 100.0])
@pytest.mark.parametrize("mean", [-4.0, 0.7, 12.0])
def test_the_average_has_twelve_digits(mean: float, sd: float) -> None:
    """The step is at most half a log odds, where the rule has all digits.

    At a step of 1 the error is 1e-9, and so is that of a normal step for an sd of 100.
    """
    likelihood: Any = likelihoods.Bernoulli()
    found = likelihood.expected(np.array([mean]), np.array([[sd]]))
    assert found[0] == pytest.approx(average(mean, sd), abs=1e-12)


@pytest.mark.parametrize("sd", [101.0, 1e3, 1e6])
def test_a_wide_predictor_makes_the_step_a_normal_one(sd: float) -> None:
    likelihood: Any = likelihoods.Bernoulli()
    for share in (-1.0, 0.3):
        found = likelihood.expected(np.array([share * sd]), np.array([[sd]]))
        assert found[0] == pytest.approx(average(share * sd, sd), abs=1e-8)
