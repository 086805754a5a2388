"""Parts of rows dealt to folds, and the penalty that these folds choose."""

from pathlib import Path
from typing import Any

import dask.array as da
import numpy as np
import pandas as pd
import pytest
from dask.config import set as configured

from bayes_l2 import (
    LinearModel,
    SufficientStatistics,
    choose_penalty,
    likelihoods,
    priors,
)
from bayes_l2.partitions import DaskPartitions, ParquetPartitions
from tests.model.partitioned.arrays import ArrayPartitions

RNG = np.random.default_rng(5)
X = RNG.standard_normal((80, 3))
X[:, 0] += 1e6
Y = X @ [1.0, 0.5, 0.0] + RNG.standard_normal(80)
WEIGHTS = RNG.uniform(0.5, 2.0, 80)
CUTS = [7, 20, 21, 40, 66]
TERMS: dict[str, Any] = {
    "likelihood": likelihoods.Normal(1.0),
    "prior": priors.Normal(1.0),
}


def require_same(found: SufficientStatistics, places: Any) -> None:
    """Hold statistics against those of some rows."""
    wanted = SufficientStatistics.from_rows(X[places], Y[places], WEIGHTS[places])
    assert found.n_rows == wanted.n_rows
    sds = np.maximum(np.linalg.norm(wanted.factor, axis=0), 1.0)
    np.testing.assert_allclose(found.mean_less(wanted) / sds, np.zeros(4), atol=1e-14)
    products = found.factor.T @ found.factor, wanted.factor.T @ wanted.factor
    np.testing.assert_allclose(*products / np.outer(sds, sds), atol=1e-12)


@pytest.mark.parametrize("k", [2, 3, 6])
def test_part_i_is_in_fold_i_modulo_k(k: int) -> None:
    source = ArrayPartitions(X, Y, WEIGHTS, cuts=CUTS)
    folds = SufficientStatistics.folds(source, k)
    assert source.passes == 1
    parts = np.split(np.arange(80), CUTS)
    for number, fold in enumerate(folds):
        require_same(fold, np.concatenate(parts[number::k]))
    total: Any = sum(folds)
    require_same(total, np.arange(80))


def test_the_folds_choose_a_penalty_without_rows() -> None:
    source = ArrayPartitions(X, Y, WEIGHTS, cuts=range(4, 80, 4))
    folds = SufficientStatistics.folds(source, 5)
    model = LinearModel.from_partitions(source, **TERMS)
    choice = choose_penalty(model, by="cv", folds=folds)
    assert choice.path is not None
    assert choice.path.cv_error is not None
    assert 0.5 < choice.path.cv_error.min() < 2  # the noise has sd 1


def test_partitions_of_dask_are_dealt_by_their_number() -> None:
    chunks: Any = (20, 4)
    rows = da.from_array(np.column_stack([X, Y]), chunks=chunks)
    source = DaskPartitions(rows, 3)
    with configured(scheduler="synchronous"):
        folds = SufficientStatistics.folds(source, 3)
    assert [fold.n_rows for fold in folds] == [40, 20, 20]
    expected = np.append(X[:20], X[60:], axis=0).mean(axis=0)
    np.testing.assert_allclose(folds[0].mean[:3], expected, rtol=1e-12)


def test_fewer_parts_than_folds_are_told(tmp_path: Path) -> None:
    pd.DataFrame(X, columns=list("abc")).to_parquet(tmp_path / "few.parquet")
    bad: Any = 3
    source = ParquetPartitions(tmp_path / "few.parquet", "a")
    with pytest.raises(
        ValueError, match=r"k must be at most .*got 4 folds, 1 of which have rows: ask"
    ):
        SufficientStatistics.folds(source, 4)
    with pytest.raises(ValueError, match="k must be a whole number of at least 2"):
        SufficientStatistics.folds(source, 1)
    with pytest.raises(ValueError, match=r"k must be at most 65536, got 65537"):
        SufficientStatistics.folds(source, 2**16 + 1)
    with pytest.raises(ValueError, match="got 2 folds, 0 of which have rows"):
        SufficientStatistics.folds(ArrayPartitions(X[:0], Y[:0]), 2)
    with pytest.raises(ValueError, match="partitions must be a Partitions, got 3"):
        SufficientStatistics.folds(bad, 2)
