"""Information, moves and centres of rows and of statistics, by textbook sums."""

from typing import Any

import numpy as np
import pytest

from bayes_l2 import LinearModel, likelihoods, priors
from bayes_l2.model.observations import RowObservations, tiles

RNG = np.random.default_rng(8)
N, SD = 50, 1.7
X = RNG.standard_normal((N, 2)) + np.array([3.0, -1.0])
Y = RNG.standard_normal(N) + 2.0
WEIGHTS = RNG.uniform(0.5, 3.0, N)
LABELS = np.array(["a", "b", "c"])[np.arange(N) % 3]
PRIOR = priors.Normal(2.0)
# of a row of weight w: w / sd², and the square of the kink's slope w / scale
NOISES: dict[str, tuple[Any, Any]] = {
    "normal": (likelihoods.Normal(SD), WEIGHTS / SD**2),
    "laplace": (likelihoods.Laplace(SD), (WEIGHTS / SD) ** 2),
}


def observations_of(likelihood: Any, y: Any = Y, **options: Any) -> tuple[Any, Any]:
    model = LinearModel(X, y, likelihood=likelihood, prior=PRIOR, **options)
    size = len(model.parameter_names)
    return model.log_posterior.observations, model.split(np.arange(size) / 10.0)


@pytest.mark.parametrize("kind", NOISES)
@pytest.mark.parametrize("intercept", [True, False])
def test_the_information_is_a_weighted_sum_of_squares(
    kind: str, intercept: bool
) -> None:
    likelihood, of_rows = NOISES[kind]
    observations, parts = observations_of(
        likelihood, weights=WEIGHTS, intercept=intercept
    )
    rows = np.column_stack([np.ones(N), X]) if intercept else X
    expected = rows.T @ (of_rows[:, np.newaxis] * rows)
    found = observations.information(parts)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert not observations.are_dear


@pytest.mark.parametrize("kind", NOISES)
def test_the_center_is_the_weighted_mean_row(kind: str) -> None:
    likelihood, _ = NOISES[kind]
    expected = WEIGHTS @ np.column_stack([X, Y]) / WEIGHTS.sum()
    observations, _ = observations_of(likelihood, weights=WEIGHTS)
    np.testing.assert_allclose(observations.center, expected, rtol=1e-13)
    observations, _ = observations_of(likelihood, intercept=False)
    np.testing.assert_array_equal(observations.center, np.zeros(3))


def test_classes_and_counts_keep_their_origin() -> None:
    for likelihood, y in (
        (likelihoods.Categorical(), LABELS),
        (likelihoods.Poisson(), np.arange(N)),
    ):
        observations, _ = observations_of(likelihood, y)
        assert observations.center[-1] == 0.0


def test_a_normal_likelihood_has_one_curvature_everywhere() -> None:
    observations, parts = observations_of(likelihoods.Normal(SD))
    step = np.ones(1), np.ones((1, 2))
    assert observations.largest_move(*step) == 0.0
    assert observations.relative_move(parts, *step, least=0.25) == 0.25


def test_rows_without_a_noise_sd_have_no_squares_and_no_slope_by_it() -> None:
    observations, parts = observations_of(likelihoods.Categorical(), LABELS)
    assert observations.squares(parts) == 0.0
    assert observations.value_and_slopes(parts)[2] == 0.0
    observations.visit(parts)  # from the memory then
    assert observations.value_and_slopes(parts)[2] == 0.0


def test_a_visit_is_the_pass_of_all_derivatives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    passes, own = [], RowObservations.evaluation

    def counted(self: RowObservations, parts: Any) -> Any:
        passes.append(1)
        return own(self, parts)

    monkeypatch.setattr(RowObservations, "evaluation", counted)
    model = LinearModel(X, np.arange(N), likelihood=likelihoods.Poisson(), prior=PRIOR)
    point = np.array([0.1, 0.2, 0.3])
    model.log_posterior.visit(point)
    assert len(passes) == 1
    model.hessian(point)
    assert len(passes) == 1


def test_moves_are_the_largest_of_all_tiles_and_classes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The third class moves as the mean of the others, which changes nothing."""
    monkeypatch.setattr(tiles, "TILE_BYTES", 1)
    monkeypatch.setattr(tiles, "TILE_ROWS", 20)
    observations, parts = observations_of(likelihoods.Categorical(), LABELS)
    coef = np.array([[0.3, 0.1], [-0.3, -0.1], [0.0, 0.0]])
    moves = X @ coef.T
    found = observations.largest_move(np.zeros(3), coef)
    assert found == pytest.approx(np.abs(moves).max(), rel=1e-12)
    sizes = 1 + np.abs(parts.intercept + X @ parts.coef.T)
    found = observations.relative_move(parts, np.zeros(3), coef)
    assert found == pytest.approx(np.max(np.abs(moves) / sizes), rel=1e-12)


def test_infinite_rates_of_a_trial_make_no_warning() -> None:
    observations, parts = observations_of(likelihoods.Poisson(), np.arange(N))
    for far in (1e3, 1e308):
        trial = parts._replace(coef=np.array([[far, 0.0]]))
        assert not np.isfinite(observations.evaluation(trial).value)
