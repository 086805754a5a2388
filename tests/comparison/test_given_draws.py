"""Draws that somebody else made, held against the posterior of a model."""

from typing import Any

import numpy as np
import pytest
import xarray as xr

from bayes_l2 import LinearModel, compare, datasets, fit_exact, likelihoods, priors

X, Y = datasets.diabetes()
X = X[["bmi", "bp", "s5"]]


def problem(prior_sd: Any = 20.0) -> LinearModel:
    return LinearModel(
        X, Y, likelihood=likelihoods.Normal(sd=54), prior=priors.Normal(sd=prior_sd)
    )


def textbook_draws(prior_sd: float) -> dict[str, np.ndarray]:
    """Return independent draws by normal equations with the intercept as a column."""
    rows = np.column_stack([np.ones(len(Y)), X])
    covariance = np.linalg.inv(
        rows.T @ rows / 54**2 + np.diag([0, *[1 / prior_sd**2] * 3])
    )
    mean = covariance @ rows.T @ np.asarray(Y) / 54**2
    values = np.random.default_rng(1).multivariate_normal(mean, covariance, (4, 1000))
    return {"intercept": values[..., 0], "coef": values[..., 1:]}


def verdicts(mcmc: Any, model: LinearModel | None = None) -> dict[str, bool | None]:
    return {
        check.claim: check.passed
        for check in compare(model or problem(), routes=["exact"], mcmc=mcmc).checks
    }


def test_right_draws_pass() -> None:
    found = verdicts(textbook_draws(20))
    assert found["MCMC means are the exact means"]
    assert found["MCMC sds are the exact sds"]


def test_given_draws_are_taken_and_none_are_made() -> None:
    draws = textbook_draws(20)
    held = compare(problem(), routes=["mcmc"], mcmc=draws)
    np.testing.assert_array_equal(
        held.draws, np.dstack([draws["intercept"], draws["coef"]])
    )
    assert held.mcmc is not None
    assert held.mcmc.attrs == {"given": True}
    coef = held.mcmc["posterior"]["coef"]
    assert coef.dims == ("chain", "draw", "feature")
    assert list(coef["feature"].to_numpy()) == ["bmi", "bp", "s5"]
    assert [list(coef[axis].to_numpy()[-2:]) for axis in ("chain", "draw")] == [
        [2, 3],
        [998, 999],
    ]


def test_the_figure_does_not_call_them_draws_of_nuts() -> None:
    figure = compare(problem(), routes=["exact"], mcmc=textbook_draws(20)).plot()
    assert [part.get_suptitle() for part in figure.subfigs] == [
        "",
        "Exact density over the draws given",
    ]
    sampled = compare(
        problem(), routes=["mcmc"], draws=20, tune=50, chains=2, seed=0, progress=False
    ).plot()
    assert sampled.subfigs[1].get_suptitle() == "Exact density over NUTS draws"


def test_without_an_intercept_none_is_asked_for() -> None:
    model = LinearModel(
        X,
        Y - Y.mean(),
        likelihood=likelihoods.Normal(sd=54),
        prior=priors.Normal(sd=20),
        intercept=False,
    )
    own = (
        fit_exact(model)
        .to_datatree(draws=1000, chains=4, seed=0)["posterior"]
        .to_dataset()
    )
    numbered = own["coef"].assign_coords(
        feature=[0, 1, 2]
    )  # as an axis without labels is numbered by ArviZ
    assert compare(model, routes=["exact"], mcmc={"coef": numbered}).passed


def test_whole_numbers_are_draws_too() -> None:
    draws = {
        name: np.rint(values).astype(int) for name, values in textbook_draws(20).items()
    }
    held = compare(problem(), routes=["exact"], mcmc=draws)
    assert held.draws.dtype == float


def test_many_named_chains_of_few_draws_are_as_they_say() -> None:
    draws = {
        "intercept": xr.DataArray(np.zeros((8, 4)), dims=["chain", "draw"]),
        "coef": xr.DataArray(np.zeros((8, 4, 3)), dims=["chain", "draw", "feature"]),
    }
    assert compare(problem(), routes=["exact"], mcmc=draws).draws.shape == (8, 4, 4)


def test_as_many_chains_as_draws_need_no_names() -> None:
    draws = {"intercept": np.zeros((4, 4)), "coef": np.zeros((4, 4, 3))}
    assert compare(problem(), routes=["exact"], mcmc=draws).draws.shape == (4, 4, 4)


