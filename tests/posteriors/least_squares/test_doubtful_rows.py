"""Which predictions are computed in decimals: those whose terms cancel, and no others.

The model has a column twice, so that an sd of 1 for the difference of the coefficients
cancels in predictions, whose sds are as small as the noise.
"""

from typing import Any

import numpy as np
import pytest

from bayes_l2 import GaussianPosterior, LinearModel, likelihoods, priors
from bayes_l2.posteriors import gaussian
from bayes_l2.posteriors.least_squares.line import DecimalForm

COLUMN = np.array([3.0, 4.0, 6.0, 7.0, 10.0])
X = np.column_stack([COLUMN, COLUMN])
CENTER = np.array([[6.0, 6.0]])


def posterior_of(noise_sd: float, mean: float, **options: Any) -> GaussianPosterior:
    """Return the posterior of rows that a line fits, with coefficients of ``mean``."""
    errors = noise_sd * np.array([1.0, -1.0, 0.0, -1.0, 1.0])
    prior = priors.Normal(1.0, mean=mean)
    likelihood = likelihoods.Normal(noise_sd)
    y = X @ [mean, mean] + errors
    posterior = GaussianPosterior.of(
        LinearModel(X, y, likelihood=likelihood, prior=prior, **options)
    )
    assert isinstance(posterior.line.exact, DecimalForm)
    return posterior


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return a list, which gets the rows that are computed in decimals."""
    found, moments = list[Any](), gaussian.decimal_moments

    def recorded(line: Any, rows: Any) -> Any:
        found.extend(rows.tolist())
        return moments(line, rows)

    monkeypatch.setattr(gaussian, "decimal_moments", recorded)
    return found


def test_a_row_whose_terms_cancel_is_computed_in_decimals(asked: list[Any]) -> None:
    """The line at (1, 1) has an sd of 1e-11, and that at (1, -1) one of 1.4."""
    posterior = posterior_of(1e-10, 0.5, intercept=False)
    rows = np.array([[1.0, -1.0], [1.0, 1.0], [2.0, -2.0]])
    mean, sd = posterior.predict(rows, return_sd=True, observation_noise=False)
    assert asked == [[1.0, 1.0]]
    slope = 1e-10 / float(np.sqrt(COLUMN @ COLUMN))
    np.testing.assert_allclose(sd, [2**0.5, slope, 2 * 2**0.5], rtol=1e-9)
    assert abs(mean[1] - 1.0) < 10 * slope
    asked.clear()
    posterior.predict(rows[:1], return_sd=True)
    # of a new observation with an sd of 1e-10 more digits are enough
    posterior_of(1e-6, 0.5).predict(rows, return_sd=True)
    assert asked == []


def test_the_root_counts_in_units_of_row_and_center(asked: list[Any]) -> None:
    """At the center the sd is that of the mean of y, and x - c has no digits left."""
    posterior = posterior_of(1e-10, 0.0)
    _, sd = posterior.predict(CENTER, return_sd=True, observation_noise=False)
    assert asked == CENTER.tolist()
    np.testing.assert_allclose(sd, 1e-10 / np.sqrt(5), rtol=1e-9)


def test_large_coefficients_count_too(asked: list[Any]) -> None:
    """Their products with row and center are 1e7, with 9 digits after the point."""
    posterior = posterior_of(1e-8, 1e6)
    mean = posterior.predict(CENTER, observation_noise=False)
    assert asked == CENTER.tolist()
    assert mean == pytest.approx(12e6, abs=1e-8)


def test_too_many_doubtful_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaussian, "decimal_moments", lambda line, rows: None)
    posterior = posterior_of(1e-10, 0.5)
    with pytest.raises(ValueError, match="X must have fewer rows, got 3: rounding may"):
        posterior.predict(np.tile(CENTER, (3, 1)), observation_noise=False)


def test_the_sd_of_a_coefficient_has_more_digits_than_the_root() -> None:
    """Half of the prior's variance is left, and half of the slope's, 1e-24."""
    posterior = posterior_of(1e-10, 0.5, intercept=False)
    np.testing.assert_allclose(posterior.coefficients.sd, 0.5**0.5, rtol=1e-12)
    total = posterior.coefficients.inverse_root.sum(axis=0)
    slope = 1e-10 / float(np.sqrt(COLUMN @ COLUMN))
    np.testing.assert_allclose(np.linalg.norm(total), slope, rtol=1e-12)
