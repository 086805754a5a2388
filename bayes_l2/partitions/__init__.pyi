from .arrow.parquet import ParquetPartitions
from .arrow.stream import ArrowStream
from .batch import Batch
from .dask import DaskPartitions
from .npy.source import NpyPartitions
from .partitions import Partitions

__all__ = [
    "ArrowStream",
    "Batch",
    "DaskPartitions",
    "NpyPartitions",
    "ParquetPartitions",
    "Partitions",
]
