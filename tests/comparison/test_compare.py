"""The comparison: its table, its checks, and that a check can fail."""

import json
from dataclasses import replace
from typing import Any

import arviz as az
import numpy as np
import pytest
import xarray as xr
from scipy import stats

from bayes_l2 import (
    Comparison,
    ExactComparison,
    GaussianPosterior,
    LinearModel,
    PointEstimate,
    SufficientStatistics,
    compare,
    fit_exact,
    fit_map,
    fit_ridge,
    likelihoods,
    priors,
)


@pytest.fixture(scope="module")
def comparison(diabetes: LinearModel, nutpie_draws: xr.DataTree) -> ExactComparison:
    return ExactComparison(
        model=diabetes,
        exact=fit_exact(diabetes),
        penalised=fit_ridge(diabetes),
        map=fit_map(diabetes),
        mcmc=nutpie_draws,
    )


def check(comparison: ExactComparison, words: str) -> object:
    (found,) = [check for check in comparison.checks if words in check.claim]
    return found


def verdicts(comparison: Comparison, *words: str) -> list[bool | None]:
    """Return the outcomes of the claims with these words, a list for each in turn."""
    return [
        check.passed
        for each in words
        for check in comparison.checks
        if each in check.claim
    ]


POINTS = "constant", "ridge is", "fit has", "the MAP is", "MAP search"
DRAWS = "R-hat", "bulk ESS", "tail ESS", "diverged", "means", "sds"


def moved(estimate: PointEstimate, change: float) -> PointEstimate:
    return replace(
        estimate, coef=estimate.coef + change * np.eye(len(estimate.coef))[3]
    )


@pytest.mark.usefixtures("few_draws")
def test_compare_runs_all_routes(diabetes: LinearModel) -> None:
    comparison = compare(diabetes, seed=1, draws=500, tune=400)
    assert comparison.passed
    assert [check.passed for check in comparison.checks] == [True] * 11
    assert comparison.mcmc is not None
    assert dict(comparison.mcmc["posterior"].sizes) == {
        "chain": 4,
        "draw": 500,
        "feature": 10,
    }


def test_engine_pymc_runs_the_numerical_routes_on_the_program(
    diabetes: LinearModel,
) -> None:
    comparison = compare(diabetes, routes=["map"], engine="pymc")
    assert comparison.map is not None
    assert comparison.map.route == "PyMC find_MAP"
    assert comparison.passed


def test_table_holds_every_routes_numbers(
    comparison: ExactComparison, diabetes: LinearModel
) -> None:
    table = comparison.table
    assert list(table.index) == ["intercept", *diabetes.feature_names]
    assert list(table.columns) == [
        "penalised", "map", "exact", "exact_sd",
        "mcmc", "mcmc_mcse", "mcmc_sd", "r_hat", "ess_bulk",
    ]  # fmt: skip
    marginals = [fit_exact(diabetes).marginal(name) for name in table.index]
    means = [each.mean() for each in marginals]
    np.testing.assert_array_equal(table["exact"], means)
    np.testing.assert_array_equal(table["exact_sd"], [each.std() for each in marginals])
    np.testing.assert_allclose(table["penalised"], means, rtol=1e-11)
    assert comparison.mcmc is not None
    summary = az.summary(comparison.mcmc, round_to="none", ci_prob=0.9, ci_kind="eti")
    by_arviz = summary.reindex(
        ["intercept", *(f"coef[{name}]" for name in diabetes.feature_names)]
    )
    for ours, theirs in (
        ("mcmc", "mean"),
        ("mcmc_sd", "sd"),
        ("mcmc_mcse", "mcse_mean"),
        ("r_hat", "r_hat"),
        ("ess_bulk", "ess_bulk"),
    ):
        np.testing.assert_allclose(
            table[ours], by_arviz[theirs].astype(float), rtol=1e-12
        )


