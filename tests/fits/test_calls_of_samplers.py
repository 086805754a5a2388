"""What the samplers are asked for; stand-ins answer at once."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bayes_l2 import LinearModel, fit_mcmc, likelihoods, priors
from bayes_l2.fits import mcmc
from bayes_l2.fits.search import thread_state
from bayes_l2.fits.search.coordinates import FreeCoordinates
from tests.fits.test_draws_of_nutpie import X, Y, raw_tree

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
        monkeypatch.setattr(mcmc.time, "sleep", lambda _: None)

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
    nutpie = Nutpie(monkeypatch, 3, error)
    tree = fit_mcmc(MODEL, **AMOUNT)
    coordinates = FreeCoordinates(MODEL)
    expected = coordinates.parameters(nutpie.raw)
    np.testing.assert_allclose(tree["posterior"]["coef"], expected[..., 1:])
    assert nutpie.sampler.is_aborted == isinstance(error, KeyboardInterrupt)
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
    monkeypatch.setattr(thread_state, "hold", lambda: None)
    starts = np.array([nutpie.start(seed) for seed in range(40)])
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
        [[1.0], [1.0]],
        [-50.0, 50.0],
        likelihood=likelihoods.Laplace(1.0),
        prior=priors.Flat(),
        intercept=False,
    )
    nutpie = Nutpie(monkeypatch, 1, None)
    fit_mcmc(model, **AMOUNT)
    density = nutpie.arguments[1]()
    value, gradient = density(np.zeros(1))
    assert value == pytest.approx(-100 - 2 * np.log(2))
    assert gradient == [1e-3]
    # both signs beyond: a slope of 2 in units of u, whose curvature is 2
    _, beyond = density(np.full(1, -1000.0))
    np.testing.assert_allclose(beyond, [2 / np.sqrt(2)])


def test_an_unknown_noise_sd_of_many_rows_starts_at_their_residuals(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(1)
    x = rng.standard_normal(20_000)
    unknown = likelihoods.Normal(priors.HalfCauchy(1.0))
    model = LinearModel(
        x[:, np.newaxis],
        100 * x + 0.5 * rng.standard_normal(20_000),
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
