"""Fixtures and settings that several test files share."""

import gc
import os
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

# Every core has a worker already: more threads would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.pop("COLUMNS", None)  # pytest-xdist states 80, and a person's shell its own
os.environ["MPLBACKEND"] = "agg"

import pytest
from hypothesis import settings

from tests import audit

# Workers start only after this file is imported: fixtures import what they need.
if TYPE_CHECKING:
    import xarray as xr

    from bayes_l2 import LinearModel

# Python's collector would look at the million objects of libraries and collected tests
# time and again, and at those of the tests after every 2000 new ones: 8 CPU seconds.
gc.set_threshold(50_000, *gc.get_threshold()[1:])

audit.forbid_network()
settings.register_profile(
    "repeatable", derandomize=True, deadline=None, max_examples=60
)
settings.load_profile("repeatable")


def pytest_configure() -> None:
    """Share the compilation of libraries among workers, where none is compiled yet.

    All workers would compile the same files at the same time: 8 seconds in a fresh
    environment. One begins with those that the others come to last.
    """
    if os.environ.get("PYTEST_XDIST_WORKER") != "gw1":
        return
    spec = find_spec("pymc")
    if spec and spec.cached and not Path(spec.cached).exists():
        for name in ("numba", "nutpie", "pymc"):
            import_module(name)


def pytest_collection_finish() -> None:
    """Leave what has been imported and collected out of later garbage collections."""
    gc.freeze()


@pytest.fixture(autouse=True)
def no_network() -> Iterator[None]:
    """Fail a test that asks for the network, also where a library hides the refusal."""
    yield
    found, audit.attempts[:] = list(audit.attempts), []
    assert found == []


@pytest.fixture(scope="session")
def diabetes() -> "LinearModel":
    """Return the model of the README, with noise sd 54 and prior sd 20."""
    from bayes_l2 import LinearModel, datasets, likelihoods, priors

    X, y = datasets.diabetes()
    return LinearModel(
        X, y, likelihood=likelihoods.Normal(sd=54.0), prior=priors.Normal(sd=20.0)
    )


@pytest.fixture
def interpreted() -> Iterator[None]:
    """Let PyTensor interpret its graphs: few draws, whose compilation takes longer."""
    from pytensor.configdefaults import config

    with config.change_flags(mode="FAST_COMPILE", cxx=""):
        yield


@pytest.fixture
def few_draws() -> Iterator[None]:
    """Allow an R-hat of 1.05, for tests whose chains have some hundred draws each.

    Rounding on another processor gives NUTS other draws. The R-hat of chains that do
    mix is about the root of 1 + x / m - 1 / n. Here x is chi-squared over its 7 degrees
    of freedom, n are the draws in half a chain, and m the effective ones. With n = 200
    and m = 100, which is usual for spreads, it is above 1.01 once in 70 times, and the
    comparison is undecided. It is above 1.05 with a probability of 1.3e-13.
    """
    from bayes_l2.comparison import convergence

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(convergence, "MAX_R_HAT", 1.05)
        yield


@pytest.fixture(scope="session")
def nutpie_draws(diabetes: "LinearModel") -> "xr.DataTree":
    """Return draws of the README's model by nutpie, with all groups."""
    from bayes_l2 import fit_mcmc

    return fit_mcmc(diabetes, seed=1, posterior_predictive=True, log_likelihood=True)


@pytest.fixture(scope="session")
def pymc_draws(diabetes: "LinearModel") -> "xr.DataTree":
    """Return 4 × 400 draws of the README's model by PyMC, with all groups."""
    from bayes_l2 import fit_mcmc

    return fit_mcmc(
        diabetes,
        draws=400,
        tune=400,
        seed=1,
        engine="pymc",
        posterior_predictive=True,
        log_likelihood=True,
    )