def test_draws_that_overflow_fail() -> None:
    huge = {name: 1e160 * values for name, values in textbook_draws(20).items()}
    with np.errstate(all="ignore"):
        assert not compare(problem(), routes=["exact"], mcmc=huge).passed


def test_draws_of_another_prior_mix_well_and_fail() -> None:
    """R-hat and ESS know nothing of the model: only the comparison does."""
    found = verdicts(textbook_draws(20**-0.5))
    assert found["R-hat shows no lack of mixing"]
    assert found["bulk ESS is enough to compare"]
    assert found["MCMC means are the exact means"] is False
    assert found["MCMC sds are the exact sds"] is False


def test_labels_are_matched_and_axes_put_in_order() -> None:
    draws = textbook_draws(20)
    order = [2, 0, 1]
    coef = xr.DataArray(
        np.moveaxis(draws["coef"][..., order], -1, 0),
        dims=["column", "chain", "draw"],
        coords={"column": [X.columns[k] for k in order]},
    )
    intercept = xr.DataArray(draws["intercept"], dims=["chain", "draw"])
    tree = xr.DataTree.from_dict(
        {"posterior": xr.Dataset({"coef": coef, "intercept": intercept})}
    )
    held = compare(problem(), routes=["exact"], mcmc=tree)
    assert held.mcmc is not None
    np.testing.assert_array_equal(held.mcmc["posterior"]["coef"], draws["coef"])
    assert held.passed


def test_draws_of_unknown_scales() -> None:
    model = problem(priors.HalfCauchy(20))
    own = (
        fit_exact(model)
        .to_datatree(draws=1000, chains=4, seed=3)["posterior"]
        .to_dataset()
    )
    arrays = {name: own[name].to_numpy() for name in ("coef", "intercept", "prior_sd")}
    held = compare(model, routes=["exact"], mcmc=arrays)
    passed = {check.claim: check.passed for check in held.checks}
    assert passed["MCMC means are the exact means"]
    assert passed[
        "MCMC sds are the exact sds"
    ]  # of the coefficients, whose tails are light
    wide = own["coef"].to_numpy() - own["coef"].mean(("chain", "draw")).to_numpy()
    wrong = arrays | {"coef": arrays["coef"] + 0.2 * wide}
    assert verdicts(wrong, model)["MCMC sds are the exact sds"] is False
    assert held.mcmc is not None
    np.testing.assert_allclose(
        held.mcmc["posterior"]["penalty"], 54**2 / arrays["prior_sd"] ** 2
    )
    assert (
        verdicts(arrays | {"prior_sd": arrays["prior_sd"] * 1.2}, model)[
            "MCMC means are the exact means"
        ]
        is False
    )


def test_columns_that_are_called_by_numbers_are_matched_too() -> None:
    numbered = LinearModel(
        X.set_axis([2, 0, 1], axis=1),
        Y,
        likelihood=likelihoods.Normal(sd=54),
        prior=priors.Normal(sd=20),
    )
    draws = textbook_draws(20)
    coef = xr.DataArray(
        draws["coef"][..., [1, 2, 0]],
        dims=["chain", "draw", "feature"],
        coords={"feature": [0, 1, 2]},
    )
    assert compare(numbered, routes=["exact"], mcmc=draws | {"coef": coef}).passed


