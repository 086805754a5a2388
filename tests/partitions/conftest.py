"""A cluster and a pool of processes, which the tests of dask share."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest


@pytest.fixture(scope="session")
def client() -> Iterator[Any]:
    """Return the client of two worker processes with a thread each."""
    from distributed import Client, LocalCluster

    settings: dict[str, Any] = {"dashboard_address": ":0", "silence_logs": "CRITICAL"}
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, **settings) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


@pytest.fixture(scope="session")
def processes() -> Iterator[dict[str, Any]]:
    """Return settings of dask under which two processes serve all passes."""
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        yield {"scheduler": "processes", "pool": pool}