def test_every_check_can_fail(
    comparison: ExactComparison, nutpie_draws: xr.DataTree
) -> None:
    """Each check notices its own disturbance, and no other check does."""
    ridge, estimate, exact = comparison.penalised, comparison.map, comparison.exact
    assert ridge is not None
    assert estimate is not None
    sd, posterior = exact.marginal("bp").std(), nutpie_draws["posterior"].to_dataset()
    before: dict[str, float] = comparison.table.to_dict(orient="index")["bp"]
    assert comparison.passed

    def with_draws(draws: xr.Dataset) -> xr.DataTree:
        return xr.DataTree.from_dict({"posterior": draws})

    z = (before["mcmc"] - before["exact"]) / before["mcmc_mcse"]
    bump = xr.DataArray(np.eye(10)[3], dims="feature")
    shifted = posterior.assign(
        coef=posterior["coef"] + (7 + abs(z)) * before["mcmc_mcse"] * np.sign(z) * bump
    )
    mean = posterior["coef"].mean(("chain", "draw"))
    stretched = posterior.assign(
        coef=mean + (posterior["coef"] - mean) * (1 + 0.15 * bump)
    )
    assert isinstance(exact, GaussianPosterior)
    stuck = posterior.assign(coef=posterior["coef"] + posterior["chain"] * bump * sd)
    disturbed = {
        "ridge is": (
            replace(comparison, penalised=moved(ridge, 1.1e-8 * sd)),
            ["ridge is"],
        ),
        "the MAP is": (
            replace(comparison, map=moved(estimate, 1.1e-5 * sd)),
            ["the MAP is"],
        ),
        "converged": (
            replace(comparison, map=replace(estimate, gradient_norm=1.1e-5)),
            ["converged"],
        ),
        "constant": (
            replace(
                comparison, exact=replace(exact, log_factor=exact.log_factor + 2e-8)
            ),
            ["constant"],
        ),
        "means": (replace(comparison, mcmc=with_draws(shifted)), ["means"]),
        "sds": (replace(comparison, mcmc=with_draws(stretched)), ["sds"]),
        "R-hat": (replace(comparison, mcmc=with_draws(stuck)), ["R-hat", "ESS"]),
        "ESS": (
            replace(comparison, mcmc=with_draws(posterior.isel(draw=slice(40)))),
            ["R-hat", "ESS"],
        ),
    }
    for name, (broken, allowed) in disturbed.items():
        assert not broken.passed, name
        failed = [check.claim for check in broken.checks if check.passed is False]
        assert any(name in claim for claim in failed), (name, failed)
        assert all(any(words in claim for words in allowed) for claim in failed), (
            name,
            failed,
        )


def test_the_evidence_check_reads_the_rows(
    comparison: ExactComparison, diabetes: LinearModel
) -> None:
    """Statistics of other rows make a posterior that disagrees with the rows alone."""
    X, y = diabetes.rows("the test")
    wrong = LinearModel(X, y, likelihood=diabetes.likelihood, prior=diabetes.prior)
    vars(wrong.data)["statistics"] = SufficientStatistics.from_rows(X, 1.1 * y + 5)
    check = ExactComparison(model=wrong, exact=fit_exact(wrong)).checks[0]
    assert check.passed is False


def test_unconverged_chains_never_agree(
    comparison: ExactComparison, nutpie_draws: xr.DataTree
) -> None:
    few = xr.DataTree.from_dict(
        {"posterior": nutpie_draws["posterior"].to_dataset().isel(draw=slice(20))}
    )
    checks = replace(comparison, mcmc=few).checks
    assert verdicts(replace(comparison, mcmc=few), "means", "sds") == [None, None]
    assert checks[-1].reason == "not converged: the draws cannot show agreement yet"


@pytest.mark.parametrize("apart", [0.0, 1.0])
def test_stuck_chains_fail(
    comparison: ExactComparison, nutpie_draws: xr.DataTree, apart: float
) -> None:
    """Chains that never move have an R-hat that is not finite: it fails the check."""
    posterior = nutpie_draws["posterior"].to_dataset()
    stuck = 0 * posterior + apart * posterior["chain"]
    found = replace(
        comparison,
        mcmc=xr.DataTree.from_dict({"posterior": stuck.transpose(*posterior.dims)}),
    )
    assert False in verdicts(found, "R-hat", "bulk ESS")
    assert verdicts(found, "means", "sds") == [None, None]


