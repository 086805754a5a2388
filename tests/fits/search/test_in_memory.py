"""The search over rows in memory: few passes, and modes as right as long doubles."""

from typing import Any

import numpy as np
import pytest

from bayes_l2 import LinearModel, fit_laplace, fit_map, likelihoods, priors
from bayes_l2.model.observations import RowObservations
from tests.model.partitioned.data import LIKELIHOODS, columns, response

N = 1500
X = columns(N, 5)
SIZES = np.logspace(-8, 8, 5)
ALL = ["two classes", "counts", "classes"]
HEAVY = np.random.default_rng(4).standard_t(2, size=(1500, 3))
OF_HEAVY = np.random.default_rng(5).poisson(
    np.exp(np.clip(HEAVY @ [0.5, -0.5, 0.2], -20, 12))
)


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list with an entry for each pass."""
    seen, own = [], RowObservations.evaluation

    def counted(self: RowObservations, parts: Any) -> Any:
        seen.append(1)
        return own(self, parts)

    monkeypatch.setattr(RowObservations, "evaluation", counted)
    return seen


def solve(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the solution in long doubles, by Gauss's elimination."""
    size = np.sqrt(np.diag(matrix))
    rows = np.column_stack([matrix / size / size[:, np.newaxis], right / size])
    for k in range(len(rows)):
        rows[k] /= rows[k, k]  # positive definite: no pivots
        others = np.arange(len(rows)) != k
        rows[others] -= np.outer(rows[others, k], rows[k])
    return rows[:, -1] / size


def mode_of_long_doubles(
    model: LinearModel, prior_sds: Any, start: tuple[Any, Any]
) -> np.ndarray:
    """Return the coefficients (K, p) by Newton's method in long doubles."""
    data: Any = model.data
    rows = data.X.astype(np.longdouble)
    rows = rows - rows.mean(axis=0)
    weights = data.row_weights.astype(np.longdouble)
    design = np.column_stack([np.ones(len(rows), np.longdouble), rows])
    lines = np.column_stack(start).astype(np.longdouble)
    n_lines, width = lines.shape
    penalty = np.zeros((n_lines, width), np.longdouble)
    penalty[:, 1:] = np.longdouble(1) / np.asarray(prior_sds, np.longdouble) ** 2
    y = data.y.astype(int)
    for _ in range(8):
        eta = design @ lines.T
        chances = bends = np.zeros_like(eta)
        if n_lines > 1:
            powers = np.exp(eta - eta.max(axis=1, keepdims=True))
            chances = powers / powers.sum(axis=1, keepdims=True)
            slope = np.eye(n_lines)[y] - chances
        elif data.encoding == "counts":
            slope, bends = data.y[:, np.newaxis] - np.exp(eta), np.exp(eta)
        else:
            far = np.exp(-np.abs(eta))
            other = np.where(data.y[:, np.newaxis] * eta > 0, far, 1) / (1 + far)
            slope, bends = data.y[:, np.newaxis] * other, far / (1 + far) ** 2
        gradient = (weights[:, np.newaxis] * slope).T @ design - penalty * lines
        hessian = np.zeros((n_lines, width, n_lines, width), np.longdouble)
        if n_lines == 1:
            hessian[0, :, 0] = (design.T * (weights * bends[:, 0])) @ design
        for k in range(n_lines):
            for m in range(k):
                pair = weights * chances[:, k] * chances[:, m]
                gram = (design.T * pair) @ design
                hessian[k, :, k] += gram
                hessian[m, :, m] += gram
                hessian[k, :, m] -= gram
                hessian[m, :, k] -= gram
        if n_lines > 1:  # the intercepts are free but for their sum
            hessian[:, 0, :, 0] += hessian[0, 0, 0, 0]
        whole = hessian.reshape(lines.size, -1) + np.diag(penalty.ravel())
        lines = lines + solve(whole, gradient.ravel()).reshape(lines.shape)
    return lines[:, 1:]


