"""Conversions: against formulas written out by hand, there and back between all pairs, and bad input."""

from collections.abc import Callable
from itertools import product
from math import sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bayes_l2 import LinearModel, convert, datasets, likelihoods, penalty_in, priors
from bayes_l2.conventions.catalogue import CONVENTIONS, RECORDS
from bayes_l2.conventions.convention import Columns, Intercept
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
# the same for a Laplace prior of scale t
L1_SETTINGS: dict[str, Callable[[float], float]] = {
    "laplace-scale": lambda t: t,
    "lasso": lambda t: SIGMA**2 / (t * W),
    "logistic-regression-l1": lambda t: t,
    "statsmodels-ols-l1": lambda t: SIGMA**2 / (t * W),
    "glum-l1": lambda t: SIGMA**2 / (t * W),
    "glmnet-lasso": lambda t: SIGMA**2 / (t * W * X_SD),
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


def there_and_back(value: float, source: str, target: str) -> Any:
    there = convert(value, source, target, **known(source, target)).value
    return convert(there, target, source, **known(target, source)).value


def test_there_and_back_between_all_pairs_returns_the_value() -> None:
    for source, target in PAIRS:
        assert there_and_back(2.5, source, target) == pytest.approx(2.5, rel=1e-12), (
            source,
            target,
        )


@settings(max_examples=500)
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


def test_the_result_says_how_it_was_found() -> None:
    found = convert(1.0, "Ridge", "glmnet", n=442, y_sd=77)
    assert float(found) == pytest.approx(77 / 442, rel=1e-14)
    assert found.formula == "alpha[ridge] y_sd / (n x_sd²)"
    assert found.quantities == {"n": 442, "y_sd": 77.0, "x_sd": 1.0}
    assert found.source.objective == "||y - a - Xb||² + alpha · ||b||²"
    assert (
        found.target.objective
        == "1 / (2 n) · ||y - a - Xb||² + lambda / (2 y_sd) · ||x_sd b||²"
    )
    assert found.prior_scale is None  # it takes the noise sd
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


def test_the_prior_sd_is_told_where_it_is_known() -> None:
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


def warnings_of(source: str, target: str, **given: Any) -> str:
    return " ".join(convert(1.0, source, target, **given).warnings)


def test_warnings_say_where_two_fits_cannot_be_equal() -> None:
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


@pytest.mark.parametrize(
    ("arguments", "quantities", "message"),
    [
        (
            (-1.0, "ridge", "elastic-net"),
            {"n": 5},
            r"value \(alpha\[ridge\]\) must be positive and finite, got -1",
        ),
        (
            (np.nan, "ridge", "elastic-net"),
            {"n": 5},
            "must be positive and finite, got nan",
        ),
        ((np.inf, "prior-sd", "pymc"), {}, "must be positive and finite, got inf"),
        (
            ("1", "ridge", "elastic-net"),
            {"n": 5},
            "must be one positive number, got '1'",
        ),
        (
            (True, "ridge", "elastic-net"),
            {"n": 5},
            "must be one positive number, got True",
        ),
        (
            ([1.0, 2.0], "ridge", "elastic-net"),
            {"n": 5},
            "must be one number for all columns, got 2",
        ),
        ((10**400, "ridge", "lm-ridge"), {}, "must be positive and finite, got inf"),
        ((None, "ridge", "lm-ridge"), {}, "must be one positive number, got None"),
        (([], "prior-sd", "pymc"), {}, "must have one entry for each column, got none"),
        (
            ([1.0, 0.0], "prior-sd", "pymc"),
            {},
            r"value \(sd\[prior-sd\]\) of column 1 .* must be positive and finite, got 0",
        ),
        (([1.0, 0.0], "ard-regression", "pymc"), {}, "cannot express no penalty"),
        (
            ([1.0, 2.0], "prior-sd", "prior-sd-standardised"),
            {"x_sd": [1.0, 2.0, 3.0]},
            "one entry for each column, got 2 and 3",
        ),
        (
            (1.0, "prior-sd", "prior-sd-standardised"),
            {"x_sd": []},
            "x_sd must have one entry for each column, got none",
        ),
        (
            (1.0, "ridge", "glmnet"),
            {"n": 5, "y_sd": 1.0, "intercept": False},
            "intercept must be True from ridge to glmnet",
        ),
        (
            (1.0, "ridge", "lm-ridge"),
            {"weight_sum": 5.0},
            "weight_sum does not belong here: lm-ridge takes no row weights",
        ),
        (([1.0, -2.0], "prior-sd", "pymc"), {}, "must be positive and finite, got -2"),
        (
            (0.0, "logistic-regression", "ridge"),
            {"noise_sd": 1.0},
            "must be positive and finite, got 0",
        ),
        (
            (0.0, "ridge", "prior-sd"),
            {"noise_sd": 1.0},
            r"sd\[prior-sd\] cannot express no penalty",
        ),
        (
            (1e150, "ridge", "gaussian-process"),
            {"noise_sd": 1e-150},
            "beyond double precision",
        ),
        (
            (1.0, "ridge", "elastic-net"),
            {},
            r"n, the number of rows, must be given: alpha\[elastic-net\] = alpha\[ridge\] / n",
        ),
        (
            (1.0, "ridge", "glmnet"),
            {"n": 5},
            r"y_sd, the standard deviation of y \(divisor n\), must be given",
        ),
        (
            (1.0, "ridge", "prior-sd"),
            {},
            "noise_sd, the noise standard deviation, must be given",
        ),
        (
            (1.0, "ridge", "mlp-regressor"),
            {"n": 5},
            "batch_size, the number of rows in a minibatch, must be given",
        ),
        (
            (1.0, "ridge", "kernel-ridge"),
            {"n": 5},
            "n does not belong here: neither ridge nor kernel-ridge depends on",
        ),
        (
            (1.0, "ridge", "elastic-net"),
            {"n": 5, "y_sd": 1.0},
            "y_sd does not belong here",
        ),
        (
            (1.0, "ridge", "elastic-net"),
            {"n": 5.5},
            "n must be a whole number of at least 1, got 5.5",
        ),
        (
            (1.0, "ridge", "elastic-net"),
            {"n": 0},
            "n must be a whole number of at least 1, got 0",
        ),
        (
            (1.0, "ridge", "matlab-ridge"),
            {"n": 1},
            "n must be a whole number of at least 2, got 1",
        ),
        (
            (1.0, "ridge", "glmnet"),
            {"n": 5, "y_sd": 0.0},
            "y_sd must be positive and finite, got 0",
        ),
        (
            (1.0, "ridge", "glmnet"),
            {"n": 5, "y_sd": 1.0, "x_sd": [1.0, 0.0]},
            r"x_sd of column 1 \(counting from 0\) must be positive and finite, got 0",
        ),
        (
            (1.0, "ridge", "mlp-regressor"),
            {"n": 5, "batch_size": 6},
            "batch_size must be at most n = 5, got 6",
        ),
        (
            (1.0, "ridge", "glmnet"),
            {"n": 5, "y_sd": 1.0, "x_sd": [1.0, 2.0]},
            "cannot express this penalty: it would have to",
        ),
        (
            (1.0, "rigde", "glmnet"),
            {},
            "source: no convention is called 'rigde'; did you mean ridge",
        ),
        (
            (1.0, "ridge", "glment"),
            {},
            "target: no convention is called 'glment'; did you mean glmnet",
        ),
        (
            (1.0, "ridge", "lasso"),
            {},
            "lasso cannot express the penalty of ridge: the one is a Laplace prior, the other a",
        ),
        (
            (1.0, "ridge", None),
            {},
            "target must be the name of a convention, such as ridge, got None",
        ),
    ],
)
def test_bad_input_gets_one_clear_error(
    arguments: Any, quantities: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        convert(*arguments, **quantities)


@pytest.mark.parametrize("zero", [0, 0.0, np.float32(0), np.int64(0), np.array(0.0)])
def test_no_penalty_is_no_penalty_elsewhere(zero: Any) -> None:
    assert convert(zero, "ridge", "elastic-net", n=5).value == 0.0


def test_no_penalty_on_one_column() -> None:
    found = convert([0.0, 3.0], "ard-regression", "statsmodels-ols", n=6, noise_sd=2.0)
    np.testing.assert_allclose(found.value, [0.0, 2.0])
    assert found.prior_scale is None


def test_extreme_numbers_are_converted_as_long_as_they_are_numbers() -> None:
    found = convert(1e150, "ridge", "prior-sd", noise_sd=1e-150)
    assert found.value == pytest.approx(1e-225, rel=1e-12)
    assert (
        convert(1e-300**0.5, "ridge", "lm-ridge", noise_sd=1e150).to_dict()[
            "prior_scale"
        ]
        is not None
    )


def test_all_that_is_assumed() -> None:
    plain = convert(1.0, "ridge", "elastic-net", n=5).assumptions
    assert plain == ("rows have no weights",)
    weighted = convert(1.0, "ridge", "elastic-net", n=5, weight_sum=7.0)
    assert weighted.assumptions == (
        "ridge: row weights are summed, Σ w (y - a - x'b)²",
        "elastic-net: row weights are averaged: read Σw for n",
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


def test_the_prior_of_weighted_rows() -> None:
    """1/tau² = n v/σ² with Σw in the place of n."""
    found = convert(0.5, "elastic-net", "prior-sd", weight_sum=8.0, noise_sd=6.0)
    assert found.prior_scale == found.value == pytest.approx(3.0, rel=1e-14)


def test_no_prior_sd_is_common_to_y_and_log_odds() -> None:
    assert convert(1.0, "ridge", "logistic-regression", noise_sd=54).prior_scale is None


def test_columns_whose_sds_differ_a_little_are_not_taken_for_equal() -> None:
    with pytest.raises(ValueError, match="cannot express this penalty"):
        convert(1.0, "ridge", "lm-ridge", x_sd=[1.0, 1.0 + 1e-9])
    assert convert(1.0, "ridge", "lm-ridge", x_sd=[2.0, 2.0]).value == 0.25


class TestOfAModel:
    X, y = datasets.diabetes()

    def model(self, **changes: Any) -> LinearModel:
        stated = {
            "likelihood": likelihoods.Normal(54.0),
            "prior": priors.Normal(20.0),
        } | changes
        return LinearModel(self.X, self.y, **stated)

    def test_it_knows_its_own_quantities(self) -> None:
        model = self.model()
        assert penalty_in(model, "ElasticNet").value == pytest.approx(
            7.29 / 442, rel=1e-14
        )
        assert penalty_in(model, "ElasticNet").assumptions == ("rows have no weights",)
        found = penalty_in(model, "glmnet")
        assert found.value == pytest.approx(7.29 * self.y.std(ddof=0) / 442, rel=1e-12)
        assert found.warnings == ()  # the columns are standardised, and the model knows
        assert penalty_in(model, "pymc").value == pytest.approx(20, rel=1e-14)
        assert penalty_in(model, "mlp-regressor", batch_size=34).value == pytest.approx(
            7.29 / 13, rel=1e-14
        )

    def test_it_knows_its_weights(self) -> None:
        weights = np.arange(1, 443) / 100
        model = self.model(weights=weights)
        assert penalty_in(model, "elastic-net").value == pytest.approx(
            7.29 / weights.sum(), rel=1e-12
        )
        mean = np.average(self.y, weights=weights)
        y_sd = np.sqrt(np.average((self.y - mean) ** 2, weights=weights))
        assert "torch-sgd: row weights are as the loss is written" in " ".join(
            penalty_in(model, "torch-sgd").assumptions
        )
        with pytest.raises(ValueError, match="ard-regression takes no row weights"):
            penalty_in(model, "ard-regression")
        assert penalty_in(model, "spark-unstandardised").value == pytest.approx(
            7.29 * y_sd / weights.sum(), rel=1e-12
        )

    def test_an_unknown_noise_does_not_matter_under_a_prior_relative_to_it(
        self,
    ) -> None:
        noise, prior = (
            likelihoods.Normal(priors.HalfNormal(50)),
            priors.Normal(0.5, relative_to_noise=True),
        )
        model = self.model(likelihood=noise, prior=prior)
        assert penalty_in(model, "elastic-net").value == pytest.approx(
            4 / 442, rel=1e-14
        )
        with pytest.raises(
            ValueError, match="noise_sd, the noise standard deviation, must be given"
        ):
            penalty_in(model, "pymc")

    def test_it_knows_whether_it_has_an_intercept(self) -> None:
        model = self.model(intercept=False)
        assert not penalty_in(model, "torch-sgd").warnings
        with pytest.raises(
            ValueError, match="intercept must be True from ridge to glmnet"
        ):
            penalty_in(model, "glmnet-unstandardised")

    def test_what_cannot_be_said_is_refused(self) -> None:
        raw = LinearModel(
            self.X * np.arange(1, 11),
            self.y,
            likelihood=likelihoods.Normal(54.0),
            prior=priors.Normal(20.0),
        )
        with pytest.raises(
            ValueError,
            match="cannot express this penalty: it would have to differ between columns",
        ):
            penalty_in(raw, "glmnet")
        assert penalty_in(raw, "glmnet-unstandardised").value > 0
        with pytest.raises(ValueError, match="batch_size does not belong here"):
            penalty_in(raw, "ridge", batch_size=5)
        with pytest.raises(ValueError, match="penalty needs the prior"):
            penalty_in(self.model(prior=priors.Normal(cov=np.eye(10))), "glmnet")
        assert penalty_in(self.model(prior=priors.Flat()), "elastic-net").value == 0.0
