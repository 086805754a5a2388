"""Counts of draws, seeds and sources of randomness: one that works, or one line."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from bayes_l2 import (
    GaussianPosterior,
    LinearModel,
    choose_penalty,
    compare,
    exercises,
    fit_exact,
    fit_mcmc,
    likelihoods,
    penalty_path,
    priors,
    validation,
)
from bayes_l2.cli.main import main

RNG = np.random.default_rng(8)
X, Y = RNG.standard_normal((12, 2)), RNG.standard_normal(12)
MODEL = LinearModel(X, Y, likelihood=likelihoods.Normal(1.0), prior=priors.Normal(1.0))
UNKNOWN = LinearModel(
    X,
    Y,
    likelihood=likelihoods.Normal(priors.HalfNormal(1.0)),
    prior=priors.Normal(priors.HalfNormal(1.0)),
)
CONJUGATE = LinearModel(
    X,
    Y,
    likelihood=likelihoods.Normal(priors.InverseGamma(2.0, 1.0)),
    prior=priors.Normal(1.0, relative_to_noise=True),
)
POSTERIORS = {"known": MODEL, "one": CONJUGATE, "both": UNKNOWN}
HUGE = {"draws": 2**31, "tune": 2**31, "chains": 2**20}


def one_line(call: Callable[[], Any], *words: str) -> None:
    with pytest.raises(ValueError, match=words[0]) as caught:
        call()
    text = str(caught.value)
    assert "\n" not in text
    assert len(text) <= 200
    for word in words:
        assert word in text


@pytest.mark.parametrize("engine", ["nutpie", "pymc"])
@pytest.mark.parametrize(("name", "count"), HUGE.items())
@pytest.mark.parametrize("route", [fit_mcmc, compare])
def test_more_draws_than_there_is_room_for(
    route: Any, name: str, count: int, engine: str
) -> None:
    one_line(lambda: route(MODEL, engine=engine, **{name: count}), name, str(count))


def test_draws_that_only_together_have_no_room() -> None:
    half = 2**28 // (4 * 3) // 2
    one_line(lambda: fit_mcmc(MODEL, draws=half + 2, tune=half), "draws and tune")
    one_line(lambda: fit_mcmc(MODEL, draws=10**5000), "draws")


@pytest.mark.parametrize("model", POSTERIORS.values(), ids=POSTERIORS)
@pytest.mark.parametrize("n", [2**31, 2**63, 10**4000, 0, -1, 2.5, True, None, "3"])
def test_exact_draws_are_a_whole_number_that_fits(model: LinearModel, n: Any) -> None:
    posterior = fit_exact(model)
    one_line(lambda: posterior.sample(1, n), "n must be")
    one_line(lambda: posterior.location.sample(1, n), "n must be")
    one_line(lambda: posterior.to_datatree(draws=n), "draws must be")


@pytest.mark.parametrize("model", POSTERIORS.values(), ids=POSTERIORS)
@pytest.mark.parametrize("seed", [2**32, 2**64, 2**64 + 1, 2**200])
def test_seeds_of_any_size_give_exact_draws(model: LinearModel, seed: int) -> None:
    posterior = fit_exact(model)
    draws = posterior.sample(seed, 3)
    np.testing.assert_array_equal(draws, posterior.sample(seed, 3))
    assert (draws != posterior.sample(seed + 1, 3)).any()
    assert posterior.to_datatree(draws=2, chains=1, seed=seed)


@pytest.mark.parametrize("model", POSTERIORS.values(), ids=POSTERIORS)
@pytest.mark.parametrize(
    "rng", [-1, 1.5, True, "1", [1, 2], np.random, object(), iter([1]), np.nan]
)
def test_a_source_of_randomness_is_a_generator_or_a_seed(
    model: LinearModel, rng: Any
) -> None:
    posterior = fit_exact(model)
    one_line(lambda: posterior.sample(rng, 2), "rng must be")
    one_line(lambda: posterior.location.sample(rng, 2), "rng must be")


@pytest.mark.parametrize("engine", ["nutpie", "pymc"])
@pytest.mark.parametrize("seed", [2**64, 2**64 + 1, 2**200, 10**4000, -1, 1.5, "1"])
def test_seeds_of_nuts_are_below_two_to_the_64(engine: Any, seed: Any) -> None:
    one_line(lambda: fit_mcmc(MODEL, seed=seed, engine=engine), "seed must be")
    one_line(lambda: compare(MODEL, seed=seed, engine=engine), "seed must be")


def test_the_largest_seed_of_nuts_samples() -> None:
    kinds = {"draws": 3, "tune": 3, "chains": 1, "progress": False}
    first, again = (
        fit_mcmc(MODEL, seed=2**64 - 1, **kinds)["posterior"]["coef"].to_numpy()
        for _ in range(2)
    )
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("seed", [2**32, 2**64, 10**4000, -1, 1.5, "1"])
def test_seeds_of_folds_are_below_two_to_the_32(seed: Any) -> None:
    one_line(lambda: penalty_path(MODEL, folds=3, seed=seed), "seed must be")
    one_line(lambda: choose_penalty(MODEL, by="cv", seed=seed), "seed must be")


@pytest.mark.parametrize("seed", [2**32, 2**64, 2**200])
def test_seeds_of_exercises_have_any_size(seed: int) -> None:
    numbers = exercises.numbers("penalty-from-prior", seed=seed)
    assert numbers == exercises.numbers("penalty-from-prior", seed=seed)
    assert numbers != exercises.numbers("penalty-from-prior", seed=seed + 1)


@pytest.mark.parametrize(
    "words", [("--seed", str(2**64)), ("--draws", str(2**31)), ("--seed", "9" * 5000)]
)
def test_the_command_line_refuses_them_in_one_line(
    words: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["compare", *words])
    assert stop.value.code == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert words[0].strip("-") in error


def test_names_are_compared_a_few_times_each() -> None:
    """A search of every name among all others would take a thousand for each."""
    calls = 0

    class Counted(str):
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            nonlocal calls
            calls += 1
            return str.__eq__(self, other)

        __hash__ = str.__hash__

    names = [Counted(f"column {j}") for j in range(1000)]
    assert validation.repeated([*names, names[3]]) == ["column 3"]
    assert calls <= 5 * len(names)


def test_a_posterior_of_one_parameter_keeps_as_many_draws_as_fit() -> None:
    from bayes_l2 import arguments

    assert arguments.draws_to_keep(2**30, 1) == 2**30
    assert isinstance(fit_exact(MODEL), GaussianPosterior)
    one_line(lambda: arguments.draws_to_keep(2**30, 2), f"at most {2**29}")
