"""The normal and Student's t have the digits of scipy's."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from bayes_l2.posteriors.distributions.location_scale import (
    UnivariateNormal,
    UnivariateT,
)

PAIRS: dict[str, tuple[Any, Any]] = {
    "normal": (UnivariateNormal(2.0, 0.3), stats.norm(2.0, 0.3)),
    **{
        f"t with {df:g} degrees": (UnivariateT(2.0, 0.3, df), stats.t(df, 2.0, 0.3))
        for df in (2.5, 7.0, 300.0, 1e7)
    },
}


@pytest.mark.parametrize("name", PAIRS)
def test_densities_and_probabilities_are_those_of_scipy(name: str) -> None:
    ours, theirs = PAIRS[name]
    x = np.array([-40.0, -4.0, 1.9, 2.0, 2.5, 9.0])
    for method in ("logpdf", "pdf", "cdf", "sf"):
        expected = getattr(theirs, method)(x)
        np.testing.assert_allclose(getattr(ours, method)(x), expected, rtol=1e-11)
    q = np.array([0.0, 1e-300, 1e-9, 0.3, 0.5, 0.999, 1.0])
    for method in ("ppf", "isf"):
        expected = getattr(theirs, method)(q)
        np.testing.assert_allclose(getattr(ours, method)(q), expected, rtol=1e-11)
    for method in ("mean", "median", "std", "var", "interval"):
        arguments = (0.9,) * (method == "interval")
        expected = getattr(theirs, method)(*arguments)
        found = getattr(ours, method)(*arguments)
        np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_moments_end_where_the_tails_are_too_heavy() -> None:
    assert np.isnan(UnivariateT(2.0, 0.3, 1.0).mean())
    assert UnivariateT(2.0, 0.3, 1.5).mean() == 2.0
    assert UnivariateT(2.0, 0.3, 2.0).std() == np.inf


def test_the_text_has_the_median_and_an_interval() -> None:
    assert (
        repr(UnivariateNormal(2.0, 0.5))
        == "UnivariateNormal(median 2, 95 % from 1.02 to 2.98)"
    )
    several = UnivariateT(np.array([2.0, -1.0]), 0.5, 3.0)
    assert repr(several) == "UnivariateT(<2> side by side, medians from -1 to 2)"
