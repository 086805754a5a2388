"""Conversions list their assumptions, and warn of each difference between two fits."""

from typing import Any

import pytest

from bayes_l2 import convert
from bayes_l2.conventions.catalogue import CONVENTIONS, RECORDS
from bayes_l2.conventions.convention import Columns, Intercept
from tests.conventions.test_conversion import PAIRS, Y_SD, N, known


def warnings_of(source: str, target: str, **given: Any) -> str:
    return " ".join(convert(1.0, source, target, **given).warnings)


def test_warnings_name_the_differences_of_two_fits() -> None:
    assert "torch-sgd penalises the intercept too" in warnings_of(
        "ridge", "torch-sgd", n=N
    )
    assert not warnings_of("torch-sgd", "torch-adam")
    assert "glmnet standardises the columns" in warnings_of(
        "ridge", "glmnet", n=N, y_sd=Y_SD
    )
    assert not warnings_of("ridge", "glmnet", n=N, y_sd=Y_SD, x_sd=2.0)
    assert not warnings_of("lm-ridge", "glmnet", n=N, y_sd=Y_SD)
    for pair in (("torch-sgd", "torch-adamw"), ("torch-adamw", "torch-sgd")):
        assert "torch-adamw is no Gaussian MAP" in warnings_of(*pair)
    assert "equal only if X and y are centred or the intercept is freed" in warnings_of(
        "ridge", "torch-sgd", n=N
    )
    assert "equal only if X and y are centred or the intercept is freed" in warnings_of(
        "prior-sd", "torch-sgd", n=N, noise_sd=1.0
    )
    assert "equal only if the intercept is freed" in warnings_of(
        "sgd-classifier", "torch-sgd-cross-entropy"
    )
    assert not warnings_of("ridge", "torch-sgd", n=N, intercept=False)
    assert "minibatches of 200 do not divide 442 rows" in warnings_of(
        "ridge", "mlp-regressor", n=N, batch_size=200
    )
    assert "minibatches of 200 do not divide 442 rows" in warnings_of(
        "ridge", "torch-sgd-sum", n=N, batch_size=200
    )
    assert not warnings_of("ridge", "mlp-regressor", n=N, batch_size=221)
    assert "in log odds for the other" in warnings_of(
        "ridge", "logistic-regression", noise_sd=1.0
    )
    assert not warnings_of("pymc", "logistic-regression")
    assert not warnings_of("ridge", "elastic-net", n=N)


@pytest.mark.parametrize(("source", "target"), PAIRS[:: len(RECORDS) + 7])
def test_a_warning_for_each_difference_and_no_other(source: str, target: str) -> None:
    a, b = CONVENTIONS[source], CONVENTIONS[target]
    without_sds = {
        name: value for name, value in known(source, target).items() if name != "x_sd"
    }
    said = warnings_of(source, target, **without_sds)
    assert ("intercept" in said) == (
        (a.intercept is Intercept.PENALISED) != (b.intercept is Intercept.PENALISED)
    )
    assert ("standardise" in said) == (
        (a.columns is Columns.AS_GIVEN) != (b.columns is Columns.AS_GIVEN)
    )


def test_two_likelihoods_are_named_in_the_order_of_the_conversion() -> None:
    assert "cross-entropy and squared error are two likelihoods" in warnings_of(
        "logistic-regression", "ridge", noise_sd=1.0
    )


def test_assumptions_are_complete() -> None:
    plain = convert(1.0, "ridge", "elastic-net", n=5).assumptions
    assert plain == ("rows have no weights",)
    weighted = convert(1.0, "ridge", "elastic-net", n=5, weight_sum=7.0)
    assert weighted.assumptions == (
        "ridge: row weights are summed, Σ w (y - a - x'b)²",
        "elastic-net: row weights are averaged: replace n by Σw",
    )
    assert weighted.lines()[-3] == (
        "to, minimising",
        "1 / (2 weight_sum) · ||y - a - Xb||² + 0.1428571429 / 2 · ||b||²",
    )
    assert convert(1.0, "ridge", "kernel-ridge").assumptions == (
        "kernel-ridge: none: centre X and y, at weighted means where rows have weights",
    )
    scaled = convert(1.0, "prior-sd", "prior-sd-standardised", x_sd=2.0).assumptions
    assert scaled == ("all columns have the same sd, x_sd",)
    assert (
        convert(1.0, "prior-sd", "prior-sd-standardised", x_sd=[2.0]).assumptions == ()
    )
    assert (
        "y_sd is the sd of the y that is fitted, with divisor n"
        in convert(1.0, "ridge", "glmnet-unstandardised", n=5, y_sd=2.0).assumptions
    )
    cancelled = convert(1.0, "glmnet", "spark").assumptions
    assert not [
        each
        for each in cancelled
        if each.startswith(("rows have", "all columns", "y_sd"))
    ]
