"""Threads that share a model or a result find what one thread finds, bit for bit.

What is lazy is computed when it is first asked for. Here many threads ask at once.
"""

import inspect
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from bayes_l2 import (
    LinearModel,
    choose_penalty,
    compare,
    convert,
    fit_exact,
    fit_laplace,
    fit_map,
    fit_penalised,
    likelihoods,
    penalty_meaning,
    penalty_path,
    prior_predictive,
    priors,
    ridge_covariances,
)
from bayes_l2.estimators.regressor import L2Regressor
from tests.every_pair import responses

THREADS = 8
RNG = np.random.default_rng(4)
X = RNG.normal(size=(30, 3))
NEW = RNG.normal(size=(4, 3))
RESPONSES = responses(RNG, 0.5 + X @ [0.8, -0.5, 0.0])


def model(likelihood: Any, prior: Any) -> LinearModel:
    y = RESPONSES[type(likelihood).__name__]
    return LinearModel(X, y, likelihood=likelihood, prior=prior)


def known() -> LinearModel:
    return model(likelihoods.Normal(1.0), priors.Normal(1.5))


def conjugate() -> LinearModel:
    noise = priors.InverseGamma(2.0, 1.0)
    return model(likelihoods.Normal(noise), priors.Normal(1, relative_to_noise=True))


def unknown() -> LinearModel:
    noise, prior_sd = priors.HalfNormal(2.0), priors.HalfCauchy(1.0)
    return model(likelihoods.Normal(noise), priors.Normal(prior_sd))


def counts() -> LinearModel:
    return model(likelihoods.Poisson(), priors.Normal(1.5))


def classes() -> LinearModel:
    return model(likelihoods.Categorical(), priors.Normal(1.5))


def kinked() -> LinearModel:
    return model(likelihoods.Laplace(0.8), priors.ElasticNet(1.0, 2.0))


SHARED: dict[str, Callable[[], Any]] = {
    "model": known,
    "model of unknown scales": unknown,
    "model of counts": counts,
    "model of classes": classes,
    "model with kinks": kinked,
    "statistics": lambda: known().statistics,
    "Gaussian": lambda: fit_exact(known()),
    "conjugate": lambda: fit_exact(conjugate()),
    "mixture": lambda: fit_exact(unknown()),
    "Laplace": lambda: fit_laplace(counts()),
    "Laplace of classes": lambda: fit_laplace(classes()),
    "mode": lambda: fit_map(kinked()),
    "penalised": lambda: fit_penalised(known()),
    "covariances": lambda: ridge_covariances(known()),
    "path": lambda: penalty_path(known(), folds=3),
    "choice": lambda: choose_penalty(known()),
    "meaning": lambda: penalty_meaning(known()),
    "comparison": lambda: compare(known(), routes=["exact", "map"]),
    "regressor": lambda: L2Regressor(noise_sd=1.0, prior_sd=1.5).fit(
        X, RESPONSES["Normal"]
    ),
    "scale": lambda: priors.HalfStudentT(3.0, 1.0),
    "conversion": lambda: convert(1.0, "ridge", "elastic-net", n=30),
}
# what is asked of an object that has it, beside each property
POINTS = np.array([[0.1, 0.2, -0.3, 0.4, 1.1, 0.9]])
QUESTIONS: dict[str, Callable[[Any], Any]] = {
    "sample": lambda it: it.sample(3, 5),
    "rvs": lambda it: it.rvs(5, random_state=3),
    "summary": lambda it: it.summary(),
    "interval": lambda it: it.interval(),
    "logpdf": lambda it: it.logpdf(POINTS[:, : len(it.names)]),
    "ppf": lambda it: it.ppf([0.1, 0.5, 0.9]),
    "predict": lambda it: it.predict(NEW),
    "predictive": lambda it: it.predictive(NEW),
    "predict_interval": lambda it: it.predict_interval(NEW),
    "marginal": lambda it: [it.marginal(name) for name in it.names],
    "condition": lambda it: it.condition(NEW, NEW[:, 0]),
    "to_dict": lambda it: it.to_dict(),
    "to_datatree": lambda it: it.to_datatree(draws=5, seed=3),
    "__repr__": repr,
    "__str__": str,
    "hessian": lambda it: it.hessian(POINTS[0, : len(it.parameter_names)]),
    "gradient": lambda it: it.gradient(POINTS[0, : len(it.parameter_names)]),
    "log_likelihood": lambda it: it.log_likelihood(
        POINTS[0, : len(it.parameter_names)]
    ),
    "log_prior": lambda it: it.log_prior(POINTS[0, : len(it.parameter_names)]),
}
CACHE = "_tables"  # it holds what other questions have needed, which others test
FITS = {
    "fit_exact": fit_exact,
    "fit_map": fit_map,
    "fit_laplace": fit_laplace,
    "fit_penalised": fit_penalised,
    "prior_predictive": lambda it: prior_predictive(it, draws=5, seed=3),
}


