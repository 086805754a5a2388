"""Priors on scales: against scipy.stats, finite differences and their own limits."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import integrate

from bayes_l2 import priors
from bayes_l2.model.scales import as_scale
from tests.oracles import (
    LogDensity,
    exponential,
    flat,
    flat_in_the_logarithm,
    half_cauchy,
    half_normal,
    half_t,
    inverse_gamma,
)

PRIORS: dict[str, tuple[priors.ScalePrior, LogDensity]] = {
    "half-normal": (priors.HalfNormal(3.0), half_normal(3.0)),
    "half-t": (priors.HalfStudentT(4.0, 2.5), half_t(4.0, 2.5)),
    "half-t of a half": (priors.HalfStudentT(0.5, 7.0), half_t(0.5, 7.0)),
    "half-Cauchy": (priors.HalfCauchy(0.2), half_cauchy(0.2)),
    "exponential": (priors.Exponential(50.0), exponential(50.0)),
    "inverse-gamma": (priors.InverseGamma(2.5, 9.0), inverse_gamma(2.5, 9.0)),
    "flat": (priors.FlatScale(), flat),
    "flat in the logarithm": (priors.FlatLogScale(), flat_in_the_logarithm),
}
SDS = np.geomspace(1e-3, 1e3, 41)
over_all = pytest.mark.parametrize("name", PRIORS)


@over_all
def test_the_log_density_is_scipys(name: str) -> None:
    prior, log_density = PRIORS[name]
    np.testing.assert_allclose(
        prior.log_density(SDS), log_density(SDS), rtol=1e-12, atol=1e-12
    )
    assert prior.log_density(1.3) == pytest.approx(
        float(log_density(1.3)), rel=1e-12, abs=1e-12
    )


@pytest.mark.parametrize(
    "name", [name for name in PRIORS if not name.startswith("flat")]
)
def test_a_proper_density_integrates_to_one(name: str) -> None:
    prior, _ = PRIORS[name]

    def by_logarithm(t: float) -> float:
        return float(np.exp(prior.log_density(np.exp(t)) + t))

    # in log sd no tail is heavier than exp(-|t| / 2), which is 1e-13 at 60
    pieces = [
        integrate.quad(by_logarithm, t, t + 5, epsabs=1e-14, epsrel=1e-12)[0]
        for t in range(-60, 60, 5)
    ]
    assert sum(pieces) == pytest.approx(1.0, abs=1e-10)


@over_all
def test_slope_and_curvature_are_the_derivatives_by_log_sd(name: str) -> None:
    """By five-point stencils.

    Their errors are of fourth order in the step, and their rounding is 1e-16 of the log
    density over the step.
    """
    prior, log_density = PRIORS[name]
    sds = np.geomspace(0.02, 200, 25)
    step = 1e-3

    def at(k: int) -> Any:
        return log_density(sds * np.exp(k * step))

    slope = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step)
    curvature = (16 * (at(1) + at(-1)) - (at(2) + at(-2)) - 30 * at(0)) / (12 * step**2)
    size = 1 + np.abs(log_density(sds))
    assert np.max(np.abs(prior.slope(sds) - slope) / size) < 1e-10
    assert np.max(np.abs(prior.curvature(sds) - curvature) / size) < 1e-7
    assert np.all(prior.curvature(sds) <= 0)


@pytest.mark.parametrize(
    ("far", "attribute"), [(1e-30, "power_at_zero"), (1e30, "power_at_infinity")]
)
@over_all
def test_the_powers_are_those_of_the_density_in_its_limits(
    name: str, far: float, attribute: str
) -> None:
    prior, log_density = PRIORS[name]
    expected = -np.inf
    if np.isfinite(log_density(far)):
        expected = log_density(far * np.e) - log_density(far)
    power = getattr(prior, attribute)
    if np.isfinite(power):
        assert power == pytest.approx(float(expected), abs=1e-9)
    elif attribute == "power_at_zero":
        assert power == np.inf
        # the density itself can be 0 in doubles there
        assert expected > 1e20 or expected == -np.inf
    else:
        assert power == -np.inf
        assert expected < -1e20


@over_all
def test_the_conjugate_form_is_the_same_density(name: str) -> None:
    prior, log_density = PRIORS[name]
    form = prior.inverse_gamma
    if name not in ("inverse-gamma", "flat", "flat in the logarithm"):
        assert form is None
        return
    assert form is not None
    ours = form.log_constant - (2 * form.shape + 1) * np.log(SDS) - form.scale / SDS**2
    np.testing.assert_allclose(ours, log_density(SDS), rtol=1e-12, atol=1e-12)


def test_a_known_scale_adds_nothing_to_a_log_density() -> None:
    known = as_scale(2.5, "sd")
    assert known.value == 2.5
    assert known.log_density(SDS) == 0
    assert known.slope(SDS) == 0
    assert known.curvature(SDS) == 0


def test_a_prior_is_only_offered_where_no_number_is_given() -> None:
    with pytest.raises(
        ValueError, match=r"^sd must be positive and finite, got -1\.0$"
    ):
        as_scale(-1.0, "sd")
    offered = r"^sd must be .*, or a prior on it such as priors\.HalfNormal\(50\)$"
    with pytest.raises(ValueError, match=offered):
        as_scale("much", "sd")


@over_all
def test_the_typical_value_is_near_the_median(name: str) -> None:
    prior, log_density = PRIORS[name]
    if prior.typical is None:
        assert name.startswith("flat")
        return
    # between the quantiles of 20 % and 70 %, by integration of the density
    below = integrate.quad(
        lambda s: np.exp(log_density(s)), 1e-12, prior.typical, limit=200
    )[0]
    assert 0.2 < below < 0.7


@pytest.mark.parametrize(
    ("prior", "text"),
    [
        (priors.HalfNormal(100), "priors.HalfNormal(sd=100)"),
        (priors.HalfStudentT(4, 2.5), "priors.HalfStudentT(df=4, scale=2.5)"),
        (priors.HalfCauchy(20), "priors.HalfCauchy(scale=20)"),
        (priors.Exponential(0.5), "priors.Exponential(mean=0.5)"),
        (priors.InverseGamma(2, 9), "priors.InverseGamma(shape=2, scale=9)"),
        (priors.FlatScale(), "priors.FlatScale()"),
        (priors.FlatLogScale(), "priors.FlatLogScale()"),
    ],
    ids=str,
)
def test_a_prior_is_shown_as_code(prior: priors.ScalePrior, text: str) -> None:
    assert repr(prior) == text
    assert eval(text, {"priors": priors}) == prior


BAD: dict[str, Any] = {
    "zero": 0,
    "negative": -1.5,
    "nan": np.nan,
    "infinity": np.inf,
    "text": "3",
    "none": None,
}
MAKERS: dict[str, Callable[[Any], priors.ScalePrior]] = {
    "HalfNormal sd": priors.HalfNormal,
    "HalfStudentT df": lambda value: priors.HalfStudentT(value, 1.0),
    "HalfStudentT scale": lambda value: priors.HalfStudentT(1.0, value),
    "HalfCauchy scale": priors.HalfCauchy,
    "Exponential mean": priors.Exponential,
    "InverseGamma shape": lambda value: priors.InverseGamma(value, 1.0),
    "InverseGamma scale": lambda value: priors.InverseGamma(1.0, value),
}


@pytest.mark.parametrize("parameter", MAKERS)
@pytest.mark.parametrize("value", BAD.values(), ids=list(BAD))
def test_a_bad_parameter_is_named_with_its_class(value: Any, parameter: str) -> None:
    with pytest.raises(
        ValueError, match=rf"^{re.escape(parameter)} must be .*positive.*, got"
    ):
        MAKERS[parameter](value)
