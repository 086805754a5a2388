"""Conversions agree with formulas worked out by hand, and invert each other."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from math import sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bayes_l2 import convert
from bayes_l2.conventions.catalogue import CONVENTIONS
from bayes_l2.conventions.quantities import quantities_of

N, W, B, Y_SD, X_SD, SIGMA = 442, 600.5, 50, 77.0, 1.7, 54.0
QUANTITIES: dict[str, Any] = {
    "n": N,
    "weight_sum": W,
    "batch_size": B,
    "y_sd": Y_SD,
    "x_sd": X_SD,
    "noise_sd": SIGMA,
}
# the setting of each library for the ridge penalty alpha, from its documentation
SETTINGS: dict[str, Callable[[float], float]] = {
    "ridge": lambda alpha: alpha,
    "ridge-classifier": lambda alpha: alpha,
    "kernel-ridge": lambda alpha: alpha,
    "elastic-net": lambda alpha: alpha / W,
    "sgd-regressor": lambda alpha: alpha / N,
    "sgd-classifier": lambda alpha: alpha / SIGMA**2 / N,
    "logistic-regression": lambda alpha: SIGMA**2 / alpha,
    "linear-svr": lambda alpha: 1 / (2 * alpha),
    "tweedie-regressor": lambda alpha: alpha / W,
    "mlp-regressor-lbfgs": lambda alpha: alpha,
    "mlp-regressor": lambda alpha: alpha * B / N,
    "mlp-classifier-lbfgs": lambda alpha: alpha / SIGMA**2,
    "mlp-classifier": lambda alpha: alpha / SIGMA**2 * B / N,
    "bayesian-ridge": lambda alpha: alpha / SIGMA**2,
    "ard-regression": lambda alpha: alpha / SIGMA**2,
    "gaussian-process": lambda alpha: SIGMA**2 / alpha,
    "prior-sd": lambda alpha: SIGMA / sqrt(alpha),
    "prior-sd-standardised": lambda alpha: X_SD * SIGMA / sqrt(alpha),
    "prior-sd-relative": lambda alpha: 1 / sqrt(alpha),
    "pymc": lambda alpha: SIGMA / sqrt(alpha),
    "bambi": lambda alpha: SIGMA / sqrt(alpha),
    "brms": lambda alpha: SIGMA / sqrt(alpha),
    "rstanarm": lambda alpha: SIGMA / sqrt(alpha),
    "statsmodels-ols": lambda alpha: alpha / W,
    "statsmodels-ols-scalar": lambda alpha: alpha / W,
    "statsmodels-glm": lambda alpha: alpha / N,
    "statsmodels-glm-binomial": lambda alpha: alpha / SIGMA**2 / N,
    "glum": lambda alpha: alpha / W,
    "glmnet": lambda alpha: alpha / X_SD**2 * Y_SD / W,
    "glmnet-unstandardised": lambda alpha: alpha * Y_SD / W,
    "glmnet-binomial": lambda alpha: alpha / SIGMA**2 / W / X_SD**2,
    "glmnet-binomial-unstandardised": lambda alpha: alpha / SIGMA**2 / W,
    "lm-ridge": lambda alpha: alpha / X_SD**2,
    "hoerl-kennard": lambda alpha: alpha / (N * X_SD**2),
    "matlab-ridge": lambda alpha: alpha / (X_SD**2 * N / (N - 1)),
    "torch-sgd": lambda alpha: 2 * alpha / N,
    "torch-sgd-sum": lambda alpha: 2 * alpha * B / N,
    "torch-sgd-cross-entropy": lambda alpha: alpha / SIGMA**2 / N,
    "torch-adam": lambda alpha: 2 * alpha / N,
    "torch-adam-sum": lambda alpha: 2 * alpha * B / N,
    "torch-adamw-sum": lambda alpha: 2 * alpha * B / N,
    "torch-adamw": lambda alpha: 2 * alpha / N,
    "keras-l2": lambda alpha: alpha / N,
    "keras-l2-cross-entropy": lambda alpha: alpha / SIGMA**2 / (2 * N),
    "keras-sgd": lambda alpha: 2 * alpha / N,
    "optax": lambda alpha: 2 * alpha / N,
    "optax-l2-loss": lambda alpha: alpha / N,
    "optax-adamw": lambda alpha: 2 * alpha / N,
    "xgboost": lambda alpha: alpha / W,
    "lightgbm": lambda alpha: alpha,
    "spark": lambda alpha: alpha / X_SD**2 * Y_SD / W,
    "spark-unstandardised": lambda alpha: alpha * Y_SD / W,
    "spark-logistic": lambda alpha: alpha / SIGMA**2 / N / (X_SD**2 * N / (N - 1)),
    "spark-logistic-unstandardised": lambda alpha: alpha / SIGMA**2 / W,
}
# the setting of each library for a Laplace prior of scale t
L1_SETTINGS: dict[str, Callable[[float], float]] = {
    "laplace-scale": lambda t: t,
    "lasso": lambda t: SIGMA**2 / (t * W),
    "logistic-regression-l1": lambda t: t,
    "statsmodels-ols-l1": lambda t: SIGMA**2 / (t * W),
    "glum-l1": lambda t: SIGMA**2 / (t * W),
    "glmnet-lasso": lambda t: SIGMA**2 / (t * W * X_SD),
    "glmnet-lasso-unstandardised": lambda t: SIGMA**2 / (t * W),
    "keras-l1": lambda t: 2 * SIGMA**2 / (t * N),
    "xgboost-l1": lambda t: SIGMA**2 / (t * W),
    "spark-lasso": lambda t: SIGMA**2 / (t * W * X_SD),
}
PAIRS = [
    (a, b)
    for a, b in product(CONVENTIONS, repeat=2)
    if CONVENTIONS[a].norm is CONVENTIONS[b].norm
]


def known(source: str, target: str) -> dict[str, Any]:
    return {name: QUANTITIES[name] for name in quantities_of(source, target)}


def test_every_convention_is_worked_out_by_hand() -> None:
    assert {*SETTINGS, *L1_SETTINGS} == set(CONVENTIONS)


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("alpha", [0.03, 7.29, 1e5])
def test_settings_are_those_worked_out_by_hand(name: str, alpha: float) -> None:
    expected = SETTINGS[name](alpha)
    assert convert(alpha, "ridge", name, **known("ridge", name)).value == pytest.approx(
        expected, rel=1e-13
    )
    assert convert(
        expected, name, "ridge", **known(name, "ridge")
    ).value == pytest.approx(alpha, rel=1e-13)


@pytest.mark.parametrize("name", L1_SETTINGS)
def test_l1_settings_are_those_worked_out_by_hand(name: str) -> None:
    expected = L1_SETTINGS[name](0.3)
    assert convert(
        0.3, "laplace-scale", name, **known("laplace-scale", name)
    ).value == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ridge", 0.3 / SIGMA**2),
        ("matlab-ridge", 0.3 * X_SD**2 * N / (N - 1) / SIGMA**2),
        ("hoerl-kennard", 0.3 * X_SD**2 * N / SIGMA**2),
        ("logistic-regression", 1 / 0.3),
        ("lasso", 0.3 * W / SIGMA**2),
        ("glmnet-lasso", 0.3 * X_SD * W / SIGMA**2),
    ],
)
def test_strengths_are_those_worked_out_by_hand(name: str, expected: float) -> None:
    """A Gaussian prior has 1 / tau², a Laplace prior 1 / t."""
    record = replace(CONVENTIONS[name])  # it has not worked out its strength yet
    numbers = {**QUANTITIES, "value": 0.3, "(n - 1)": N - 1}
    assert record.strength.evaluate(numbers) == pytest.approx(expected, rel=1e-14)


def there_and_back(value: float, source: str, target: str) -> Any:
    there = convert(value, source, target, **known(source, target)).value
    return convert(there, target, source, **known(target, source)).value


def test_there_and_back_between_all_pairs_returns_the_value() -> None:
    for source, target in PAIRS:
        assert there_and_back(2.5, source, target) == pytest.approx(2.5, rel=1e-12), (
            source,
            target,
        )


@settings(max_examples=200)
@given(st.floats(1e-12, 1e12), st.sampled_from(PAIRS))
def test_there_and_back_returns_any_value(value: float, pair: tuple[str, str]) -> None:
    assert there_and_back(value, *pair) == pytest.approx(value, rel=1e-12)


def test_without_weights_their_sum_is_the_number_of_rows() -> None:
    plain = convert(1.0, "ridge", "elastic-net", n=N)
    assert plain.value == pytest.approx(1 / N, rel=1e-15)
    assert "rows have no weights" in plain.assumptions
    assert (
        plain.value == convert(1.0, "ridge", "elastic-net", weight_sum=float(N)).value
    )


def test_the_result_gives_its_formula_and_quantities() -> None:
    found = convert(1.0, "Ridge", "glmnet", n=442, y_sd=77)
    assert float(found) == pytest.approx(77 / 442, rel=1e-14)
    assert found.formula == "alpha[ridge] y_sd / (n x_sd²)"
    assert found.quantities == {"n": 442, "y_sd": 77.0, "x_sd": 1.0}
    assert found.source.objective == "||y - a - Xb||² + alpha · ||b||²"
    assert (
        found.target.objective
        == "1 / (2 n) · ||y - a - Xb||² + lambda / (2 y_sd) · ||x_sd b||²"
    )
    assert found.prior_scale is None  # it depends on the noise sd
    text = str(found)
    for part in (
        found.formula,
        "||y - a - Xb||²",
        "lambda = 0.1742081448",
        *found.assumptions,
        *found.warnings,
    ):
        assert part in text
    assert found.to_dict()["value"] == found.value


def test_the_prior_sd_is_given_where_it_is_known() -> None:
    assert convert(
        7.29, "ridge", "elastic-net", n=N, noise_sd=54
    ).prior_scale == pytest.approx(20, rel=1e-14)
    assert convert(
        400.0, "logistic-regression", "sgd-classifier", n=N
    ).prior_scale == pytest.approx(20, rel=1e-14)
    assert convert(0.0, "ridge", "elastic-net", n=N, noise_sd=54).prior_scale is None


def test_the_prior_sd_in_raw_and_in_standardised_units() -> None:
    sds = np.array([0.5, 2.0, 40.0])
    raw = convert(20.0, "prior-sd-standardised", "prior-sd", x_sd=sds)
    np.testing.assert_allclose(raw.value, 20.0 / sds, rtol=1e-14)
    np.testing.assert_allclose(
        convert(raw.value, "prior-sd", "prior-sd-standardised", x_sd=sds).value,
        np.full(3, 20.0),
        rtol=1e-14,
    )
    with pytest.raises(ValueError, match="has 3 values, one for each column"):
        float(raw)


@pytest.mark.parametrize("zero", [0, 0.0, np.float32(0), np.int64(0), np.array(0.0)])
def test_no_penalty_stays_no_penalty(zero: Any) -> None:
    assert convert(zero, "ridge", "elastic-net", n=5).value == 0.0


def test_no_penalty_on_one_column() -> None:
    found = convert([0.0, 3.0], "ard-regression", "statsmodels-ols", n=6, noise_sd=2.0)
    np.testing.assert_allclose(found.value, [0.0, 2.0])
    assert found.prior_scale is None


def test_extreme_numbers_are_converted_if_the_result_is_finite() -> None:
    found = convert(1e150, "ridge", "prior-sd", noise_sd=1e-150)
    assert found.value == pytest.approx(1e-225, rel=1e-12)
    assert (
        convert(1e-300**0.5, "ridge", "lm-ridge", noise_sd=1e150).to_dict()[
            "prior_scale"
        ]
        is not None
    )


def test_numbers_beyond_double_precision_are_refused_without_a_warning_of_numpy() -> (
    None
):
    known = {"n": 1, "noise_sd": 1e150}
    with np.errstate(all="raise"):
        for far, noise_sd in ((1e-150, 1e150), (1e150, 1e-150)):
            with pytest.raises(ValueError, match="beyond double precision"):
                convert(
                    [far, 1.0], "prior-sd", "statsmodels-ols", n=1, noise_sd=noise_sd
                )
        # the setting is a number, the prior sd of the first column is none
        columns = [1e-150, 1.0]
        found = convert(1e-150, "hoerl-kennard", "lm-ridge", x_sd=columns, **known)
    assert found.value == 1e-150
    assert found.prior_scale is None


def test_columns_without_a_penalty_and_one_column_alone() -> None:
    none = convert([0.0, 0.0], "ard-regression", "bayesian-ridge")
    assert none.value == 0.0
    assert convert([4.0], "ard-regression", "bayesian-ridge").value == 4.0


def test_a_conversion_as_text_for_the_screen() -> None:
    found = convert(1.0, "ridge", "elastic-net", n=4, noise_sd=3)
    lines = str(found).split("\n")
    assert lines[0] == (
        "result            alpha = 0.25 in "
        "sklearn.linear_model.ElasticNet(alpha, l1_ratio=0)"
    )
    assert lines[3] == "from, minimising  ||y - a - Xb||² + ||b||²"
    assert lines[5] == "prior sd          3 of a coefficient, columns as given"
    assert repr(found) == "Conversion(ridge alpha = 1 is elastic-net alpha = 0.25)"
    warned = repr(convert(1.0, "ridge", "torch-sgd", n=4))
    assert warned.endswith("is torch-sgd weight_decay = 0.5; 1 warnings)")


def test_many_columns_are_shortened_on_the_screen() -> None:
    thirds = np.arange(1.0, 14) / 3
    found = convert(thirds, "prior-sd", "pymc")
    assert repr(found) == "Conversion(prior-sd sd = <13> is pymc sigma = <13>)"
    first = found.lines()[0][1]
    assert "[0.333333 0.666667 1.       ... 3.666667 4.       4.333333]" in first
    twelve = convert(thirds[:12], "prior-sd", "pymc").lines()[0][1]
    assert "..." not in twelve


def test_the_prior_of_weighted_rows() -> None:
    """1/tau² = n v/σ² with Σw for n."""
    found = convert(0.5, "elastic-net", "prior-sd", weight_sum=8.0, noise_sd=6.0)
    assert found.prior_scale == found.value == pytest.approx(3.0, rel=1e-14)


def test_no_prior_sd_is_common_to_y_and_log_odds() -> None:
    assert convert(1.0, "ridge", "logistic-regression", noise_sd=54).prior_scale is None


def test_columns_whose_sds_differ_a_little_are_not_equal() -> None:
    with pytest.raises(ValueError, match="cannot express this penalty"):
        convert(1.0, "ridge", "lm-ridge", x_sd=[1.0, 1.0 + 1e-9])
    assert convert(1.0, "ridge", "lm-ridge", x_sd=[2.0, 2.0]).value == 0.25
