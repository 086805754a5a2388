"""Every way into statistics passes on its options: columns, weights, levels."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import dask.array as da
import numpy as np
import pandas as pd
import pytest
from dask.config import set as configured

from bayes_l2 import SufficientStatistics

RNG = np.random.default_rng(7)
NUMBERS = RNG.standard_normal((30, 4))
WEIGHTS = RNG.uniform(0.5, 2.0, 30)
SITES = np.resize(["a", "b", "c"], 30)
FRAME = pd.DataFrame(NUMBERS, columns=["u", "v", "w", "y"]).assign(
    weight=WEIGHTS, site=SITES
)


def parquet(path: Path, **options: Any) -> SufficientStatistics:
    FRAME.to_parquet(path / "rows.parquet")
    return SufficientStatistics.from_parquet(path / "rows.parquet", "y", **options)


def arrow(_: Path, **options: Any) -> SufficientStatistics:
    return SufficientStatistics.from_arrow(FRAME, "y", **options)


def require_same(found: SufficientStatistics, X: Any, weights: Any) -> None:
    """Compare mean, squares and weight with NumPy's."""
    rows = np.column_stack([X, NUMBERS[:, 3]])
    mean = np.average(rows, axis=0, weights=weights)
    np.testing.assert_allclose(found.mean, mean, atol=1e-15)
    wanted = np.cov(rows.T, aweights=weights, ddof=0) * np.sum(weights)
    np.testing.assert_allclose(found.factor.T @ found.factor, wanted, atol=1e-13)
    assert found.total_weight == pytest.approx(np.sum(weights), rel=1e-14)


@pytest.mark.parametrize("door", [parquet, arrow])
def test_columns_of_a_table(door: Callable[..., Any], tmp_path: Path) -> None:
    found = door(
        tmp_path,
        features=["w", "site", "u"],
        weights="weight",
        encode={"site": ["a", "b", "c"]},
        drop_first=True,
    )
    assert found.feature_names == ("w", "site=b", "site=c", "u")
    w, u = NUMBERS[:, 2], NUMBERS[:, 0]
    require_same(found, np.column_stack([w, SITES == "b", SITES == "c", u]), WEIGHTS)


def test_columns_of_a_npy_file(tmp_path: Path) -> None:
    rows, weights = tmp_path / "rows.npy", tmp_path / "weights.npy"
    np.save(rows, NUMBERS)
    np.save(weights, WEIGHTS)
    found = SufficientStatistics.from_npy(rows, -1, features=[2, 0], weights=weights)
    require_same(found, NUMBERS[:, [2, 0]], WEIGHTS)


def test_columns_of_a_dask_array() -> None:
    chunks: Any = (10, 4)
    rows = da.from_array(NUMBERS, chunks=chunks)
    weights = da.from_array(WEIGHTS, chunks=chunks[:1])
    with configured(scheduler="synchronous"):
        found = SufficientStatistics.from_dask(
            rows, 3, features=[2, 0], weights=weights
        )
    require_same(found, NUMBERS[:, [2, 0]], WEIGHTS)


def test_files_pass_on_whether_a_bar_is_shown(tmp_path: Path) -> None:
    np.save(tmp_path / "rows.npy", NUMBERS)
    sometimes: Any = "sometimes"
    with pytest.raises(ValueError, match="progress must be"):
        SufficientStatistics.from_npy(tmp_path / "rows.npy", -1, progress=sometimes)
    with pytest.raises(ValueError, match="progress must be"):
        parquet(tmp_path, progress=sometimes)