@pytest.mark.parametrize("part", [{"chain": slice(1)}, {"draw": slice(3)}])
def test_too_few_chains_or_draws_fail(
    comparison: ExactComparison, nutpie_draws: xr.DataTree, part: dict[str, slice]
) -> None:
    few = xr.DataTree.from_dict(
        {"posterior": nutpie_draws["posterior"].to_dataset().isel(part)}
    )
    found = replace(comparison, mcmc=few)
    assert verdicts(found, *DRAWS) == [False, False, False, None, False, False]
    assert not found.passed


def test_a_map_that_did_not_converge_fails(diabetes: LinearModel) -> None:
    short = fit_map(diabetes, max_iterations=1)
    comparison = ExactComparison(model=diabetes, exact=fit_exact(diabetes), map=short)
    assert [each.passed for each in comparison.checks if "MAP" in each.claim] == [
        False,
        False,
    ]


def test_rounding_far_from_zero_is_no_disagreement() -> None:
    rng = np.random.default_rng(8)
    X = rng.standard_normal((50, 2))
    y = X @ [1.0, -2.0] + rng.standard_normal(50)
    scales = {"likelihood": likelihoods.Normal(1.0), "prior": priors.Normal(1.0)}
    for offset in (1e5, 1e9):
        far = LinearModel(X + offset, y + offset, **scales)
        held = compare(far, routes=["penalised", "map"])
        checks = held.checks
        assert verdicts(held, *POINTS) == [True] * 5
        assert checks[0].tolerance is not None
        assert 1e-8 <= checks[0].tolerance < 1e-4
    assert compare(
        LinearModel(X, y + 1e9, **scales), routes=["penalised", "map"]
    ).passed
    far = compare(LinearModel(X, y + 1e9, **scales), routes=["penalised"])
    assert far.penalised is not None
    assert far.exact is not None
    neighbour = replace(
        far.penalised, intercept=float(np.nextafter(far.exact.intercept, np.inf))
    )
    # the next number there is, 8e-7 sd away
    assert replace(far, penalised=neighbour).passed
    # the coefficients have no such excuse
    row = far.table.loc[["x0", "x1"]]
    astray = replace(neighbour, coef=row["exact"] + 1.1e-8 * row["exact_sd"])
    assert not replace(far, penalised=astray).passed
    hidden = compare(
        LinearModel(X, y + 1e8, intercept=False, **scales), routes=["exact"]
    ).checks[0]
    assert hidden.passed is None
    assert hidden.reason.startswith("rounding of so large a log density hides it")


def test_what_was_not_asked_for_does_not_apply(diabetes: LinearModel) -> None:
    comparison = compare(diabetes, routes=["exact"])
    assert comparison.passed
    assert [each.passed for each in comparison.checks] == [True] + [None] * 10
    assert {each.reason for each in comparison.checks[1:]} == {"not asked for"}
    assert list(comparison.table.columns) == ["exact", "exact_sd"]


def test_a_prior_that_is_no_penalty_has_no_ridge(diabetes: LinearModel) -> None:
    prior = priors.Normal(cov=np.diag(np.arange(1.0, 11.0)))
    model = LinearModel(
        diabetes.X, diabetes.y, likelihood=likelihoods.Normal(54.0), prior=prior
    )
    comparison = compare(model, routes=["penalised", "map"])
    ridge = comparison.checks[1]
    assert ridge.passed is None
    assert "which is no multiple of ||b||²" in ridge.reason
    assert "penalised" not in comparison.table


def test_dictionary_survives_json(comparison: ExactComparison) -> None:
    result = json.loads(json.dumps(comparison.to_dict(), allow_nan=False))
    assert result["passed"] is True
    assert result["model"]["penalty"] == pytest.approx(7.29)
    assert (
        result["parameters"]["bmi"]["exact"] == comparison.exact.marginal("bmi").mean()
    )
    assert len(result["checks"]) == 11
    assert result["failed"] == result["not_applicable"] == {}
    assert result["log_evidence"] == pytest.approx(-2404.7231123, abs=1e-6)


