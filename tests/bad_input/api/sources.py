"""Cases of the sources of rows, and of the statistics of each."""

from typing import Any

import dask.dataframe as dd

from bayes_l2 import (
    LinearModel,
    SufficientStatistics,
    likelihoods,
    partitions,
    priors,
)
from tests.bad_input.api.case import NPY, PARQUET, TABLE_OF_ARROW, Case, case


def of_sources() -> dict[str, Case]:
    """Return the sources of rows, and the statistics of each."""
    choice: dict[str, Any] = {
        "target": ("y", "word"),
        "features": (["x"], "columns or None"),
        "weights": ("w", "word or None"),
        "encode": (None, "columns or levels or None"),
        "drop_first": (False, "flag"),
    }
    parquet = choice | {"path": (PARQUET, "words"), "progress": (False, "flag")}
    arrow = choice | {"reader": (TABLE_OF_ARROW, "words")}
    npy: dict[str, Any] = {
        "path": (NPY, "words"),
        "target": (-1, "column number"),
        "features": ([0], "columns or None"),
        "weights": (1, "weights or None"),
        "progress": (False, "flag"),
    }
    frame = dd.from_pandas(TABLE_OF_ARROW.to_pandas(), npartitions=1)
    dask = {name: choice[name] for name in ("target", "features", "weights")}
    dask["collection"] = (frame, "words")
    return {
        "partitions.ParquetPartitions": case(partitions.ParquetPartitions, **parquet),
        "SufficientStatistics.from_parquet": case(
            SufficientStatistics.from_parquet, **parquet
        ),
        "partitions.NpyPartitions": case(partitions.NpyPartitions, **npy),
        "SufficientStatistics.from_npy": case(SufficientStatistics.from_npy, **npy),
        "partitions.ArrowStream": case(partitions.ArrowStream, **arrow),
        "SufficientStatistics.from_arrow": case(
            SufficientStatistics.from_arrow, **arrow
        ),
        "partitions.DaskPartitions": case(partitions.DaskPartitions, **dask),
        "SufficientStatistics.from_dask": case(SufficientStatistics.from_dask, **dask),
        "SufficientStatistics.from_partitions": case(
            SufficientStatistics.from_partitions,
            partitions=(partitions.ParquetPartitions(PARQUET, "y"), "words"),
        ),
        "LinearModel.from_partitions": case(
            LinearModel.from_partitions,
            partitions=(partitions.ParquetPartitions(PARQUET, "y"), "words"),
            likelihood=(likelihoods.Normal(1.0), "likelihood"),
            prior=(priors.Normal(1.0), "prior"),
            intercept=(True, "flag"),
        ),
    }
