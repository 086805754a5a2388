"""The exact modes at converted settings are the coefficients that R printed."""

from dataclasses import replace

import numpy as np
import pytest

from bayes_l2.conventions.proofs.stored import FARAWAY, STATOLOGY, Output, outputs

PUBLISHED = [output for output in outputs() if not output.ours]


@pytest.mark.parametrize(
    "output",
    [output for output in outputs() if output.ours],
    ids=lambda output: output.call,
)
def test_our_runs_to_eleven_digits(output: Output) -> None:
    np.testing.assert_allclose(
        output.exact().coef,
        output.fitted.coef,
        rtol=0,
        atol=1e-11 * np.abs(output.fitted.coef).max(),
    )
    assert output.exact().intercept == pytest.approx(output.fitted.intercept, rel=1e-11)


def test_faraway_2002_to_all_digits_printed() -> None:
    (output,) = (each for each in PUBLISHED if each.convention == "lm-ridge")
    np.testing.assert_allclose(
        output.exact().coef * output.problem.x_sd, FARAWAY, rtol=0, atol=0.51e-5
    )


def test_statology_to_the_default_tolerance_of_glmnet() -> None:
    (output,) = (each for each in PUBLISHED if each.convention == "glmnet")
    np.testing.assert_allclose(
        output.exact().coef, STATOLOGY, rtol=0, atol=3e-4 * np.abs(STATOLOGY).max()
    )


@pytest.mark.parametrize("output", PUBLISHED, ids=lambda output: output.source)
def test_published_numbers_are_not_those_of_another_convention(output: Output) -> None:
    """The printed digits are enough to tell columns as given from scaled ones."""
    other = {"lm-ridge": "ridge", "glmnet": "glmnet-unstandardised"}[output.convention]
    exact = replace(output, convention=other).exact()
    assert np.abs(exact.coef / output.fitted.coef - 1).max() > 0.05


def test_outputs_are_read_with_their_settings_and_their_data() -> None:
    read = outputs.__wrapped__()  # anew, whatever was read before
    assert [(each.setting, each.ours) for each in read[-2:]] == [
        (0.03, False),
        (10.04567, False),
    ]
    assert all(each.ours for each in read[:-2])
    longley, cars = read[-2:]
    np.testing.assert_allclose(longley.fitted.coef * longley.problem.x_sd, FARAWAY)
    np.testing.assert_array_equal(cars.fitted.coef, STATOLOGY)
    assert {each.problem.noise_sd for each in read} == {1.0}
    assert {each.problem.y.dtype for each in read} == {np.dtype(float)}
    for each in read:
        np.testing.assert_array_equal(each.problem.labels, each.problem.y * 2 - 1)
    assert {each.problem.weights is None for each in read} == {True, False}
