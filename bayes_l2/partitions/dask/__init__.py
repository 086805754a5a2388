"""Rows of a dask collection, each partition of which is reduced where it is."""

from bayes_l2.partitions.dask.source import DaskPartitions

__all__ = ["DaskPartitions"]
