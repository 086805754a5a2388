"""One seed gives one result, in any process; thread counts change the last digits."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from bayes_l2 import fit_exact, fit_mcmc
from tests.promises.same_seed import models

# the largest change that was seen over thread counts and BLAS kernels is 8e-14
DIGITS = 1e-12
OTHER_PROCESS = {"PYTHONHASHSEED": "7", "OPENBLAS_NUM_THREADS": "2"}
OTHER_KERNEL = {"OPENBLAS_CORETYPE": "Nehalem"}


def test_threads_draw_what_one_thread_draws() -> None:
    model = models()["known"]
    posterior = fit_exact(model)

    def draws(_: int) -> list[bytes]:
        tree = fit_mcmc(model, draws=20, tune=50, chains=2, seed=5)
        drawn: Any = tree["posterior"]["coef"]
        return [drawn.to_numpy().tobytes(), posterior.sample(5, 9).tobytes()]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(draws, range(4)))
    assert found == [draws(0)] * 4


def results_of(changes: dict[str, str]) -> dict[str, dict[str, list[float]]]:
    """Return the results of a process whose environment has these changes."""
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
    run = subprocess.run(
        [sys.executable, "-m", "tests.promises.same_seed"],
        env=environment | changes,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(run.stdout)


@pytest.mark.slow
def test_processes_agree() -> None:
    here = results_of({})
    again = results_of(OTHER_PROCESS)
    assert again["draws"] == here["draws"]
    other = results_of(OTHER_KERNEL)
    for name, wanted in here["numbers"].items():
        for found in (again, other):
            np.testing.assert_allclose(
                found["numbers"][name], wanted, rtol=0, atol=DIGITS, err_msg=name
            )
