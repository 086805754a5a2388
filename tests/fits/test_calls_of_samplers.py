"""What the samplers are asked for; stand-ins answer at once."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from bayes_l2 import LinearModel, fit_mcmc, likelihoods, priors
from bayes_l2.fits import mcmc
from bayes_l2.fits.search import thread_state
from bayes_l2.fits.search.coordinates import FreeCoordinates
from tests.fits.test_draws_of_nutpie import X, Y, raw_tree
from tests.model.partitioned.arrays import ArrayPartitions

MODEL = LinearModel(X, Y, likelihood=likelihoods.Normal(0.5), prior=priors.Normal(1.0))
AMOUNT: dict[str, Any] = {"draws": 5, "tune": 7, "chains": 2, "seed": 3}


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return a list that gets each plan; of five draws, four are drawn."""
    seen: list[Any] = []

    def engine(model: LinearModel, plan: Any) -> Any:
        seen.append(plan)
        sizes = {"chain": plan.chains, "draw": plan.draws - (plan.seed == 4)}
        return {"posterior": SimpleNamespace(sizes=sizes)}

    monkeypatch.setitem(mcmc.ENGINES, "nutpie", engine)
    return seen


def test_the_plan_is_what_was_asked(plans: list[Any]) -> None:
    fit_mcmc(MODEL, **AMOUNT, posterior_predictive=True)
    fit_mcmc(MODEL, **AMOUNT, log_likelihood=True, progress=True)
    fit_mcmc(MODEL)
    nobody_looks = {"progress": False}
    first = AMOUNT | nobody_looks | {"extras": ["posterior_predictive"]}
    second = AMOUNT | {"progress": True, "extras": ["log_likelihood"]}
    third = {"draws": 1000, "tune": 1000, "chains": 4, "seed": None, "extras": []}
    expected = [first, second, third | nobody_looks]
    assert [plan._asdict() for plan in plans] == expected


class Horseshoe(priors.Normal):
    """A prior that the package does not know."""

    name = "horseshoe"


def test_no_sampler_starts_for_a_model_that_is_refused(plans: list[Any]) -> None:
    noise, prior = likelihoods.Normal(0.5), priors.Normal(1.0)
    parts = LinearModel.from_partitions(
        ArrayPartitions(X, np.arange(9), cuts=(4,)),
        likelihood=likelihoods.Poisson(),
        prior=prior,
    )
    wide = LinearModel(X[:1], Y[:1], likelihood=noise, prior=priors.Flat())
    foreign = LinearModel(X, Y, likelihood=noise, prior=Horseshoe(1.0))
    for model, words in (
        (parts, "NUTS over partitions is not built"),
        (wide, "do not determine the coefficient"),
        (foreign, "fit_mcmc"),
    ):
        with pytest.raises(ValueError, match=words):
            fit_mcmc(model, **AMOUNT)
    assert not plans


@pytest.mark.usefixtures("plans")
def test_fewer_draws_than_asked_are_said() -> None:
    amount: dict[str, Any] = AMOUNT | {"seed": 4}
    with pytest.warns(UserWarning, match="interrupted: 8 of 10 draws are") as seen:
        fit_mcmc(MODEL, **amount)
    assert seen[0].filename == __file__


class Sampler:
    """A sampler that has ended, or is interrupted, or is busy at first."""

    def __init__(self, raw: Any, error: Any = None) -> None:
        self.raw, self.error, self.looks, self.is_aborted = raw, error, 0, False

    @property
    def is_finished(self) -> bool:
        self.looks += 1
        if self.looks == 1 and self.error:
            raise self.error
        return self.looks > 2

    def wait(self) -> Any:
        return self.raw

    def abort(self) -> Any:
        self.is_aborted = True
        return self.raw


