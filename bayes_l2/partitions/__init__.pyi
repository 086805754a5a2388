from .arrow import ArrowStream
from .batch import Batch
from .dask import DaskPartitions
from .parquet import ParquetPartitions
from .partitions import Partitions

__all__ = ["ArrowStream", "Batch", "DaskPartitions", "ParquetPartitions", "Partitions"]
