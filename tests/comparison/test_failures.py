"""A route that fails is a failed check, and what was not judged is no success."""

import json
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from bayes_l2 import (
    LinearModel,
    compare,
    fit_exact,
    fit_laplace,
    fit_map,
    fit_penalised,
    likelihoods,
    priors,
)
from bayes_l2.cli.main import main
from bayes_l2.comparison.base import Comparison
from bayes_l2.comparison.text.verdict import verdict

HOME = "bayes_l2.comparison.compare."


def problem(likelihood: Any, prior: Any) -> LinearModel:
    rng = np.random.default_rng(3)
    X = rng.standard_normal((40, 2))
    y: Any = X @ [1.0, -0.5] + rng.standard_normal(40)
    if isinstance(likelihood, likelihoods.Bernoulli):
        y = y > 0
    return LinearModel(X, y, likelihood=likelihood, prior=prior)


MODELS = {
    "gaussian": problem(likelihoods.Normal(1.0), priors.Normal(1.0)),
    "scales": problem(
        likelihoods.Normal(priors.HalfNormal(2.0)), priors.Normal(priors.HalfNormal(2))
    ),
    "bernoulli": problem(likelihoods.Bernoulli(), priors.Normal(1.0)),
    "median": problem(likelihoods.Laplace(1.0), priors.Laplace(1.0)),
}


def raising(error: Exception) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


def warning(*_: Any, **__: Any) -> Any:
    """Give no result but a warning, which the test run makes an error."""
    warnings.warn("the solver stopped", ConvergenceWarning, stacklevel=1)


ERRORS = {
    "value": raising(ValueError("array must not contain infs or NaNs")),
    "linear algebra": raising(np.linalg.LinAlgError("SVD did not converge")),
    "arithmetic": raising(ArithmeticError("the search\ndid not arrive")),
    "runtime": raising(RuntimeError("HiGHS stopped with status 4")),
    "type": raising(TypeError("'NoneType' object is not subscriptable")),
    "no words": raising(RuntimeError()),
    "warning": warning,
}
# the function of each point route, and words of the claims that need it
ROUTES = {
    "map": ("fit_map", ("MAP", "penalised fit")),
    "laplace": ("fit_laplace", ("Laplace approximation",)),
}