class Nutpie:
    """nutpie's two functions, which keep their arguments."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, size: int, error: Any) -> None:
        self.raw = np.random.default_rng(0).standard_normal((2, 5, size))
        self.sampler = Sampler(raw_tree(self.raw), error)
        monkeypatch.setattr(mcmc, "nutpie_parts", lambda: (self.density, self.sample))
        self.pauses: list[float] = []
        monkeypatch.setattr(mcmc.time, "sleep", self.pauses.append)

    def density(self, *arguments: Any, **options: Any) -> str:
        self.arguments, self.start = arguments, options["make_initial_point_fn"]
        return "density"

    def sample(self, density: str, **options: Any) -> Sampler:
        assert density == "density"
        self.options = options
        return self.sampler


@pytest.mark.parametrize("error", [None, TimeoutError(), KeyboardInterrupt()])
def test_nutpie_gets_the_density_a_start_and_the_amount(
    error: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bars: list[Any] = []

    @contextmanager
    def bar(total: int, *, shown: bool) -> Iterator[Any]:
        bars.append((total, shown))
        yield None

    monkeypatch.setattr(mcmc, "progress_bar", bar)
    nutpie = Nutpie(monkeypatch, 3, error)
    tree = fit_mcmc(MODEL, **AMOUNT)
    assert bars == [(24, False)]  # 2 chains of 7 + 5 draws
    is_aborted = isinstance(error, KeyboardInterrupt)
    assert nutpie.sampler.looks == (1 if is_aborted else 3)
    # between two looks the processor rests
    assert len(nutpie.pauses) == nutpie.sampler.looks - 1
    assert all(0 < pause < 0.1 for pause in nutpie.pauses)
    coordinates = FreeCoordinates(MODEL)
    expected = coordinates.parameters(nutpie.raw)
    np.testing.assert_allclose(tree["posterior"]["coef"], expected[..., 1:])
    assert nutpie.sampler.is_aborted == is_aborted
    options = nutpie.options
    del options["progress_callback"]
    assert options == AMOUNT | {
        "cores": 1,
        "adaptation": "low_rank",
        "target_accept": 0.9,
        "progress_bar": False,
        "blocking": False,
    }
    size, make_density, make_expand, dtypes, shapes, names = nutpie.arguments
    assert (size, dtypes, shapes, names) == (3, [np.dtype(float)], [(3,)], ["u"])
    # starts are within 2 of the mode, which is that of least squares with a prior
    held: list[str] = []
    monkeypatch.setattr(thread_state, "hold", lambda: held.append("hold"))
    starts = np.array([nutpie.start(seed) for seed in range(40)])
    assert len(held) == 40
    design = np.column_stack([np.ones(9), X])
    precision = design.T @ design / 0.25 + np.diag([0.0, 1.0, 1.0])
    mode = coordinates.free(np.linalg.solve(precision, design.T @ Y / 0.25))
    assert 1.5 < np.abs(starts - mode).max() < 2.001
    assert (starts.min(axis=0) < mode).all()
    assert (starts.max(axis=0) > mode).all()
    np.testing.assert_array_equal(nutpie.start(1), nutpie.start(1))
    value, gradient = make_density()(starts[0])
    assert value == pytest.approx(coordinates.log_density(starts[0]), rel=1e-9)
    np.testing.assert_allclose(gradient, coordinates.gradient(starts[0]), rtol=1e-9)
    # the state of a thread is let go with the last of 12 draws, and after it
    calls: list[str] = []
    monkeypatch.setattr(thread_state, "let_go", lambda: calls.append("let go"))
    expand = make_expand()
    for _ in range(13):
        assert expand(gradient) == {"u": gradient}
        calls.append("drawn")
    assert calls == ["drawn"] * 11 + ["let go", "drawn"] * 2


def test_a_slope_of_zero_is_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two rows on either side the signs sum to 0, and nutpie would stop."""
    model = LinearModel(
        [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]],
        [-50.0, 50.0, 50.0],
        likelihood=likelihoods.Laplace(1.0),
        prior=priors.Flat(),
        intercept=False,
    )
    nutpie = Nutpie(monkeypatch, 2, None)
    fit_mcmc(model, **AMOUNT)
    density = nutpie.arguments[1]()
    value, gradient = density(np.zeros(2))
    assert value == pytest.approx(-150 - 3 * np.log(2))
    np.testing.assert_allclose(gradient, [1e-3, 1.0])
    # both signs beyond: a slope of 2 in units of u, whose curvature is 2
    _, beyond = density(np.full(2, -1000.0))
    np.testing.assert_allclose(beyond, [2 / np.sqrt(2), 1.0])


