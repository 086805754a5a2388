from .arrow import ArrowStream
from .batch import Batch
from .dask import DaskPartitions
from .npy import NpyPartitions
from .parquet import ParquetPartitions
from .partitions import Partitions

__all__ = [
    "ArrowStream",
    "Batch",
    "DaskPartitions",
    "NpyPartitions",
    "ParquetPartitions",
    "Partitions",
]
