"""Penalties far from the singular values, limits of criteria, and criteria without."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import mpmath
import numpy as np
import pytest
from scipy import special
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import KFold, cross_val_predict

from bayes_l2 import (
    LinearModel,
    choose_penalty,
    fit_exact,
    fit_laplace,
    likelihoods,
    penalty_path,
    priors,
)
from bayes_l2.cli.main import main
from bayes_l2.selection.choose import choice_line
from tests.many_digits import left_out
from tests.strategies import Case

UNKNOWN_SCALES: dict[str, Any] = {
    "likelihood": likelihoods.Normal(priors.HalfNormal(1.0)),
    "prior": priors.Normal(priors.HalfNormal(1.0)),
}
UNKNOWN: dict[str, Any] = {
    "likelihood": likelihoods.Normal(priors.FlatLogScale()),
    "prior": priors.Normal(priors.FlatLogScale()),
}
Criterion = Literal["evidence", "loo", "gcv", "cv"]
CRITERIA: tuple[Criterion, ...] = ("evidence", "loo", "gcv", "cv")
mp: Any = mpmath.mp


@cache
def losses(name: str) -> dict[str, Callable[[Any], Any]]:
    """Return the criteria as functions of the penalty, in arithmetic of 60 digits.

    They come from the eigenvectors of the rows' products, where the intercept is taken
    out by Helmert's contrasts.
    """
    X, y = PROBLEMS[name]
    n = len(y)
    contrasts = mp.matrix(n - 1, n)
    for i in range(1, n):
        root = mp.sqrt(i * (i + 1))
        for j in range(i):
            contrasts[i - 1, j] = 1 / root
        contrasts[i - 1, i] = -i / root
    rows = contrasts * mp.matrix(np.asarray(X, dtype=float).tolist())
    values, vectors = mp.eigsy(rows * rows.T)
    projected = vectors.T * (contrasts * mp.matrix(list(map(float, y))))
    parts, each = contrasts.T * vectors, range(n - 1)
    # n - 1 rows and fewer columns: what is left of the other values is rounding
    least = mp.mpf(10) ** -45 * max(values)
    values = [value if value > least else mp.mpf(0) for value in values]

    def evidence(penalty: Any) -> Any:
        left = [penalty / (value + penalty) for value in values]
        squares = mp.fsum(left[k] * projected[k] ** 2 for k in each)
        logs = mp.fsum(mp.log(value) for value in left)
        return ((n - 1) * mp.log(squares) - logs) / 2

    def gcv(penalty: Any) -> Any:
        left = [penalty / (value + penalty) for value in values]
        squares = mp.fsum((left[k] * projected[k]) ** 2 for k in each)
        return n * squares / mp.fsum(left) ** 2

    def loo(penalty: Any) -> Any:
        left = [penalty / (value + penalty) for value in values]
        errors = [
            mp.fsum(parts[i, k] * left[k] * projected[k] for k in each)
            / mp.fsum(parts[i, k] ** 2 * left[k] for k in each)
            for i in range(n)
        ]
        return mp.fsum(error**2 for error in errors) / n

    return {"evidence": evidence, "gcv": gcv, "loo": loo}


def problems() -> dict[str, tuple[Any, Any]]:
    rng = np.random.default_rng(3)
    normal = rng.standard_normal
    x, noise = normal(16), normal(16)
    found = {
        f"a line, noise {size}": (x[:, None], 2.5 * x + 1 + size * noise)
        for size in (0.15, 1e-2, 1e-4, 1e-7, 1e-12)
    }
    X = normal((16, 4))
    found["four columns"] = X, X @ [1, -2, 0.5, 1] + 1e-5 * noise
    X = normal((12, 9))
    found["nearly as many columns as rows"] = X, X @ normal(9) + 1e-6 * normal(12)
    for size in (1e4, 1e9):
        X = normal((16, 3)) * [size, 1, 1 / size]
        found[f"only the least of columns of size {size}"] = X, size * X[:, 2] + noise
    X = normal((12, 11))
    found["as many columns as contrasts"] = X, X @ normal(11) + 1e-3 * normal(12)
    found["more columns than rows"] = normal((12, 20)), normal(12)
    found["nothing but noise"] = normal((16, 3)), normal(16)
    return found


PROBLEMS = problems()
FAR = (1e-8, 1e-5, 1e-3, 0.03, 0.3, 0.7, 1.4, 3.0, 30.0, 1e3, 1e5, 1e8)


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("by", ["evidence", "gcv", "loo"])
def test_no_penalty_near_or_far_is_better(name: str, by: Criterion) -> None:
    """The evidence is in nats, an error relative."""
    X, y = PROBLEMS[name]
    choice = choose_penalty(LinearModel(X, y, **UNKNOWN), by=by)
    assert choice.path is not None
    with mp.workdps(60):
        loss = losses(name)[by]
        chosen = loss(mp.mpf(choice.penalty))
        # leave-one-out is best among the penalties of the path only
        factors = [f for f in FAR if by != "loo" or abs(np.log(f)) > 1.5]
        others = [loss(mp.mpf(choice.penalty * factor)) for factor in factors]
        excess = (chosen - min(others)) / (1 if by == "evidence" else chosen)
    assert excess < 1e-9
    ends = {"smallest": choice.path.penalties[0], "largest": choice.path.penalties[-1]}
    if choice.edge is None:
        assert ends["smallest"] < choice.penalty < ends["largest"]
        assert "tried" not in choice_line(choice)
    else:
        assert choice.penalty == ends[choice.edge]


@pytest.mark.parametrize("noise", [1e-4, 1e-7, 1e-10])
def test_a_line_with_little_noise_has_the_penalty_of_a_formula(noise: float) -> None:
    """For a small penalty, alpha is S / ((n' - 1) b²), and sigma² is S / (n' - 1)."""
    rng = np.random.default_rng(8)
    x, n = rng.standard_normal(16), 16
    y = 2.5 * x + 1 + noise * rng.standard_normal(n)
    slope, level = np.polyfit(x, y, 1)
    squares = np.sum((y - level - slope * x) ** 2)
    choice = choose_penalty(LinearModel(x[:, None], y, **UNKNOWN))
    assert choice.edge is None
    assert choice.penalty == pytest.approx(
        squares / (n - 2) / slope**2, rel=1e-4, abs=0
    )
    sd = choice.model.likelihood.sd
    assert sd == pytest.approx(np.sqrt(squares / (n - 2)), rel=1e-4, abs=0)


def test_many_rows_of_a_line_with_little_noise_are_left_out_one_by_one() -> None:
    """Without a penalty a residual is e / (1 - h); 2100 rows are two chunks."""
    rng = np.random.default_rng(11)
    x, noise = rng.standard_normal(2100), rng.standard_normal(2100)
    y = 2.5 * x + 1 + 1e-7 * noise
    design = np.column_stack([np.ones(2100), x])
    q = np.linalg.qr(design)[0]
    errors = noise - q @ (q.T @ noise)
    expected = 1e-14 * np.mean((errors / (1 - np.sum(q**2, axis=1))) ** 2)
    path = penalty_path(LinearModel(x[:, None], y, **UNKNOWN), [1e-9])
    assert path.loo_error == pytest.approx(expected, rel=1e-6, abs=0)


def test_folds_follow_to_the_limit_of_no_penalty() -> None:
    X, y = PROBLEMS["four columns"]
    choice = choose_penalty(LinearModel(X, y, **UNKNOWN), by="cv")
    assert choice.path is not None
    assert choice.path.cv_error is not None
    # without a penalty, by least squares on the other rows
    folds = KFold(5, shuffle=True, random_state=0)
    predicted = cross_val_predict(LinearRegression(), X, y, cv=folds)
    expected = pytest.approx(np.mean((y - predicted) ** 2), rel=1e-6, abs=0)
    assert choice.path.cv_error[0] == expected
    assert choice.path.cv_error.min() == expected


def test_the_default_path_is_as_wide_as_the_singular_values() -> None:
    rng = np.random.default_rng(2)
    for ratio in (1.0, 1e-3, 1e-6):
        X = rng.standard_normal((40, 2)) * [1, ratio]
        y = X @ [1, 1 / ratio] + rng.standard_normal(40)
        squares = np.linalg.svd(X - X.mean(axis=0), compute_uv=False) ** 2
        penalties = penalty_path(LinearModel(X, y, **UNKNOWN)).penalties
        assert len(penalties) == 100
        assert penalties[0] == pytest.approx(1e-3 * squares[1], rel=1e-6, abs=0)
        assert penalties[-1] == pytest.approx(1e3 * squares[0], rel=1e-10, abs=0)


def test_the_default_path_has_at_most_24_decades_unless_criteria_ask() -> None:
    rng = np.random.default_rng(4)
    X = rng.standard_normal((40, 2)) * [1, 1e-12]
    path = penalty_path(LinearModel(X, X[:, 0] + rng.standard_normal(40), **UNKNOWN))
    square = float(np.sum((X[:, 0] - X[:, 0].mean()) ** 2))
    assert len(path.penalties) == 100
    assert path.penalties[0] == pytest.approx(1e-21 * square, rel=1e-9, abs=0)


def test_given_penalties_that_end_too_early_are_not_called_a_limit() -> None:
    X, y = PROBLEMS["a line, noise 0.0001"]
    model = LinearModel(X, y, **UNKNOWN)
    choice = choose_penalty(model, penalties=[0.1, 1.0, 10.0])
    assert choice.penalty == 0.1
    assert not choice.at_edge
    assert choice_line(choice).endswith("the smallest given: one beyond it is better")
    assert choose_penalty(model, penalties=[1e-12, 1e-9, 1e-6], by="loo").edge is None
    largest = choose_penalty(model, penalties=[1e-13, 1e-12, 1e-11])
    assert largest.penalty == 1e-11
    assert choice_line(largest).endswith("the largest given: one beyond it is better")
    one = choose_penalty(model, penalties=[0.1])
    assert choice_line(one) == "Penalty chosen by evidence: α = 0.1"


CONSTANT: dict[str, tuple[Any, bool]] = {
    "a row a level": (np.eye(8), True),
    "a row a level, scaled and moved": (7 + 1e-5 * np.eye(6), True),
    "orthogonal rows": (np.linalg.qr(np.vander(np.arange(5.0)))[0] * 3.3, False),
    "two rows, one column": (np.array([[1.0], [2.5]]), True),
    "two rows, three columns": (np.array([[1.0, 0, 2], [2.5, 1, 9]]), True),
    "two rows far from zero": (np.array([[1e9], [1e9 + 1]]), True),
    "columns of zeros": (np.zeros((5, 2)), True),
}


@pytest.mark.parametrize("name", CONSTANT)
@pytest.mark.parametrize("by", CRITERIA)
def test_a_criterion_that_is_constant_chooses_nothing(name: str, by: Criterion) -> None:
    X, intercept = CONSTANT[name]
    y = np.random.default_rng(0).standard_normal(len(X))
    model = LinearModel(X, y, intercept=intercept, **UNKNOWN)
    with pytest.raises(ValueError, match=r"the data cannot tell; give a prior sd$"):
        choose_penalty(model, by=by, folds=min(5, len(X)))


def test_rows_of_unlike_sizes_are_constant_for_some_criteria_only() -> None:
    """Rows that are orthogonal say nothing of each other, whatever their sizes."""
    y = np.array([1.0, -2.0, 0.5, 3.0])
    model = LinearModel(np.diag([1.0, 2, 3, 4]), y, intercept=False, **UNKNOWN)
    with pytest.raises(ValueError, match="leave-one-out error is the same at every"):
        choose_penalty(model, by="loo")
    assert choose_penalty(model, by="gcv").edge is None
    assert choose_penalty(model, by="evidence").edge is None


def test_an_exact_fit_has_no_largest_evidence() -> None:
    x = np.arange(8.0)
    model = LinearModel(x[:, None], 2 * x + 1, **UNKNOWN)
    with pytest.raises(ValueError, match=r"the columns fit y exactly.*give a noise sd"):
        choose_penalty(model)
    assert choose_penalty(model, by="loo").edge == "smallest"


def test_the_command_line_says_it_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(X: Any, y: Any, *options: str) -> tuple[Any, str, str]:
        path = tmp_path / "rows.csv"
        names = ",".join([*(f"x{j}" for j in range(len(X[0]))), "y"])
        rows: Any = np.column_stack([X, y])
        np.savetxt(path, rows, delimiter=",", header=names, comments="", fmt="%.17g")
        with pytest.raises(SystemExit) as stop:
            main(["compare", str(path), "--target", "y", "--choose", *options])
        seen = capsys.readouterr()
        return stop.value.code, seen.out, seen.err

    levels = [1.2, 0.7, 3.1, 2.2, 0.1, 5.5, 4.0, 2.9]
    for by in CRITERIA:
        status, _, errors = run(np.eye(8), levels, by)
        assert status == 2
        assert errors.endswith("so the data cannot tell; give a prior sd\n")
        assert errors.count("\n") == 1
    X, y = PROBLEMS["a line, noise 0.0001"]
    _, printed, _ = run(X, y, "evidence", "--routes", "penalised,exact")
    penalty = choose_penalty(LinearModel(X, y, **UNKNOWN)).penalty
    assert f"Penalty chosen by evidence: α = {penalty:.4g}\n" in printed
    assert "no penalty" not in printed


@pytest.mark.parametrize("sizes", [(1e4, 1e-3), (1.0, 1e-6), (1e7, 1e3)])
@pytest.mark.parametrize("likelihood", [likelihoods.Poisson(), likelihoods.Bernoulli()])
def test_the_evidence_of_a_column_beside_a_large_one_is_found(
    sizes: tuple[float, float], likelihood: Any
) -> None:
    """Only the small column matters, with a slope of one over its size."""
    rng = np.random.default_rng(12)
    z = rng.standard_normal((200, 2))
    y: Any = rng.poisson(np.exp(z[:, 1]))
    if likelihood.encoding != "counts":
        y = rng.uniform(size=200) < special.expit(2 * z[:, 1])
    prior = priors.Normal(1.0)
    model = LinearModel(z * sizes, y, likelihood=likelihood, prior=prior)
    choice = choose_penalty(model)
    assert choice.edge is None
    best = fit_laplace(choice.model).log_evidence
    for factor in (1e-9, 1e-6, 1e-3, 0.1, 0.9, 1.1, 10, 1e3):
        sd = factor * choice.model.prior.sd
        other = replace(model, prior=priors.Normal(sd))
        assert fit_laplace(other).log_evidence < best


@pytest.mark.parametrize("route", [penalty_path, choose_penalty, fit_exact])
def test_sizes_beyond_doubles_are_refused_in_one_line(route: Any) -> None:
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((7, 3)) * [1e149, 1.0, 1.0], rng.standard_normal(7)
    model = LinearModel(X, y, weights=np.full(7, 1e12), **UNKNOWN_SCALES)
    sizes = r"sizes of columns from [0-9.e+]+ to [0-9.]+e\+155, of y [0-9.]+; rescale"
    with pytest.raises(ValueError, match=sizes) as refused:
        route(model)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("weight", [1e4, 1e8, 1e12])
def test_a_heavy_row_that_is_left_out_keeps_its_digits(weight: float) -> None:
    # the others lie on one line through 0: the heavy row has no part outside of them
    X = np.array([[2.0, 2.0], [1.0, 1.0], [2.0, -2.0]])
    y, w = np.array([-0.13, 0.64, 0.1]), np.array([1.0, 1.0, weight])
    case = Case(X, y, w, 1.0, np.full(2, 100.0), intercept=False)
    path = penalty_path(case.model, [1e-4])
    loss, log_density, _ = left_out(case)
    assert path.loo_error is not None
    assert path.loo_log_density is not None
    np.testing.assert_allclose(path.loo_error, float(loss), rtol=1e-8)
    np.testing.assert_allclose(path.loo_log_density, float(log_density), rtol=1e-8)