def outcomes(comparison: Comparison, *words: str) -> list[bool | None]:
    return [
        check.passed
        for check in comparison.checks
        if any(each in check.claim for each in words)
    ]


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("name", ["gaussian", "bernoulli", "median"])
def test_a_point_route_that_ends_in_an_error_fails(
    name: str, error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = MODELS[name]
    for route, (function, words) in ROUTES.items():
        if route == "laplace" and name != "bernoulli":
            continue
        with monkeypatch.context() as patch:
            patch.setattr(HOME + function, ERRORS[error])
            found = compare(model, routes=["penalised", "map"])
        assert not found.passed
        assert list(found.failed) == [route]
        assert "\n" not in found.failed[route]
        assert False in outcomes(found, *words)
        assert None not in outcomes(found, *words[:1])
        assert any(found.failed[route] == check.reason for check in found.checks)
        # and the other routes were run
        assert found.penalised is not None
        assert json.loads(json.dumps(found.to_dict()))["failed"] == found.failed
    with monkeypatch.context() as patch:
        patch.setattr(HOME + "require_estimator", lambda model: ERRORS[error])
        found = compare(model, routes=["penalised", "map"])
    assert not found.passed
    assert list(found.failed) == ["penalised"]
    assert found.map is not None


@pytest.mark.parametrize("name", ["gaussian", "bernoulli", "median"])
@pytest.mark.parametrize("route", ["penalised", "map"])
def test_a_point_that_did_not_converge_or_is_no_number_fails(
    name: str, route: str
) -> None:
    model = MODELS[name]
    right = {"penalised": fit_penalised, "map": fit_map}[route](model)
    found = compare(model, routes=["penalised", "map"])
    assert found.passed
    nowhere = np.full(right.coef.shape, np.nan)
    for wrong in (
        replace(right, converged=False),
        replace(right, converged=False, gradient_norm=0.1),
        replace(right, converged=False, gradient_norm=np.inf),
        replace(right, gradient_norm=np.nan),
        replace(right, coef=nowhere, objective=np.nan),
    ):
        held = replace(found, **{route: wrong})
        assert not held.passed
        alone = replace(held, **{"map" if route == "penalised" else "penalised": None})
        if not np.isnan(wrong.coef).any():
            assert not alone.passed


# a ValueError is about the arguments, and raised
@pytest.mark.parametrize("error", sorted(set(ERRORS) - {"value", "linear algebra"}))
@pytest.mark.parametrize("name", MODELS)
def test_a_sampler_that_fails_is_a_failed_check(
    name: str, error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HOME + "fit_mcmc", ERRORS[error])
    found = compare(MODELS[name], routes=["penalised", "map", "mcmc"])
    assert not found.passed
    assert set(outcomes(found, "R-hat", "ESS", "diverged")) == {False}
    assert found.mcmc is None
    assert "mcmc" not in found.table


def test_arguments_of_the_sampler_are_refused() -> None:
    cases: list[dict[str, Any]] = [
        {"draws": 0},
        {"tune": 0},
        {"chains": -1},
        {"seed": -1},
        {"engine": "stan"},
        {"progress": "no"},
    ]
    for options in cases:  # without the sampler too, which would refuse them itself
        with pytest.raises(ValueError, match="must be"):
            compare(MODELS["gaussian"], routes=["exact"], **options)


@pytest.mark.parametrize("name", ["gaussian", "scales"])
def test_without_its_exact_posterior_a_model_is_held_to_identities(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Right draws pass all else, draws of another scale do not."""
    model = MODELS[name]
    tree = fit_exact(model).to_datatree(draws=400, seed=5)
    words = "the error of the quadrature is 1.2e-8"
    monkeypatch.setattr(HOME + "fit_exact", raising(ArithmeticError(words)))
    found = compare(model, routes=["penalised", "map"], mcmc=tree)
    assert not found.passed
    failed = [check for check in found.checks if check.passed is False]
    assert [check.claim for check in failed] == ["the posterior is known exactly"]
    assert words in failed[0].reason
    assert outcomes(found, "is 0 on average", "spread as") == [True, True]
    assert found.plot().axes
    posterior = tree["posterior"].to_dataset()
    changed = "noise_sd" if name == "scales" else "coef"
    wrong = posterior.assign({changed: 1.3 * posterior[changed]})
    draws = {str(key): wrong[key] for key in wrong}
    held = compare(model, routes=["map"], mcmc=draws)
    assert False in outcomes(held, "is 0 on average", "spread as")


def test_an_exact_posterior_that_is_refused_is_raised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    X, y = MODELS["gaussian"].rows("the test")
    twice = np.column_stack([X[:, 0], X[:, 0]])
    for likelihood in (likelihoods.Normal(1.0), likelihoods.Laplace(1.0)):
        model = LinearModel(twice, y, likelihood=likelihood, prior=priors.Flat())
        with pytest.raises(ValueError, match=r"determine|independent"):
            compare(model, routes=["map"])
    monkeypatch.setattr(HOME + "fit_exact", ERRORS["value"])
    with pytest.raises(ValueError, match="infs or NaNs"):
        compare(MODELS["gaussian"], routes=["map"])


NOTHING = {
    "an approximation alone": ("bernoulli", ["exact"]),
    "kinks, and no route": ("median", ["exact"]),
}


@pytest.mark.parametrize("case", NOTHING)
def test_a_comparison_of_nothing_is_no_success(case: str) -> None:
    name, routes = NOTHING[case]
    found = compare(MODELS[name], routes=routes)
    assert not found.passed
    assert verdict(found).startswith("No check applies: nothing was compared.")
    assert found.to_dict()["passed"] is False


def test_no_estimator_and_nothing_else_is_no_success() -> None:
    model = problem(likelihoods.Laplace(1.0), priors.Normal(1.0))
    found = compare(model, routes=["penalised"])
    assert "no estimator of scikit-learn's" in found.not_applicable["penalised"]
    assert not found.failed
    assert not found.passed


def test_rounding_that_hides_the_only_check_is_no_success() -> None:
    X, y = MODELS["gaussian"].rows("the test")
    terms: Any = {"likelihood": likelihoods.Normal(1.0), "prior": priors.Normal(1.0)}
    model = LinearModel(X, y + 1e9, intercept=False, **terms)
    found = compare(model, routes=["exact"])
    assert found.checks[0].passed is None
    assert not found.passed


@pytest.mark.parametrize("shape", [(1, 1000), (3, 3), (1, 1)])
@pytest.mark.parametrize("name", ["gaussian", "bernoulli"])
def test_given_draws_that_cannot_be_judged_are_no_success(
    name: str, shape: tuple[int, int]
) -> None:
    model, rng = MODELS[name], np.random.default_rng(0)
    draws = {
        "intercept": rng.standard_normal(shape),
        "coef": rng.standard_normal((*shape, 2)),
    }
    found = compare(model, routes=["map"], mcmc=draws)
    assert not found.passed
    assert set(outcomes(found, "R-hat", "ESS")) == {False}


def status_of(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as stop:
        main(["compare", *words])
    assert isinstance(stop.value.code, int)
    return stop.value.code, capsys.readouterr().out


COMMANDS = {
    "nothing to compare": ["--likelihood", "laplace:43", "--routes", "penalised"],
    "an approximation alone": [
        *["--likelihood", "bernoulli", "--prior-sd", "1"],
        *["--routes", "exact"],
    ],
    "too few draws": ["--routes", "mcmc", "--draws", "2", "--tune", "10"],
}


@pytest.mark.parametrize("case", COMMANDS)
def test_the_command_line_says_so(
    case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out = status_of(capsys, *COMMANDS[case])
    assert status == 1
    assert "FAIL" in out or "nothing was compared" in out
    status, out = status_of(capsys, *COMMANDS[case], "--json")
    assert status == 1
    assert json.loads(out)["passed"] is False


@pytest.mark.parametrize("function", ["fit_exact", "fit_map", "fit_mcmc"])
def test_a_failed_route_is_status_1_and_in_the_json(
    function: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(HOME + function, ERRORS["runtime"])
    options = ["--draws", "200", "--tune", "200"]
    status, out = status_of(capsys, *options, "--json")
    result = json.loads(out)
    assert (status, result["passed"]) == (1, False)
    (reason,) = result["failed"].values()
    assert reason.endswith("failed: HiGHS stopped with status 4")
    status, out = status_of(capsys, *options)
    assert status == 1
    assert "FAIL" in out


@pytest.mark.parametrize("error", ["value", "arithmetic"])
def test_a_choice_that_fails_is_status_2(
    error: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bayes_l2.selection.choose.choose_penalty", ERRORS[error])
    for likelihood in ("normal", "bernoulli"):
        options = ["--choose", "evidence", "--likelihood", likelihood]
        status, out = status_of(capsys, *options, "--json")
        assert (status, out) == (2, "")


def test_a_laplace_approximation_that_is_there_is_no_failure() -> None:
    model = MODELS["bernoulli"]
    found = compare(model, routes=["map"])
    assert found.laplace is not None
    np.testing.assert_array_equal(found.laplace.mean, fit_laplace(model).mean)
    assert found.failed == {}
