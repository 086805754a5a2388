"""Fits at converted settings have the exact coefficients; a wrong record fails."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize

from bayes_l2.conventions.catalogue import CONVENTIONS, RECORDS
from bayes_l2.conventions.convention import (
    VALUE,
    Columns,
    Evidence,
    Intercept,
    n,
    weight_sum,
    y_sd,
)
from bayes_l2.conventions.proofs.modes import logistic_loss, smooth_mode, sparse_mode
from bayes_l2.conventions.proofs.problem import Fitted, Problem, patients
from bayes_l2.conventions.proofs.verify import (
    PROOFS,
    _result,
    digits,
    prove,
    verify,
)

ALWAYS_INSTALLED = {"sklearn", "pymc"}
FITTED = [record.name for record in RECORDS if record.verified is Evidence.FIT]
SLOW = {"sgd-regressor", "sgd-classifier"}
LIGHT = [
    name
    for name in FITTED
    if set(PROOFS[name].modules) <= ALWAYS_INSTALLED and name not in SLOW
]


def test_every_fitted_convention_has_a_proof() -> None:
    assert sorted(PROOFS) == sorted(FITTED)


@pytest.mark.parametrize("name", LIGHT)
def test_the_exact_coefficients_are_fitted(name: str) -> None:
    result = prove(CONVENTIONS[name])
    assert result.passed, (result.digits, result.convention.digits)


@pytest.mark.parametrize(
    "name", [record.name for record in RECORDS if record.verified is Evidence.STORED]
)
def test_stored_output_has_the_exact_coefficients(name: str) -> None:
    assert prove(CONVENTIONS[name]).passed


def test_a_record_by_documentation_is_not_proved() -> None:
    result = prove(CONVENTIONS["matlab-ridge"])
    assert result.passed is None
    assert "by documentation: MATLAB" in result.note


@pytest.mark.parametrize(
    "wrong",
    [
        replace(CONVENTIONS["elastic-net"], loss=1 / weight_sum),  # the ½ dropped
        replace(CONVENTIONS["elastic-net"], penalty=VALUE * n / 2),  # n dropped
        replace(CONVENTIONS["ridge"], intercept=Intercept.PENALISED),
        replace(CONVENTIONS["linear-svr"], intercept=Intercept.FREE),
        replace(CONVENTIONS["ridge"], columns=Columns.SD),
        replace(CONVENTIONS["glmnet"], columns=Columns.SAMPLE_SD),  # n - 1 for n
        replace(CONVENTIONS["glmnet"], columns=Columns.AS_GIVEN),
        # averaged weights, recorded as summed
        replace(CONVENTIONS["tweedie-regressor"], loss=1 / (2 * n)),
        replace(CONVENTIONS["logistic-regression"], penalty=CONVENTIONS["ridge"].loss),
        replace(CONVENTIONS["lasso"], loss=1 / weight_sum),  # the ½ dropped
        # y_sd, as in the L2 penalty
        replace(CONVENTIONS["glmnet-lasso"], penalty=VALUE / y_sd),
        replace(CONVENTIONS["ridge"], no_map="it is one"),
    ],
    ids=lambda record: record.name,
)
def test_a_wrong_record_fails_its_proof(
    wrong: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(wrong, type(CONVENTIONS["ridge"]))
    monkeypatch.setattr(
        "bayes_l2.conventions.catalogue.RECORDS",
        tuple(wrong if record.name == wrong.name else record for record in RECORDS),
    )
    monkeypatch.setitem(CONVENTIONS, wrong.name, wrong)
    assert prove(wrong).passed is False


def test_a_library_that_fails_does_not_keep_others_from_being_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object) -> Fitted:
        raise RuntimeError("no memory")

    monkeypatch.setitem(PROOFS, "ridge", PROOFS["ridge"]._replace(fit=broken))
    monkeypatch.setitem(
        PROOFS,
        "elastic-net",
        PROOFS["elastic-net"]._replace(modules=("no_such_library",)),
    )
    chosen = [CONVENTIONS[name] for name in ("ridge", "elastic-net", "kernel-ridge")]
    failed, missing, passed = verify(chosen)
    assert (failed.passed, failed.note) == (False, "RuntimeError: no memory")
    assert (missing.passed, missing.note) == (None, "not installed: no_such_library")
    assert passed.passed
    assert passed.to_dict()["convention"] == "kernel-ridge"
    assert 0 < passed.seconds < 60


def test_digits() -> None:
    exact = Fitted(0.0, np.array([2.0, -4.0]))
    assert digits(Fitted(0.0, np.array([2.0, -4.004])), exact) == pytest.approx(3.0)
    assert digits(exact, exact) == 16.0
    assert digits(Fitted(0.04, exact.coef), exact) == pytest.approx(2.0)
    assert digits(
        Fitted(1000.1, exact.coef), Fitted(1000.0, exact.coef)
    ) == pytest.approx(4.0)
    assert digits(Fitted(0.0, np.array([np.nan, -4.0])), exact) == -np.inf
    assert digits(Fitted(np.nan, exact.coef), exact) == -np.inf


def test_a_program_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for program, note in (
        ("no_such_program", "not installed: no_such_program"),
        (sys.executable, "without and with row weights"),
    ):
        changed = PROOFS["ridge"]._replace(programs=(program,))
        monkeypatch.setitem(PROOFS, "ridge", changed)
        assert prove(CONVENTIONS["ridge"]).note == note


def test_what_a_proof_asks_for() -> None:
    exact = Fitted(0.0, np.array([10.0, 5.0]))
    ridge = replace(CONVENTIONS["ridge"], digits=16.0)
    assert _result(ridge, [(exact, exact)], "").passed
    assert _result(ridge, [(exact, exact)], "").asked == "≥ 16"
    no_map = CONVENTIONS["torch-adamw"]
    near, far = (Fitted(0.0, np.array([each, 5.0])) for each in (9.0, 8.0))
    assert _result(no_map, [(near, exact)], "").passed is False  # one digit
    assert _result(no_map, [(far, exact)], "").passed is True
    assert _result(no_map, [(far, exact)], "").asked == "< 1"
    broken = Fitted(0.0, np.array([np.nan, 5.0]))
    assert _result(no_map, [(far, exact), (broken, exact)], "").passed is False


def test_a_fit_that_fails_only_with_weights_fails_its_proof(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = PROOFS["ridge"].fit

    def partly(problem: Problem, setting: float) -> Fitted:
        return (
            whole(problem, setting)
            if problem.weights is None
            else Fitted(np.nan, np.full(5, np.nan))
        )

    monkeypatch.setitem(PROOFS, "ridge", PROOFS["ridge"]._replace(fit=partly))
    assert prove(CONVENTIONS["ridge"]).passed is False


def test_modes_are_those_that_an_optimiser_finds() -> None:
    """Powell's method minimises the objectives without derivatives."""
    problem = patients().weighted()
    X, labels, weights = problem.design, problem.labels, problem.weights
    assert weights is not None
    precisions, slopes = (
        np.append(0.0, np.full(5, 4.0)),
        np.append(0.0, np.full(5, 30.0)),
    )

    def logistic(b: np.ndarray) -> float:
        return float((weights * np.logaddexp(0, -labels * (X @ b))).sum())

    loss = logistic_loss(X, labels, weights)
    smooth = smooth_mode(loss, precisions, np.zeros(6), np.arange(6))
    sparse = sparse_mode(loss, slopes)
    assert 0 < np.count_nonzero(sparse) < 6
    for found, objective in (
        (smooth, lambda b: logistic(b) + precisions @ b**2 / 2),
        (sparse, lambda b: logistic(b) + slopes @ np.abs(b)),
    ):
        options = {"xtol": 1e-12, "ftol": 1e-15, "maxiter": 10**5, "maxfev": 10**5}
        other = minimize(objective, np.zeros(6), method="Powell", options=options)
        np.testing.assert_allclose(found, other.x, atol=1e-4)
        assert objective(found) <= other.fun * (1 + 1e-14)


def test_a_sparse_mode_that_no_pattern_solves_is_an_error() -> None:
    problem = patients()
    loss = logistic_loss(problem.design[:, :2], problem.labels, None)
    with pytest.raises(ArithmeticError, match="no pattern of signs"):
        sparse_mode(loss, np.array([0.0, np.nan]))


def test_minibatches_of_the_problem_are_all_the_same() -> None:
    problem = patients()
    blocks = np.split(np.column_stack([problem.X, problem.y]), 4)
    assert all(np.array_equal(block, blocks[0]) for block in blocks)
    assert not np.allclose(problem.x_sd, 1.0, atol=0.15)
    assert problem.weighted().weights is not None
