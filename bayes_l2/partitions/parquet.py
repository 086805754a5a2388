"""Rows of Parquet files, read by row groups."""

from collections.abc import Iterator
from pathlib import Path
from typing import override

import numpy as np

from bayes_l2.partitions.batch import Batch, Place
from bayes_l2.partitions.partitions import LocalPartitions

BATCH_BYTES = 2**24  # of the numbers of a batch


class ParquetPartitions(LocalPartitions):
    """Rows of one Parquet file, the columns of which are numbers."""

    def __init__(self, path: str | Path, target: str) -> None:
        import pyarrow.parquet as pq

        self.path, self.target = Path(path), target
        names = pq.read_schema(self.path).names
        self.feature_names = tuple(name for name in names if name != target)

    @override
    def batches(self) -> Iterator[Batch]:
        import pyarrow.parquet as pq

        rows = max(1, BATCH_BYTES // (8 * (len(self.feature_names) + 1)))
        with pq.ParquetFile(self.path) as file:
            first = 0
            for part in file.iter_batches(rows):
                X = np.empty((part.num_rows, len(self.feature_names)))
                for j, name in enumerate(self.feature_names):
                    X[:, j] = part.column(name).to_numpy(zero_copy_only=False)
                y = part.column(self.target).to_numpy(zero_copy_only=False)
                yield Batch(X, y, None, Place(self.path.name, first))
                first += part.num_rows