def test_draws_of_three_classes() -> None:
    flowers, species = datasets.iris()
    model = LinearModel(
        flowers,
        species,
        likelihood=likelihoods.Categorical(),
        prior=priors.Normal(sd=1),
    )
    rng = np.random.default_rng(4)
    intercepts = rng.standard_normal((2, 50, 3))
    coef = rng.standard_normal((2, 50, 3, 4))
    held = compare(model, routes=["map"], mcmc={"coef": coef, "intercept": intercepts})
    np.testing.assert_array_equal(
        held.draws_of(model.parameter_names[2]), coef[:, :, 0, 0].ravel()
    )
    turned = xr.DataArray(
        np.swapaxes(coef, 2, 3), dims=["chain", "draw", "feature", "class"]
    )
    again = compare(
        model, routes=["map"], mcmc={"coef": turned, "intercept": intercepts}
    )
    np.testing.assert_array_equal(again.draws, held.draws)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda draws: 3,
            "mcmc must be an xarray.DataTree or a mapping of names to arrays, got int",
        ),
        (
            lambda draws: xr.DataTree.from_dict({"prior": xr.Dataset()}),
            "the group 'posterior', got the groups prior",
        ),
        (
            lambda draws: {"coef": draws["coef"]},
            "draws of coef, intercept; intercept is missing from coef",
        ),
        (
            lambda draws: draws | {"coef": draws["coef"][..., :2]},
            r"coef must have the shape \(chains, draws, 3\), got \(4, 1000, 2\)",
        ),
        (
            lambda draws: {"coef": np.ones((4, 0, 3)), "intercept": np.ones((4, 0))},
            r"coef must have the shape \(chains, draws, 3\), got \(4, 0, 3\)",
        ),
        (
            lambda draws: draws | {"intercept": draws["intercept"][0]},
            r"intercept must have the shape \(chains, draws\)",
        ),
        (
            lambda draws: (
                draws | {"coef": np.where(draws["coef"] > 30, np.nan, draws["coef"])}
            ),
            "must be finite, got nan",
        ),
        (
            lambda draws: draws | {"intercept": draws["intercept"][:, :500]},
            "same number of chains and draws each, got",
        ),
        (
            lambda draws: {
                name: np.swapaxes(values, 0, 1) for name, values in draws.items()
            },
            "first axis of draws must be chains, the second draws; "
            "got 1000 chains of 4 draws",
        ),
        (lambda draws: {}, "coef is missing from nothing"),
        (
            lambda draws: (
                draws | {"intercept": np.ma.masked_less(draws["intercept"], 150)}
            ),
            "intercept must not be masked",
        ),
        (
            lambda draws: draws | {"intercept": [[1.0], [1.0, 2.0]]},
            "must be an array, got rows of different lengths",
        ),
        (
            lambda draws: draws | {"intercept": np.full((4, 1000), "a")},
            "intercept must be numbers, got <U1",
        ),
        (
            lambda draws: (
                draws
                | {
                    "coef": xr.DataArray(
                        draws["coef"],
                        dims=["chain", "draw", "feature"],
                        coords={"feature": ["bmi", "bp", "age"]},
                    )
                }
            ),
            r"labels \['bmi', 'bp', 's5'\], got \['bmi', 'bp', 'age'\]",
        ),
    ],
)
def test_bad_draws_are_refused(change: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compare(problem(), routes=["exact"], mcmc=change(textbook_draws(20)))


def test_a_scale_that_is_not_positive_is_refused() -> None:
    draws = textbook_draws(20) | {"prior_sd": np.full((4, 1000), 0.5)}
    model = problem(priors.HalfCauchy(20))
    held = compare(model, routes=["exact"], mcmc=draws)
    np.testing.assert_array_equal(held.draws_of("prior_sd"), 0.5)
    draws["prior_sd"][1, 2] = 0.0
    with pytest.raises(ValueError, match="draws of prior_sd must be positive, got 0"):
        compare(model, routes=["exact"], mcmc=draws)


def test_a_summary_of_few_draws_has_the_sd_of_a_sample() -> None:
    rng = np.random.default_rng(0)
    draws = {"intercept": rng.normal(size=(2, 4)), "coef": rng.normal(size=(2, 4, 3))}
    found = compare(problem(), routes=["exact"], mcmc=draws).summary(route="mcmc")
    wanted = [draws["intercept"].std(ddof=1), *draws["coef"].std(axis=(0, 1), ddof=1)]
    np.testing.assert_allclose(found["sd"], wanted, rtol=1e-12)


def test_an_array_of_chains_and_draws_alone_may_have_them_in_any_order() -> None:
    draws: dict[str, Any] = textbook_draws(20)
    turned = xr.DataArray(draws["intercept"].T, dims=["draw", "chain"])
    held = compare(problem(), routes=["exact"], mcmc=draws | {"intercept": turned})
    np.testing.assert_array_equal(
        held.draws_of("intercept"), draws["intercept"].ravel()
    )


@pytest.mark.parametrize(
    ("statistics", "divergences"),
    [({"lp": np.zeros((4, 1000))}, None), ({"diverging": np.eye(4, 1000)}, 4)],
)
def test_divergent_transitions_are_counted_where_they_are_told(
    statistics: dict[str, Any], divergences: int | None
) -> None:
    axes = {"intercept": ("chain", "draw"), "coef": ("chain", "draw", "feature")}
    draws = {name: (axes[name], each) for name, each in textbook_draws(20).items()}
    told = {name: (("chain", "draw"), each) for name, each in statistics.items()}
    groups = {"posterior": xr.Dataset(draws), "sample_stats": xr.Dataset(told)}
    tree = xr.DataTree.from_dict(groups)
    held = compare(problem(), routes=["exact"], mcmc=tree)
    assert held.divergences == divergences
