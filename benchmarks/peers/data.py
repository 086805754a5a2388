"""Make the data of a section: numbers that are few bits long, so that sums are exact.

Usage: ``python data.py FOLDER ROWS COLUMNS OFFSET`` writes ``X.npy``, ``y.npy``,
``labels.npy`` and ``case.json``; ``--parquet`` after them adds ``rows.parquet``.

A feature is offset + k / 1024 with a small integer k. So the Gram matrix of the k is a
matrix of integers below 2**53, and the truth can start from sums without rounding.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

UNIT = 1024  # features and responses are whole multiples of 1 / UNIT
CHUNK = 250_000  # rows that are made at a time
NOISE_SD, PRIOR_SD = 1.0, 1.0


@dataclass(frozen=True)
class Case:
    """Rows of a regression and of a classification with the same features."""

    folder: Path
    X: np.ndarray
    y: np.ndarray
    labels: np.ndarray  # 0 and 1
    offset: float

    @property
    def parquet(self) -> Path:
        """The same rows in a file, with the response ``y``."""
        return self.folder / "rows.parquet"


def load(folder: Path, rows: int | None = None) -> Case:
    """Return the case of a folder, or its first rows; files are mapped, not read."""
    facts = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    names = ("X", "y", "labels")
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in names}
    parts = {name: np.asarray(array[:rows]) for name, array in arrays.items()}
    return Case(folder, offset=facts["offset"], **parts)


def make(folder: Path, rows: int, columns: int, offset: float) -> None:
    """Write the files of a case."""
    rng = np.random.default_rng(columns)
    coef = rng.standard_normal(columns)
    folder.mkdir(parents=True, exist_ok=True)
    facts = json.dumps({"offset": offset})
    (folder / "case.json").write_text(facts, encoding="utf-8")
    opened = np.lib.format.open_memmap
    X = opened(folder / "X.npy", mode="w+", dtype=float, shape=(rows, columns))
    y = opened(folder / "y.npy", mode="w+", dtype=float, shape=(rows,))
    labels = opened(folder / "labels.npy", mode="w+", dtype=float, shape=(rows,))
    for first in range(0, rows, CHUNK):
        part = slice(first, min(rows, first + CHUNK))
        shape = (part.stop - first, columns)
        features = np.rint(UNIT * rng.standard_normal(shape)) / UNIT
        eta = 0.5 + features @ coef
        noise = NOISE_SD * rng.standard_normal(len(eta))
        y[part] = np.rint(UNIT * (eta + noise)) / UNIT
        labels[part] = rng.uniform(size=len(eta)) < 1 / (1 + np.exp(-eta / 2))
        X[part] = features + offset


def write_parquet(case: Case) -> None:
    """Write the features and the response to the file of a case."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = [*(f"x{j}" for j in range(case.X.shape[1])), "y"]
    schema = pa.schema([(name, pa.float64()) for name in names])
    with pq.ParquetWriter(case.parquet, schema, compression="none") as file:
        for first in range(0, len(case.y), CHUNK):
            part = slice(first, first + CHUNK)
            arrays = [pa.array(column) for column in (*case.X[part].T, case.y[part])]
            file.write_table(pa.table(arrays, schema=schema))


if __name__ == "__main__":
    target, n, p, shift, *options = sys.argv[1:]
    make(Path(target), int(n), int(p), float(shift))
    if options == ["--parquet"]:
        write_parquet(load(Path(target)))