def questions_to(shared: Any) -> dict[str, Callable[[Any], Any]]:
    """Return what can be asked: each lazy property, and what else is public."""
    kind = type(shared)
    found: dict[str, Callable[[Any], Any]] = {}
    for name in dir(kind):
        there = inspect.getattr_static(kind, name)
        if name in QUESTIONS:
            found[name] = QUESTIONS[name]
        elif (isinstance(there, property) and not name.startswith("_")) or (
            isinstance(there, cached_property) and name != CACHE
        ):
            found[name] = attrgetter(name)
    return found | (FITS if kind is LinearModel else {})


def flat(value: Any, depth: int = 0) -> Iterator[bytes | str]:
    """Yield the bytes and the words that a result consists of."""
    if isinstance(value, np.ndarray) and value.dtype.kind != "O":
        yield value.tobytes()
    elif isinstance(value, pd.DataFrame | pd.Series):
        yield from flat(value.to_numpy(), depth)
    elif isinstance(value, xr.DataTree):
        for group in value.subtree:
            for name in map(str, group.data_vars):
                yield from flat(group[name].to_numpy(), depth)
    elif isinstance(value, str | int | float | complex | np.generic | None):
        yield repr(value)
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield str(key)
            yield from flat(each, depth)
    elif isinstance(value, list | tuple | np.ndarray | set | frozenset):
        for each in value:
            yield from flat(each, depth)
    elif is_dataclass(value) and depth < 3:
        for each in fields(value):
            yield from flat(getattr(value, each.name), depth + 1)
    else:
        yield from flat_object(value, depth)


def flat_object(value: Any, depth: int) -> Iterator[bytes | str]:
    """Yield what tells an object of a class that is no record from others."""
    if hasattr(value, "ppf"):
        yield from flat([value.ppf(0.3), getattr(value, "mean", None)], depth + 1)
    elif hasattr(value, "sd"):
        yield from flat([getattr(value, "mean", None), value.sd], depth + 1)
    else:
        yield type(value).__name__


def answer(question: Callable[[Any], Any], shared: Any) -> list[bytes | str]:
    """Return what an object answers, or its refusal."""
    try:
        return list(flat(question(shared)))
    # what an object of this kind does not have, as draws of a comparison without them
    except (ValueError, AssertionError) as error:
        return [str(error)]


def answers_of_threads(
    shared: Any, questions: Mapping[str, Callable[[Any], Any]]
) -> dict[str, list[list[bytes | str]]]:
    """Return what each of several threads is answered, all asking at once."""
    found: dict[str, list[list[bytes | str]]] = {name: [] for name in questions}
    faults: list[BaseException] = []
    start = threading.Barrier(THREADS)

    def ask(number: int) -> None:
        names = list(questions)
        # every other thread asks from the end, and so meets what others have begun
        for name in names if number % 2 else reversed(names):
            try:
                start.wait()
                found[name].append(answer(questions[name], shared))
            except BaseException as fault:  # of any kind; it is shown below
                faults.append(fault)
                start.abort()
                return

    threads = [threading.Thread(target=ask, args=(each,)) for each in range(THREADS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert faults == []
    return found


@pytest.fixture
def hurried() -> Iterator[None]:
    """Let Python change between threads as often as it can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.parametrize("what", SHARED)
def test_many_threads_find_what_one_finds(what: str, hurried: None) -> None:
    alone, shared = SHARED[what](), SHARED[what]()
    questions = questions_to(shared)
    assert len(questions) >= 3
    wanted = {name: answer(ask, alone) for name, ask in questions.items()}
    for name, found in answers_of_threads(shared, questions).items():
        assert len(found) == THREADS
        assert all(each == wanted[name] for each in found), name
