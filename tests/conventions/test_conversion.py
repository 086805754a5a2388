"""Conversions: against formulas written out by hand, there and back between all pairs, and bad input."""

from collections.abc import Callable
from itertools import product
from math import sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bayes_l2 import LinearModel, convert, datasets, likelihoods, priors
from bayes_l2.conventions.catalogue import CONVENTIONS, RECORDS
from bayes_l2.conventions.convention import Columns, Intercept
from bayes_l2.conventions.conversion import quantities_of

N, W, B, Y_SD, X_SD, SIGMA = 442, 600.5, 50, 77.0, 1.7, 54.0
QUANTITIES: dict[str, Any] = {
    "n": N,
    "weight_sum": W,
    "batch_size": B,
    "y_sd": Y_SD,
    "x_sd": X_SD,
    "noise_sd": SIGMA,
}
# The settings that are ridge's penalty alpha, worked out one by one from what each library documents
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
    "glmnet-binomial": lambda alpha: alpha / SIGMA**2 / W,
    "lm-ridge": lambda alpha: alpha / X_SD**2,
    "hoerl-kennard": lambda alpha: alpha / (N * X_SD**2),
    "matlab-ridge": lambda alpha: alpha / (X_SD**2 * N / (N - 1)),
    "torch-sgd": lambda alpha: 2 * alpha / N,
    "torch-sgd-sum": lambda alpha: 2 * alpha * B / N,
    "torch-sgd-cross-entropy": lambda alpha: alpha / SIGMA**2 / N,
    "torch-adam": lambda alpha: 2 * alpha / N,
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
    "spark-logistic": lambda alpha: alpha / SIGMA**2 / W,
}
PAIRS = list(product(CONVENTIONS, repeat=2))


def known(source: str, target: str) -> dict[str, Any]:
    return {name: QUANTITIES[name] for name in quantities_of(source, target)}


def test_every_convention_is_worked_out_by_hand() -> None:
    assert set(SETTINGS) == set(CONVENTIONS)


@pytest.mark.parametrize("name", CONVENTIONS)
@pytest.mark.parametrize("alpha", [0.03, 7.29, 1e5])
def test_settings_are_those_worked_out_by_hand(name: str, alpha: float) -> None:
    expected = SETTINGS[name](alpha)
    assert convert(alpha, "ridge", name, **known("ridge", name)).value == pytest.approx(expected, rel=1e-13)
    assert convert(expected, name, "ridge", **known(name, "ridge")).value == pytest.approx(alpha, rel=1e-13)


def there_and_back(value: float, source: str, target: str) -> Any:
    there = convert(value, source, target, **known(source, target)).value
    return convert(there, target, source, **known(target, source)).value


def test_there_and_back_between_all_pairs_returns_the_value() -> None:
    for source, target in PAIRS:
        assert there_and_back(2.5, source, target) == pytest.approx(2.5, rel=1e-12), (source, target)


@settings(max_examples=500)
@given(st.floats(1e-12, 1e12), st.sampled_from(PAIRS))
def test_there_and_back_returns_any_value(value: float, pair: tuple[str, str]) -> None:
    assert there_and_back(value, *pair) == pytest.approx(value, rel=1e-12)


def test_by_way_of_a_third_is_the_same() -> None:
    for source, target in PAIRS[::7]:
        direct = convert(2.5, source, target, **known(source, target)).value
        middle = convert(2.5, source, "lm-ridge", **known(source, "lm-ridge")).value
        assert convert(middle, "lm-ridge", target, **known("lm-ridge", target)).value == pytest.approx(
            direct, rel=1e-12
        )


def test_without_weights_their_sum_is_the_number_of_rows() -> None:
    plain = convert(1.0, "ridge", "elastic-net", n=N)
    assert plain.value == pytest.approx(1 / N, rel=1e-15)
    assert "rows have no weights" in plain.assumptions
    assert plain.value == convert(1.0, "ridge", "elastic-net", weight_sum=float(N)).value


def test_the_result_says_how_it_was_found() -> None:
    found = convert(1.0, "Ridge", "glmnet", n=442, y_sd=77)
    assert float(found) == pytest.approx(77 / 442, rel=1e-14)
    assert found.formula == "alpha[ridge] y_sd / (n x_sd²)"
    assert found.quantities == {"n": 442, "y_sd": 77.0, "x_sd": 1.0}
    assert found.source.objective == "||y - a - Xb||² + alpha · ||b||²"
    assert found.target.objective == "1 / (2 n) · ||y - a - Xb||² + lambda / (2 y_sd) · ||x_sd b||²"
    assert found.prior_sd is None  # it takes the noise sd
    text = str(found)
    for part in (found.formula, "||y - a - Xb||²", "lambda = 0.1742081448", *found.assumptions, *found.warnings):
        assert part in text
    assert found.to_dict()["value"] == found.value