def test_an_unknown_noise_sd_of_many_rows_starts_at_their_residuals(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(1)
    x = rng.standard_normal(20_000)
    unknown = likelihoods.Normal(priors.HalfCauchy(1.0))
    y = 100 * x + 0.5 * rng.standard_normal(20_000)
    model = LinearModel(
        x[:, np.newaxis],
        y,
        likelihood=unknown,
        prior=priors.Normal(100.0),
    )
    nutpie = Nutpie(monkeypatch, 3, None)
    fit_mcmc(model, **AMOUNT)
    monkeypatch.setattr(thread_state, "hold", lambda: None)
    coordinates = FreeCoordinates(model, log_power=1)
    starts = np.array([nutpie.start(seed) for seed in range(40)])
    noise_sds = coordinates.parameters(starts)[:, -1]
    sd = 0.5 / np.sqrt(2 * 20_000)
    assert np.abs(noise_sds - 0.5).max() < 2.1 * sd + 3 * sd
    assert noise_sds.std() > 0.5 * sd
    # the density is that of the logarithm of the sd
    points = [(0.0, 100.0, 0.5), (0.01, 99.0, 2.0)]
    expected = [
        stats.norm.logpdf(y, a + b * x, sd).sum()
        + stats.norm.logpdf(b, 0, 100)
        + stats.halfcauchy.logpdf(sd)
        + np.log(sd)
        for a, b, sd in points
    ]
    density = nutpie.arguments[1]()
    values = [density(coordinates.free(np.array(point)))[0] for point in points]
    assert values[1] - values[0] == pytest.approx(expected[1] - expected[0], abs=1e-6)


class PyMC:
    """PyMC's three functions, which keep their arguments."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **drawn: Any) -> None:
        import pymc

        variables = {name: (("chain", "draw"), x) for name, x in drawn.items()}
        coef = (("chain", "draw", "feature"), np.zeros((2, 5, 2)))
        groups = {
            "posterior": xr.Dataset({"coef": coef, "of_pymc_alone": 1.0, **variables}),
            "sample_stats": xr.Dataset({"diverging": (("chain",), [False, False])}),
            "observed_data": xr.Dataset({"y": ("row", Y)}),
            "of_pymc_alone": xr.Dataset(),
        }
        self.tree, self.error = xr.DataTree.from_dict(groups), None
        self.calls: list[tuple[str, dict[str, Any]]] = []
        monkeypatch.setattr(pymc, "sample", self.sample)
        monkeypatch.setattr(pymc, "compute_log_likelihood", self.log_likelihood)
        monkeypatch.setattr(pymc, "sample_posterior_predictive", self.predictive)

    def sample(self, draws: int, **options: Any) -> Any:
        self.calls.append(("sample", {"draws": draws} | options))
        return self.tree

    def log_likelihood(self, tree: Any, **options: Any) -> Any:
        self.calls.append(("log_likelihood", options))
        found = xr.Dataset({"y": ("row", Y - 1)})
        return tree.assign({"log_likelihood": xr.DataTree(found)})

    def predictive(self, tree: Any, **options: Any) -> None:
        self.calls.append(("posterior_predictive", options))
        tree["posterior_predictive"] = xr.DataTree(xr.Dataset({"y": ("row", Y + 1)}))


def test_pymc_gets_the_amount_and_its_own_groups_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    zeros = np.zeros((2, 5))
    pymc = PyMC(monkeypatch, intercept=zeros)
    tree = fit_mcmc(MODEL, engine="pymc", **AMOUNT)
    assert set(tree.children) == {"posterior", "sample_stats", "observed_data"}
    assert set(tree["posterior"].data_vars) == {"coef", "intercept"}
    np.testing.assert_array_equal(tree["observed_data"]["y"], Y)
    asked = {
        "draws": 5,
        "tune": 7,
        "chains": 2,
        "cores": 2,
        "random_seed": 3,
        "nuts_sampler": "pymc",
        "progressbar": False,
        "quiet": True,
        "compute_convergence_checks": False,
    }
    assert pymc.calls == [("sample", asked)]
    tree = fit_mcmc(MODEL, engine="pymc", posterior_predictive=True, **AMOUNT)
    np.testing.assert_array_equal(tree["posterior_predictive"]["y"], Y + 1)
    assert "log_likelihood" not in tree
    options = {"random_seed": 3, "progressbar": False, "extend_inferencedata": True}
    assert pymc.calls[2:] == [("posterior_predictive", options)]
    del pymc.tree["posterior_predictive"]
    tree = fit_mcmc(MODEL, engine="pymc", log_likelihood=True, **AMOUNT)
    np.testing.assert_array_equal(tree["log_likelihood"]["y"], Y - 1)
    assert pymc.calls[4:] == [("log_likelihood", {"progressbar": False})]
    # as many processes as chains or cores, and two at least
    amount: dict[str, Any] = {"draws": 2, "tune": 1, "progress": True}
    for cores, chains, processes in ((3, 1, 2), (3, 4, 3), (None, 4, 2)):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        fit_mcmc(MODEL, engine="pymc", chains=chains, **amount)
        asked = pymc.calls[-1][1]
        assert (asked["cores"], asked["progressbar"]) == (processes, True)


def test_draws_of_pymc_have_the_scales_and_the_penalty(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    zeros = np.zeros((2, 5))
    scales = {"noise_sd": zeros, "prior_sd": zeros, "penalty": zeros}
    PyMC(monkeypatch, intercept=zeros, **scales)
    unknown = likelihoods.Normal(priors.HalfNormal(1.0))
    prior = priors.Normal(priors.HalfNormal(1.0))
    model = LinearModel(X, Y, likelihood=unknown, prior=prior, intercept=False)
    tree = fit_mcmc(model, engine="pymc", **AMOUNT)
    assert set(tree["posterior"].data_vars) == {"coef", *scales}


def test_errors_of_pymc_are_its_own_but_for_ctrl_c(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import pymc

    def failed(error: Exception, cause: BaseException | None) -> Any:
        def sample(*_: Any, **__: Any) -> None:
            raise error from cause

        return sample

    for error, cause, raised in (
        (ValueError("Not enough samples"), None, KeyboardInterrupt),
        (SystemError("stopped"), KeyboardInterrupt(), KeyboardInterrupt),
        (ValueError("a bad start"), None, ValueError),
    ):
        monkeypatch.setattr(pymc, "sample", failed(error, cause))
        with pytest.raises(raised) as seen:
            fit_mcmc(MODEL, engine="pymc", **AMOUNT)
        words = "before the first draw" if raised is KeyboardInterrupt else "a bad"
        assert words in str(seen.value)
