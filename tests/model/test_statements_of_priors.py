"""What a prior says of itself: its code, size and unit, and what it refuses."""

from typing import Any

import numpy as np
import pytest

from bayes_l2 import priors

INF = np.inf
HALF = priors.HalfCauchy(1.0)
NORMAL: Any = priors.Normal

CODE = {
    "priors.Normal(sd=2)": NORMAL(2.0),
    "priors.Normal(sd=2, mean=0.5)": NORMAL(2.0, mean=0.5),
    "priors.Normal(sd=2, mean=<2>)": NORMAL(2.0, mean=[0.0, 1.0]),
    "priors.Normal(sd=2, relative_to_noise=True)": NORMAL(2.0, relative_to_noise=True),
    "priors.Normal(priors.HalfCauchy(scale=1))": NORMAL(HALF),
    "priors.Normal(cov=<2 x 2>, mean=<2>)": NORMAL(cov=np.eye(2), mean=[1.0, 0.0]),
    "priors.Normal(sd=[0.5, inf])": NORMAL([0.5, INF]),
    "priors.Laplace(scale=[0.5, inf])": priors.Laplace([0.5, INF]),
    "priors.ElasticNet(l1_scale=0.5, l2_sd=2)": priors.ElasticNet(0.5, 2.0),
    "priors.Flat()": priors.Flat(),
}


@pytest.mark.parametrize("code", CODE)
def test_a_prior_is_shown_as_code(code: str) -> None:
    assert repr(CODE[code]) == code


SIZES = {
    "priors.Normal(sd=2)": None,
    "priors.Normal(sd=2, mean=<2>)": 2,
    "priors.Normal(cov=<2 x 2>, mean=<2>)": 2,
    "priors.Normal(sd=[0.5, inf])": 2,
    "priors.Laplace(scale=[0.5, inf])": 2,
    "priors.ElasticNet(l1_scale=0.5, l2_sd=2)": None,
}


@pytest.mark.parametrize("code", SIZES)
def test_the_size_is_the_number_of_columns_that_are_named(code: str) -> None:
    assert CODE[code].size == SIZES[code]


def test_a_mean_and_a_covariance_have_one_size() -> None:
    assert NORMAL(cov=np.eye(3)).size == 3
    with pytest.raises(
        ValueError, match="mean and cov must have one size, got 2 and 3"
    ):
        NORMAL(cov=np.eye(3), mean=[0.0, 1.0])


BAD: dict[str, Any] = {
    "relative_to_noise must be True or False, got 1": lambda: NORMAL(
        1.0, relative_to_noise=1
    ),
    "prior l1_scale must be positive and finite, got -1.0": lambda: priors.ElasticNet(
        -1.0, 2.0
    ),
    "prior l2_sd must be positive and finite, got 0.0": lambda: priors.ElasticNet(
        1.0, 0.0
    ),
}


@pytest.mark.parametrize("message", BAD)
def test_a_bad_argument_is_named(message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        BAD[message]()


def test_only_one_sd_about_zero_is_a_ridge_penalty() -> None:
    assert NORMAL(2.0).is_ridge
    assert NORMAL(2.0, mean=[0.0, 0.0]).is_ridge
    assert priors.Flat().is_ridge
    # a mean that is 0 in one column only, and a covariance that is a multiple of I
    for other in (NORMAL(2.0, mean=[0.0, 1.0]), NORMAL(cov=4 * np.eye(2))):
        assert not other.is_ridge
    assert not NORMAL([1.0, 2.0]).is_ridge
    assert not priors.Laplace(1.0).is_ridge


@pytest.mark.parametrize(
    "prior", [priors.Flat(), priors.Laplace(0.7), priors.ElasticNet(0.7, 2.0)], ids=repr
)
def test_a_prior_without_an_unknown_scale_is_its_own_unit(prior: Any) -> None:
    assert prior.multiplier(1.7, 0.6) == 1.0
    assert prior.spread.value == 1.0


def test_a_covariance_is_its_own_unit_or_that_of_the_noise() -> None:
    assert NORMAL(cov=np.eye(2)).spread.value == 1.0
    assert NORMAL(cov=np.eye(2)).multiplier(1.7, 0.6) == 1.0
    relative = NORMAL(cov=np.eye(2), relative_to_noise=True)
    assert relative.multiplier(1.7, 0.6) == 1.7


@pytest.mark.parametrize("kind", [NORMAL, priors.Laplace])
def test_shares_of_columns_are_ratios_of_scales(kind: Any) -> None:
    """The penalty of the smallest scale is the steepest; a flat one has no slope."""
    shares = kind([2.0, 0.5, INF]).column_shares(3)
    np.testing.assert_allclose(shares, [0.25, 1.0, 0.0], rtol=1e-15)
    np.testing.assert_array_equal(kind(0.5).column_shares(3), np.ones(3))


def test_a_flat_column_has_no_variance() -> None:
    np.testing.assert_array_equal(NORMAL([0.5, INF]).unit_variances(2), [0.25, 0.0])
    np.testing.assert_array_equal(priors.Flat().unit_variances(2), [0.0, 0.0])


def test_at_unit_the_factor_of_a_prior_is_one() -> None:
    of_one = NORMAL(HALF, mean=[0.5, -1.0], relative_to_noise=True).at_unit()
    assert repr(of_one) == ("priors.Normal(sd=1, mean=<2>, relative_to_noise=True)")
    np.testing.assert_array_equal(of_one.mean, [0.5, -1.0])
    of_each = NORMAL([0.5, 2.0], factor=HALF).at_unit()
    np.testing.assert_array_equal(of_each.sds, [0.5, 2.0])
    assert of_each.spread.value == 1.0


def test_equal_numbers_are_one_number_in_a_model() -> None:
    """A factor that is unknown is the sd where the others are 1, and is left else."""
    names: Any = ("a", "b")
    factor: Any = {"factor": HALF}
    assert repr(NORMAL([2.0, 2.0]).for_columns(names)) == "priors.Normal(sd=2)"
    assert NORMAL([1.0, 1.0], **factor).for_columns(names).sds is None
    doubled = NORMAL([2.0, 2.0], **factor).for_columns(names)
    np.testing.assert_array_equal(doubled.sds, [2.0, 2.0])
    assert doubled.sd == HALF
    single = NORMAL([1.0], **factor).for_columns(("a",))
    assert (single.sds, single.sd) == (None, HALF)
    with_mean = NORMAL([2.0, 2.0], mean=[0.5, 1.5]).for_columns(names)
    np.testing.assert_array_equal(with_mean.mean, [0.5, 1.5])
    assert priors.Laplace([0.7]).for_columns(("a",)).scale == 0.7


def test_the_flat_prior_colours_no_row() -> None:
    assert priors.Flat().colour(np.ones((2, 3))).shape == (2, 0)