def test_the_prior_sd_is_told_where_it_is_known() -> None:
    assert convert(7.29, "ridge", "elastic-net", n=N, noise_sd=54).prior_sd == pytest.approx(20, rel=1e-14)
    assert convert(400.0, "logistic-regression", "sgd-classifier", n=N).prior_sd == pytest.approx(20, rel=1e-14)
    assert convert(0.0, "ridge", "elastic-net", n=N, noise_sd=54).prior_sd is None


def test_the_prior_sd_in_raw_and_in_standardised_units() -> None:
    sds = np.array([0.5, 2.0, 40.0])
    raw = convert(20.0, "prior-sd-standardised", "prior-sd", x_sd=sds)
    np.testing.assert_allclose(raw.value, 20.0 / sds, rtol=1e-14)
    np.testing.assert_allclose(
        convert(raw.value, "prior-sd", "prior-sd-standardised", x_sd=sds).value, np.full(3, 20.0), rtol=1e-14
    )
    with pytest.raises(ValueError, match="has 3 values, one for each column"):
        float(raw)


def warnings_of(source: str, target: str, **given: Any) -> str:
    return " ".join(convert(1.0, source, target, **given).warnings)


def test_warnings_say_where_two_fits_cannot_be_equal() -> None:
    assert "torch-sgd penalises the intercept too" in warnings_of("ridge", "torch-sgd", n=N)
    assert not warnings_of("torch-sgd", "torch-adam")
    assert "glmnet standardises the columns" in warnings_of("ridge", "glmnet", n=N, y_sd=Y_SD)
    assert not warnings_of("ridge", "glmnet", n=N, y_sd=Y_SD, x_sd=2.0)
    assert not warnings_of("lm-ridge", "glmnet", n=N, y_sd=Y_SD)
    assert "torch-adamw is no Gaussian MAP" in warnings_of("torch-sgd", "torch-adamw")
    assert "two likelihoods" in warnings_of("ridge", "logistic-regression", noise_sd=1.0)
    assert not warnings_of("pymc", "logistic-regression")
    assert not warnings_of("ridge", "elastic-net", n=N)


@pytest.mark.parametrize(("source", "target"), PAIRS[:: len(RECORDS) + 7])
def test_a_warning_for_each_difference_and_no_other(source: str, target: str) -> None:
    a, b = CONVENTIONS[source], CONVENTIONS[target]
    without_sds = {name: value for name, value in known(source, target).items() if name != "x_sd"}
    said = warnings_of(source, target, **without_sds)
    assert ("intercept" in said) == ((a.intercept is Intercept.PENALISED) != (b.intercept is Intercept.PENALISED))
    assert ("standardise" in said) == ((a.columns is Columns.AS_GIVEN) != (b.columns is Columns.AS_GIVEN))


@pytest.mark.parametrize(
    ("arguments", "quantities", "message"),
    [
        ((-1.0, "ridge", "elastic-net"), {"n": 5}, r"value \(alpha\[ridge\]\) must be positive and finite, got -1"),
        ((np.nan, "ridge", "elastic-net"), {"n": 5}, "must be positive and finite, got nan"),
        ((np.inf, "prior-sd", "pymc"), {}, "must be positive and finite, got inf"),
        (("1", "ridge", "elastic-net"), {"n": 5}, "must be one positive number, got '1'"),
        ((True, "ridge", "elastic-net"), {"n": 5}, "must be one positive number, got True"),
        (([1.0, 2.0], "ridge", "elastic-net"), {"n": 5}, "must be one number for all columns, got 2"),
        (([1.0, -2.0], "prior-sd", "pymc"), {}, "must be positive and finite, got -2"),
        ((0.0, "logistic-regression", "ridge"), {"noise_sd": 1.0}, r"must be positive, got 0: it is the inverse"),
        ((0.0, "ridge", "prior-sd"), {"noise_sd": 1.0}, r"sd\[prior-sd\] cannot express no penalty"),
        ((1e150, "ridge", "prior-sd"), {"noise_sd": 1e-150}, None),
        ((1e150, "ridge", "gaussian-process"), {"noise_sd": 1e-150}, "beyond double precision"),
        (
            (1.0, "ridge", "elastic-net"),
            {},
            r"n must be given, the number of rows: alpha\[elastic-net\] = alpha\[ridge\] / n",
        ),
        ((1.0, "ridge", "glmnet"), {"n": 5}, r"y_sd must be given, the standard deviation of y \(divisor n\)"),
        ((1.0, "ridge", "prior-sd"), {}, "noise_sd must be given, the noise standard deviation"),
        ((1.0, "ridge", "mlp-regressor"), {"n": 5}, "batch_size must be given, the number of rows in a minibatch"),
        ((1.0, "ridge", "kernel-ridge"), {"n": 5}, "n does not belong here: neither ridge nor kernel-ridge depends on"),
        ((1.0, "ridge", "elastic-net"), {"n": 5, "y_sd": 1.0}, "y_sd does not belong here"),
        ((1.0, "ridge", "elastic-net"), {"n": 5.5}, "n must be a whole number of at least 1, got 5.5"),
        ((1.0, "ridge", "elastic-net"), {"n": 0}, "n must be a whole number of at least 1, got 0"),
        ((1.0, "ridge", "matlab-ridge"), {"n": 1}, "n must be a whole number of at least 2, got 1"),
        ((1.0, "ridge", "glmnet"), {"n": 5, "y_sd": 0.0}, "y_sd must be positive and finite, got 0"),
        (
            (1.0, "ridge", "glmnet"),
            {"n": 5, "y_sd": 1.0, "x_sd": [1.0, 0.0]},
            "x_sd must be positive and finite, got 0",
        ),
        ((1.0, "ridge", "mlp-regressor"), {"n": 5, "batch_size": 6}, "batch_size must be at most n = 5, got 6"),
        (
            (1.0, "ridge", "glmnet"),
            {"n": 5, "y_sd": 1.0, "x_sd": [1.0, 2.0]},
            "cannot express this penalty: it would have to",
        ),
        ((1.0, "rigde", "glmnet"), {}, "source: no convention is called 'rigde'; did you mean ridge"),
        ((1.0, "ridge", "glment"), {}, "target: no convention is called 'glment'; did you mean glmnet"),
        ((1.0, "ridge", None), {}, "target must be the name of a convention, such as ridge, got None"),
    ],
)
def test_bad_input_gets_one_clear_error(arguments: Any, quantities: dict[str, Any], message: str | None) -> None:
    if message is None:
        assert convert(*arguments, **quantities).value == pytest.approx(1e-225, rel=1e-12)
        return
    with pytest.raises(ValueError, match=message):
        convert(*arguments, **quantities)