CASES: dict[str, tuple[Any, Any, Any, Any, int]] = {
    # columns, y, prior sds, weights, most passes
    **{kind: (X, response(kind, X), 5.0, None, 7) for kind in ALL},
    **{f"{kind}, wide": (X, response(kind, X), 1e3, None, 9) for kind in ALL},
    **{f"{kind}, far": (X + 1e6, response(kind, X), 5.0, None, 8) for kind in ALL},
    **{
        f"{kind}, unlike": (X * SIZES, response(kind, X), 1 / SIZES, None, 8)
        for kind in ALL
    },
    "strong": (X, response("two classes", X, size=2.0), 5.0, None, 10),
    "separable": (X, np.where(X[:, 0] > 0, "yes", "no"), 100.0, None, 16),
    "near copies": (
        np.column_stack([X, X[:, 0] + 1e-4 * columns(N, 1, 9)[:, 0]]),
        response("two classes", X),
        100.0,
        None,
        9,
    ),
    "unlike weights": (
        X,
        response("two classes", X),
        1.0,
        np.exp(4 * columns(N, 1, 8)[:, 0]),
        14,
    ),
    "large counts": (X, response("counts", X, level=12.0), 5.0, None, 9),
    "heavy tails": (HEAVY, OF_HEAVY, 1e4, None, 20),
}


@pytest.mark.parametrize("case", CASES)
def test_mode_and_passes(case: str, passes: list[int]) -> None:
    rows, y, sds, weights, most = CASES[case]
    kind = next((k for k in ALL if case.startswith(k)), "two classes")
    kind = "counts" if case in ("large counts", "heavy tails") else kind
    sds = np.broadcast_to(sds, rows.shape[1])
    model = LinearModel(
        rows,
        y,
        likelihood=LIKELIHOODS[kind],
        prior=priors.Normal(cov=np.diag(sds**2.0)),
        weights=weights,
    )
    found = fit_laplace(model)
    assert len(passes) <= most
    coef = found.coef.reshape(-1, rows.shape[1])
    intercept = np.atleast_1d(found.intercept) + coef @ rows.mean(axis=0)
    if weights is None and len(coef) > 1:
        intercept = intercept - intercept.mean()
    truth = mode_of_long_doubles(model, sds, (intercept, coef))
    sd = found.sd[model.layout.n_intercepts :].reshape(coef.shape)
    error = np.abs((coef - truth) / sd).astype(float)
    assert error.max() <= 1e-9


@pytest.mark.parametrize("prior", [priors.Normal(1.0), priors.Laplace(1.0)])
def test_one_pass_gives_value_gradient_and_curvature(
    prior: priors.Prior, passes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    others = list[int]()
    own = likelihoods.Bernoulli.value_and_slope

    def counted(self: likelihoods.Bernoulli, *places: Any) -> Any:
        others.append(1)
        return own(self, *places)

    monkeypatch.setattr(likelihoods.Bernoulli, "value_and_slope", counted)
    rows = X[:300]
    model = LinearModel(
        rows,
        response("two classes", rows),
        likelihood=likelihoods.Bernoulli(),
        prior=prior,
    )
    assert fit_map(model).converged
    assert not others
    assert len(passes) <= 17


def test_both_routes_find_one_mode() -> None:
    model = LinearModel(
        X,
        response("classes", X),
        likelihood=LIKELIHOODS["classes"],
        prior=priors.Normal(1.0),
    )
    estimate, laplace = fit_map(model), fit_laplace(model)
    assert estimate.route == "damped Newton"
    assert estimate.converged
    assert estimate.gradient_norm <= 1e-12
    np.testing.assert_array_equal(estimate.coef, laplace.coef)


@pytest.mark.parametrize("sd", [1e-3, 1.0])
def test_a_prior_mean_at_which_rates_are_no_numbers(sd: float) -> None:
    model = LinearModel(
        100 * X,
        response("counts", X),
        likelihood=LIKELIHOODS["counts"],
        prior=priors.Normal(sd, mean=np.full(5, 30.0)),
    )
    assert fit_map(model).converged


def test_a_bound_on_the_iterations_is_kept(passes: list[int]) -> None:
    y = response("classes", X)
    model = LinearModel(
        X, y, likelihood=LIKELIHOODS["classes"], prior=priors.Normal(5.0)
    )
    estimate = fit_map(model, max_iterations=1)
    assert not estimate.converged
    assert len(passes) == 2  # the start, and one step
