"""Bad settings and quantities get one clear error."""

from typing import Any

import numpy as np
import pytest

from bayes_l2 import convert
from bayes_l2.conventions.quantities import CHECKS, MEANINGS


def test_every_quantity_has_a_meaning_and_a_check() -> None:
    assert list(CHECKS) == list(MEANINGS)


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
            r"value \(sd\[prior-sd\]\) of column 1 .* must be positive and finite, "
            "got 0",
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
            (1.0, "ridge", "spark"),
            {"n": 5, "y_sd": 1.0, "intercept": False},
            "intercept must be True from ridge to spark: without one, y_sd is not",
        ),
        (
            (1.0, "ridge", "kernel-ridge"),
            {"intercept": "no"},
            "intercept must be True or False, got 'no'",
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
            r"n, the number of rows, must be given: "
            r"alpha\[elastic-net\] = alpha\[ridge\] / n",
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
            {"n": 5, "y_sd": 1.0},
            "they depend on: n, weight_sum, noise_sd$",
        ),
        (
            (1.0, "ard-regression", "pymc"),
            {"y_sd": 1.0},
            "neither ard-regression nor pymc depends on .*; they depend on: nothing$",
        ),
        (
            (1.0, "ridge", "elastic-net"),
            {"n": 2**63},
            "n must be at most 9223372036854775807, got 9223372036854775808",
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
            "lasso cannot express the penalty of ridge: the one is a Laplace prior, "
            "the other a",
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


def test_one_minibatch_may_hold_all_rows() -> None:
    found = convert(1.0, "ridge", "mlp-regressor", n=5, batch_size=5)
    assert found.value == pytest.approx(1.0, rel=1e-15)
    assert found.warnings == ()