def test_reprs(comparison: ExactComparison) -> None:
    assert (
        repr(comparison) == "Comparison(11 checks passed, 0 failed, 0 not applicable)"
    )
    html = comparison._repr_html_()
    assert html.count("<table ") == 3
    assert "α = σ²/τ² = 54² / 20² = 7.29" in html
    assert "11 of 11 checks passed: " in html


def unknown(
    X: np.ndarray,
    y: np.ndarray,
    noise: float | priors.ScalePrior,
    prior: float | priors.ScalePrior,
    **options: Any,
) -> LinearModel:
    return LinearModel(
        X,
        y,
        likelihood=likelihoods.Normal(noise),
        prior=priors.Normal(prior, **options),
    )


def test_unknown_scales_have_rows_and_checks(diabetes: LinearModel) -> None:
    X, y = diabetes.rows("the test")
    comparison = compare(
        unknown(X, y, priors.HalfNormal(100.0), priors.HalfCauchy(20.0)),
        routes=["penalised", "map"],
    )
    assert list(comparison.table.index)[-3:] == [
        "log noise_sd",
        "log prior_sd",
        "log penalty",
    ]
    assert list(comparison.table.columns) == ["exact", "exact_sd"]
    evidence, ridge, mode, fit, converged = comparison.checks[:5]
    assert evidence.passed
    assert fit.reason == "there is no penalised fit"
    assert ridge.reason.startswith(
        "the penalty is random: it depends on noise_sd and prior_sd"
    )
    assert mode.reason.startswith(
        "the density has no maximum: where every coefficient is at its prior mean"
    )
    assert converged.reason == "there is no MAP"
    assert comparison.exact is not None
    # 200 000 draws know nothing of the tables; 7 standard errors
    draws = np.log(
        comparison.exact.to_datatree(draws=50_000, seed=1)["posterior"][
            "prior_sd"
        ].to_numpy()
    )
    row = comparison.table.loc["log prior_sd"]
    assert draws.mean() == pytest.approx(
        row["exact"], abs=7 * row["exact_sd"] / np.sqrt(200_000)
    )
    assert draws.std() == pytest.approx(
        row["exact_sd"], rel=7 * np.sqrt((stats.kurtosis(draws.ravel()) + 2) / 8e5)
    )
    assert comparison.scales["prior_sd"]["50%"] == pytest.approx(
        np.exp(np.median(draws)), rel=0.01
    )


def test_a_joint_mode_is_reported_and_not_held_to_the_mean(
    diabetes: LinearModel,
) -> None:
    X, y = diabetes.rows("the test")
    comparison = compare(
        unknown(X[:40], y[:40], priors.HalfNormal(100.0), 20.0), routes=["map"]
    )
    mode, _, converged = comparison.checks[2:5]
    assert mode.passed is None
    assert mode.reason.startswith(
        "a joint mode is not the mean where noise_sd is unknown: 0.2"
    )
    assert converged.passed
    assert comparison.map is not None
    assert comparison.table.loc["log noise_sd", "map"] == pytest.approx(
        np.log(comparison.map.noise_sd)
    )


def test_under_a_relative_prior_all_points_are_one(diabetes: LinearModel) -> None:
    X, y = diabetes.rows("the test")
    model = unknown(X, y, priors.InverseGamma(3.0, 5000.0), 0.4, relative_to_noise=True)
    comparison = compare(model, routes=["penalised", "map"])
    assert verdicts(comparison, *POINTS) == [True] * 5
    assert np.isnan(comparison.table.loc["log noise_sd", "penalised"])
    assert comparison.exact is not None
    noise = comparison.exact.marginal("noise_sd")
    logs = np.log(noise.rvs(200_000, random_state=1))
    row = comparison.table.loc["log noise_sd"]
    assert logs.mean() == pytest.approx(
        row["exact"], abs=7 * row["exact_sd"] / np.sqrt(200_000)
    )
    assert logs.std() == pytest.approx(row["exact_sd"], rel=7 / np.sqrt(2 * 200_000))


