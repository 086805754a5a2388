"""Rows that are read a part at a time, because there are too many for the memory."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "batch": ["Batch"],
        "dask": ["DaskPartitions"],
        "parquet": ["ParquetPartitions"],
        "partitions": ["Partitions"],
    },
)