def test_no_penalty_is_no_penalty_elsewhere() -> None:
    assert convert(0, "ridge", "elastic-net", n=5).value == 0.0


class TestOfAModel:
    X, y = datasets.diabetes()

    def model(self, **changes: Any) -> LinearModel:
        stated = {"likelihood": likelihoods.Normal(54.0), "prior": priors.Normal(20.0)} | changes
        return LinearModel(self.X, self.y, **stated)

    def test_it_knows_its_own_quantities(self) -> None:
        model = self.model()
        assert model.penalty_in("ElasticNet").value == pytest.approx(7.29 / 442, rel=1e-14)
        found = model.penalty_in("glmnet")
        assert found.value == pytest.approx(7.29 * self.y.std(ddof=0) / 442, rel=1e-12)
        assert found.warnings == ()  # the columns are standardised, and the model knows
        assert model.penalty_in("pymc").value == pytest.approx(20, rel=1e-14)
        assert model.penalty_in("mlp-regressor", batch_size=100).value == pytest.approx(7.29 * 100 / 442, rel=1e-14)

    def test_it_knows_its_weights(self) -> None:
        weights = np.arange(1, 443) / 100
        model = self.model(weights=weights)
        assert model.penalty_in("elastic-net").value == pytest.approx(7.29 / weights.sum(), rel=1e-12)
        mean = np.average(self.y, weights=weights)
        y_sd = np.sqrt(np.average((self.y - mean) ** 2, weights=weights))
        assert model.penalty_in("spark-unstandardised").value == pytest.approx(7.29 * y_sd / weights.sum(), rel=1e-12)

    def test_an_unknown_noise_does_not_matter_under_a_prior_relative_to_it(self) -> None:
        noise, prior = likelihoods.Normal(priors.HalfNormal(50)), priors.Normal(0.5, relative_to_noise=True)
        model = self.model(likelihood=noise, prior=prior)
        assert model.penalty_in("elastic-net").value == pytest.approx(4 / 442, rel=1e-14)
        with pytest.raises(ValueError, match="noise_sd must be given"):
            model.penalty_in("pymc")

    def test_what_cannot_be_said_is_refused(self) -> None:
        raw = LinearModel(
            self.X * np.arange(1, 11), self.y, likelihood=likelihoods.Normal(54.0), prior=priors.Normal(20.0)
        )
        with pytest.raises(ValueError, match="cannot express this penalty: it would have to differ between columns"):
            raw.penalty_in("glmnet")
        assert raw.penalty_in("glmnet-unstandardised").value > 0
        with pytest.raises(ValueError, match="batch_size does not belong here"):
            raw.penalty_in("ridge", batch_size=5)
        with pytest.raises(ValueError, match="penalty needs the prior"):
            self.model(prior=priors.Normal(cov=np.eye(10))).penalty_in("glmnet")
        assert self.model(prior=priors.Flat()).penalty_in("elastic-net").value == 0.0
