from .arrow import ArrowStream
from .batch import Batch
from .parquet import ParquetPartitions
from .partitions import Partitions

__all__ = ["ArrowStream", "Batch", "ParquetPartitions", "Partitions"]