def heavy(n: int, scale: priors.ScalePrior) -> LinearModel:
    """Return a model whose coefficients are Student-t with n - 3 degrees of freedom."""
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((n, 2)), rng.standard_normal(n)
    return LinearModel(X, y, likelihood=likelihoods.Normal(scale), prior=priors.Flat())


@pytest.mark.parametrize("n", [4, 5, 7])
def test_draws_of_heavy_tails_are_held_to_exact_quantiles(n: int) -> None:
    """Cauchy has no mean, Student-t with two degrees of freedom no variance."""
    model = heavy(n, priors.FlatLogScale())
    tree = fit_exact(model).to_datatree(draws=1000, seed=1)
    right = compare(model, routes=["exact"], mcmc=tree)
    assert verdicts(right, "means", "sds") == [True, True]
    assert "medians, where kurtosis is above 9" in right.checks[-2].reason
    assert "quartiles, where kurtosis is above 3.9" in right.checks[-1].reason
    posterior, (low, mid, high) = (
        tree["posterior"].to_dataset(),
        [fit_exact(model).marginal("x1").ppf(each) for each in (0.25, 0.5, 0.75)],
    )
    bump = xr.DataArray([0.0, 1.0], dims="feature")
    moved_by = 0.3 * (high - low) * bump
    deviations = (posterior["coef"] - mid) * bump
    for coef, words in (
        (posterior["coef"] + moved_by, "means"),
        (posterior["coef"] + 0.35 * deviations, "sds"),
        (posterior["coef"] - 0.25 * deviations, "sds"),
    ):
        wrong = posterior.assign(coef=coef)
        draws = {str(name): wrong[name] for name in wrong}
        held = compare(model, routes=["exact"], mcmc=draws)
        failed = [check for check in held.checks if check.passed is False]
        assert words in " ".join(check.claim for check in failed)
        assert all(check.reason.startswith("at x1") for check in failed)


def test_exact_draws_pass_and_draws_of_another_scale_do_not(
    diabetes: LinearModel,
) -> None:
    X, y = diabetes.rows("the test")
    model = unknown(X, y, priors.HalfNormal(100.0), priors.HalfCauchy(20.0))
    exact = fit_exact(model)
    tree = exact.to_datatree(draws=4000, seed=2)
    good = ExactComparison(model, exact, mcmc=tree)
    assert verdicts(good, *DRAWS) == [True] * 3 + [None] + [True] * 2
    moved_scale = (
        tree["posterior"]
        .to_dataset()
        .assign(penalty=lambda draws: 1.1 * draws["penalty"])
    )
    bad = ExactComparison(
        model, exact, mcmc=xr.DataTree.from_dict({"posterior": moved_scale})
    )
    assert verdicts(bad, *DRAWS) == [True] * 3 + [None, False, True]
    assert bad.checks[-2].reason == "at log penalty"


def test_sds_of_draws_are_judged_where_tails_are_light() -> None:
    """Student-t with 9 degrees of freedom, kurtosis 4.2, and with 21: 3.35."""
    for n, by_quartiles in ((12, True), (24, False)):
        model = heavy(n, priors.FlatLogScale())
        tree = fit_exact(model).to_datatree(draws=1000, seed=1)
        held = compare(model, routes=["exact"], mcmc=tree)
        assert verdicts(held, "means", "sds") == [True, True]
        assert ("quartiles" in held.checks[-1].reason) == by_quartiles
        posterior = tree["posterior"].to_dataset()
        coef = posterior["coef"]
        wide = posterior.assign(coef=coef + 0.5 * (coef - coef.mean()))
        draws = {str(name): wide[name] for name in wide}
        wrong = compare(model, routes=["exact"], mcmc=draws)
        assert verdicts(wrong, "sds") == [False]
