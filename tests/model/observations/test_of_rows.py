"""One pass by tiles gives the sums of the textbook, and keeps no copy of the rows."""

import tracemalloc
from typing import Any

import numpy as np
import pytest
from scipy import special

from bayes_l2 import LinearModel, fit_laplace, priors
from bayes_l2.model.observations import of_rows, tiles
from tests.model.partitioned.data import LIKELIHOODS, columns, response

N, P = 500, 3
X = columns(N, P)
WEIGHTS = np.random.default_rng(3).uniform(0.1, 3.0, N)
KINDS = pytest.mark.parametrize("kind", LIKELIHOODS)


def model_of(kind: str, X: Any = X, **terms: Any) -> LinearModel:
    y = response(kind, X)
    prior = priors.Normal(2.0)
    return LinearModel(X, y, likelihood=LIKELIHOODS[kind], prior=prior, **terms)


def textbook(
    kind: str, y: np.ndarray, design: np.ndarray, lines: np.ndarray, weights: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Return log likelihood, gradient and Hessian, class by class, of (K, 1 + p)."""
    value, gradient, hessian = 0.0, np.zeros(lines.size), np.zeros((lines.size,) * 2)
    for x, label, weight in zip(design, y, weights, strict=True):
        eta = lines @ x
        if kind == "classes":
            chances = special.softmax(eta)
            of_row = np.log(chances[int(label)])
            slope = np.eye(len(eta))[int(label)] - chances
            bend = np.outer(chances, chances) - np.diag(chances)
        elif kind == "counts":
            of_row = label * eta[0] - np.exp(eta[0]) - special.gammaln(label + 1)
            slope, bend = label - np.exp(eta), -np.exp(eta)[np.newaxis]
        else:
            chance = special.expit(eta)
            of_row = special.log_expit(label * eta[0])
            slope, bend = (label > 0) - chance, -(chance * (1 - chance))[np.newaxis]
        value += weight * of_row
        gradient += weight * np.kron(slope, x)
        hessian += weight * np.kron(bend, np.outer(x, x))
    return value, gradient, hessian


@KINDS
@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("order", ["C", "F"])
def test_one_pass_gives_the_sums_of_the_textbook(
    kind: str, intercept: bool, order: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiles, "TILE_BYTES", 1)
    monkeypatch.setattr(tiles, "TILE_ROWS", 64)  # the last tile has 52 rows
    monkeypatch.setattr(of_rows, "MANY_ROWS", 130)  # two points, and one point
    rows = np.asarray(X + 5.0, order=order)
    model = model_of(kind, rows, intercept=intercept, weights=WEIGHTS)
    center = np.append(np.full(P, 4.5) if intercept else np.zeros(P), 0.0)
    observations: Any = model.log_posterior.observations.recentred(center)
    lines = 3 if kind == "classes" else 1
    rng = np.random.default_rng(1)
    first, coef = rng.normal(size=lines), 0.1 * rng.normal(size=(lines, P))
    if not intercept:
        first = np.zeros(lines)
    parts = model.split(model.join(np.zeros(lines), coef))._replace(
        intercept=first, coef=coef
    )
    design = np.column_stack([np.ones(N), rows - center[:-1]])
    y: Any = model.y
    value, gradient, hessian = textbook(
        kind, y, design, np.column_stack([first, coef]), WEIGHTS
    )
    # all intercepts first, then the coefficients class by class
    places = np.arange(gradient.size).reshape(lines, -1)
    order_of = np.append(places[:, :1][:, : int(intercept)], places[:, 1:])
    gradient, hessian = gradient[order_of], hessian[np.ix_(order_of, order_of)]
    slopes = observations.value_and_slopes(parts)[1]
    found = observations.evaluation(parts)
    assert found.value == pytest.approx(value, rel=1e-13)
    assert observations.log_likelihood(parts) == pytest.approx(value, rel=1e-13)
    size = np.abs(design).T @ WEIGHTS
    np.testing.assert_allclose(found.slopes, gradient, atol=1e-13 * size.max())
    np.testing.assert_allclose(slopes, gradient, atol=1e-13 * size.max())
    firsts, coefs = np.array([-first, first, first]), np.array([coef + 1, coef, coef])
    other = observations.value_and_slopes(
        parts._replace(intercept=firsts[0], coef=coefs[0])
    )
    np.testing.assert_allclose(
        observations.slopes(firsts, coefs, 1.0),
        [other[1], gradient, gradient],
        atol=1e-13 * max(size.max(), np.abs(other[1]).max()),
    )
    largest = np.abs(hessian).max()
    np.testing.assert_allclose(found.curvature, hessian, atol=1e-13 * largest)
    np.testing.assert_array_equal(found.curvature, found.curvature.T)
    np.testing.assert_array_equal(observations.curvature(parts), found.curvature)
    np.testing.assert_array_equal(observations.information(parts), -found.curvature)


@KINDS
def test_moves_of_linear_predictors(kind: str) -> None:
    model = model_of(kind)
    observations = model.log_posterior.observations
    lines = 3 if kind == "classes" else 1
    rng = np.random.default_rng(2)
    at, step = rng.normal(size=(2, lines, 1 + P))
    parts = model.split(np.zeros(len(model.parameter_names)))._replace(
        intercept=at[:, 0], coef=at[:, 1:]
    )
    design = np.column_stack([np.ones(N), X])
    moves = design @ step.T
    if kind == "classes":  # what all classes share changes nothing
        moves = moves - moves.mean(axis=1, keepdims=True)
    relative = np.max(np.abs(moves) / (1 + np.abs(design @ at.T)))
    found = observations.largest_move(step[:, 0], step[:, 1:])
    assert found == pytest.approx(np.abs(moves).max(), rel=1e-12)
    found = observations.relative_move(parts, step[:, 0], step[:, 1:])
    assert found == pytest.approx(relative, rel=1e-12)
    least = 0.9 * relative
    found = observations.relative_move(parts, step[:, 0], step[:, 1:], least=least)
    assert found == pytest.approx(relative, rel=1e-12)
    for least in (1.1 * relative, 1e6):
        assert least == observations.relative_move(
            parts, step[:, 0], step[:, 1:], least=least
        )


@KINDS
def test_a_point_is_evaluated_once(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    passes, own = [], tiles.Tiles.__iter__

    def counted(self: tiles.Tiles) -> Any:
        passes.append(1)
        return own(self)

    monkeypatch.setattr(tiles.Tiles, "__iter__", counted)
    model = model_of(kind)
    point: Any = 0.1 * np.arange(len(model.parameter_names))
    gradient = model.gradient(point)
    assert len(passes) == 1
    hessian = model.hessian(point)
    assert len(passes) == 2
    np.testing.assert_allclose(model.gradient(point), gradient, rtol=1e-12)
    model.log_likelihood(point)
    np.testing.assert_array_equal(model.hessian(point), hessian)
    assert len(passes) == 2
    hessian[:] = 0.0  # of the caller alone
    assert model.hessian(point).any()


@KINDS
def test_a_fit_makes_no_copy_of_the_rows(kind: str) -> None:
    many = columns(30_000, 40)
    model = model_of(kind, many)
    tracemalloc.start()
    fit_laplace(model)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= 0.6 * many.nbytes
