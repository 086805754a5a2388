"""Partitions that tests of dask make, count, spoil and interrupt on worker processes.

Workers import this module, so that it imports little.
"""

import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

NAMES = ["a", "b", "c", "d"]
PARTS, ROWS = 6, 500


def rows_of(number: int, rows: int = ROWS) -> pd.DataFrame:
    """Return the rows of a partition: X far from zero, y, a count, labels, weights."""
    rng = np.random.default_rng(number)
    X = rng.standard_normal((rows, len(NAMES)))
    eta = X @ np.array([0.5, -1.0, 0.25, 0.0])
    table = pd.DataFrame(1e6 + X, columns=NAMES)
    table["y"] = 1e6 + eta + rng.standard_normal(rows)
    table["count"] = rng.poisson(np.exp(0.3 * eta)).astype(float)
    table["answer"] = np.where(rng.random(rows) < 1 / (1 + np.exp(-eta)), "yes", "no")
    scores = np.column_stack([eta, -eta, 0 * eta]) + rng.gumbel(size=(rows, 3))
    table["class"] = np.array(["red", "green", "blue"])[scores.argmax(axis=1)]
    table["w"] = rng.uniform(0.5, 2.0, rows)
    return table


def note(folder: Path, event: str) -> int:
    """Write that an event has happened, and return how many times it had before."""
    with (folder / event).open("a") as file:
        file.write(".")
    return (folder / event).stat().st_size - 1


def read(number: int, folder: Path, trouble: str) -> pd.DataFrame:
    """Return a partition. The one of number 3 can be in trouble."""
    seen = note(folder, f"read-{number}")
    table = rows_of(number)
    if number != 3:
        return table
    if trouble == "away once" and not seen:
        raise OSError("the disk is away")
    if trouble == "away":
        raise OSError("the disk\nis away")
    if trouble == "killed once" and not seen:
        os.kill(os.getpid(), signal.SIGKILL)
    if trouble == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if trouble == "NaN":
        table.loc[17, "c"] = np.nan
    if trouble == "infinity":
        table.loc[18, "y"] = -np.inf
    if trouble == "large":
        table.loc[20, "d"] = 1e200
    if trouble == "weight":
        table.loc[19, "w"] = -2.5
    if trouble == "column gone":
        table = table.drop(columns="b")
    if trouble == "column renamed":
        table = table.rename(columns={"b": "B"})
    if trouble == "text":
        table["b"] = "3 m"
    if trouble == "time":
        table["b"] = pd.Timestamp("2026-01-01")
    return table


def sent(dask_worker: Any) -> int:
    """Return the number of bytes that a worker has sent to other ones."""
    return sum(each["total"] for each in dask_worker.transfer_outgoing_log)
