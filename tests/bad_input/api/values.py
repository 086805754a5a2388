"""Bad values, by group. A name says what is bad; a function makes the value anew."""

import datetime
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import xarray as xr
from scipy import sparse
from scipy.sparse.linalg import aslinearoperator
from sklearn.linear_model import Ridge

from bayes_l2 import LinearModel
from tests.bad_input.api.case import KNOWN, STATISTICS, X, Y

N = len(Y)
HUGE = np.longdouble("1e400") if np.finfo(np.longdouble).maxexp > 2000 else np.inf


def with_entry(value: Any, dtype: Any = float) -> np.ndarray:
    array = X.astype(dtype)
    array[1, 0] = value
    return array


def with_column(values: Any, dtype: Any = None) -> pd.DataFrame:
    """Return a table with a good column and one of the values again and again."""
    column = [values[row % len(values)] for row in range(N)]
    return pd.DataFrame({"a": pd.Series(column, dtype=dtype), "b": 1.0})


def used_up() -> Iterator[int]:
    entries = iter([1, 2])
    list(entries)
    return entries


class NoRepr:
    def __repr__(self) -> str:
        raise RuntimeError("no text")


class ManyLines:
    def __repr__(self) -> str:
        return "two\nlines\x1b[31m"


NUMBERS: dict[str, Any] = {
    "None": None,
    "fraction": 2.5,
    "NaN": np.nan,
    "infinity": np.inf,
    "minus infinity": -np.inf,
    "negative": -1,
    "zero": 0,
    "minus zero": -0.0,
    "True": True,
    "NumPy's True": np.True_,
    "complex": 1j,
    "Decimal": Decimal("1.5"),
    "Decimal that signals": Decimal("sNaN"),
    "ratio": Fraction(5, 2),
    "ratio beyond floats": Fraction(10**400),
    "whole beyond floats": 10**400,
    "whole beyond floats, negative": -(10**400),
    "whole of too many digits": 10**5000,
    "smallest float": 5e-324,
    "largest float": 1.7e308,
    "long double beyond floats": HUGE,
    "half precision, infinite": np.float16(np.inf),
    "date": datetime.date(2020, 1, 1),
    "date of NumPy": np.datetime64("2020-01-01"),
    "length of time": np.timedelta64(1, "s"),
    "no time": np.datetime64("NaT", "s"),
    "moment in a zone": pd.Timestamp("2020-01-01", tz="UTC"),
    "NA": pd.NA,
    "NaT": pd.NaT,
    "0-d NaN": np.array(np.nan),
    "0-d text": np.array("x"),
    "0-d object": np.array(None, dtype=object),
    "masked": np.ma.masked,
}
TEXTS: dict[str, Any] = {
    "empty text": "",
    "space": " ",
    "text": "no such word",
    "long text": "x" * 10_000,
    "number as text": "1",
    "large number as text": "1e400",
    "lines": "a\nb",
    "control characters": "\x1b[31m\x07",
    "markup": "[bold]x[/bold]",
    "half of markup": "[/]",
    "half a character": "\ud800",
    "NUL": "a\0b",
    "right to left": "\u202e",
    "a format": "%s{0}%",
    "bytes": b"x",
    "text of NumPy": np.str_("no such word"),
}
LISTS: dict[str, Any] = {
    "list": [1, "a"],
    "empty list": [],
    "empty tuple": (),
    "long list": ["column"] * 3000,
    "list of None": [None],
    "list of NaN": [np.nan],
    "list in a list": [[1, "a"]],
    "empty list in a list": [[]],
    "name twice": ["x0", "x0"],
    "list of half a character": ["\ud800"],
    "list of controls": ["\x1b[31m", "a\nb"],
    "dict": {"a": 1},
    "empty dict": {},
    "used up": used_up,
}
OBJECTS: dict[str, Any] = {
    "object": object(),
    "class": LinearModel,
    "function": len,
    "module": np,
    "estimator": Ridge(),
    "model": KNOWN,
    "statistics": STATISTICS,
    "no repr": NoRepr(),
    "repr of lines": ManyLines(),
    "slice": slice(1),
    "ellipsis": ...,
    "exception": ValueError("x"),
}
ARRAYS: dict[str, Any] = {
    "empty array": np.array([]),
    "no rows": np.zeros((0, 2)),
    "no columns": np.zeros((N, 0)),
    "three axes of text": np.full((3, 3, 3), "x"),
    "three axes": np.zeros((N, 2, 1)),
    "ragged": [[1, 2], [3]],
    "ragged at the end": [[1, 2]] * (N - 1) + [[3]],
    "list among numbers": [1.0] * (N - 1) + [[2.0]],
    "NaN inside": with_entry(np.nan),
    "infinity inside": with_entry(np.inf),
    "None inside": np.array([[None, 1]] * N, dtype=object),
    "NA inside": np.array([[pd.NA, 1]] * N, dtype=object),
    "text inside": [[1, "a"]] * N,
    "objects inside": np.array([[object(), 1]] * N, dtype=object),
    "whole beyond floats inside": [[10**400, 1]] * N,
    "complex inside objects": np.array([[1j, 2]] * N, dtype=object),
    "long doubles beyond floats": with_entry(HUGE, np.longdouble),
    "infinite half precision": np.full((N, 2), np.inf, dtype=np.float16),
    "masked array": np.ma.masked_less(X, 0),
    "sparse array": sparse.csr_array(X),
    "sparse matrix": sparse.csr_matrix(X),
    "sparse coordinates": sparse.coo_array(X),
    "linear operator": aslinearoperator(X),
    "dates of NumPy": np.full((N, 2), np.datetime64("2020-01-01")),
    "lengths of time": np.full((N, 2), np.timedelta64(1, "D")),
    "texts of numbers": X.astype(str),
    "bytes of numbers": X.astype("S"),
    "complex array": X + 1j,
    "records": np.zeros(N, dtype=[("a", float), ("b", float)]),
    "raw bytes": np.zeros(N, "V8"),
    "rows of dates": [[datetime.date(2020, 1, 1), 1]] * N,
}
TABLES: dict[str, Any] = {
    "empty table": pd.DataFrame(),
    "table without rows": pd.DataFrame({"x0": [], "x1": []}),
    "table without columns": pd.DataFrame(index=range(N)),
    "names twice": pd.DataFrame(X, columns=["a", "a"]),
    "categories of text": with_column(["u", "v"], "category"),
    "whole numbers with NA": with_column([1, None], "Int64"),
    "truth values with NA": with_column([True, None], "boolean"),
    "text column": with_column(["1", "2"], "string"),
    "Arrow floats with NA": with_column([1.0, None], "float64[pyarrow]"),
    "Arrow lists": with_column([[1.0]], pd.ArrowDtype(pa.list_(pa.float64()))),
    "moments in a zone": with_column(pd.date_range("2020", periods=N, tz="UTC")),
    "lengths of time in a table": with_column(pd.timedelta_range("1D", periods=N)),
    "periods": with_column(pd.period_range("2020", periods=N)),
    "intervals": with_column(pd.interval_range(0, N)),
    "complex table": pd.DataFrame(X + 1j),
    "series with NA": pd.Series([1, None] * (N // 2), dtype="Int64"),
    "series of moments": pd.Series(pd.date_range("2020", periods=N, tz="UTC")),
    "nulls of polars": pl.DataFrame({"a": [1.0, None] * (N // 2), "b": [1.0] * N}),
    "text of polars": pl.DataFrame({"a": ["x"] * N, "b": [1.0] * N}),
    "lazy frame": pl.LazyFrame({"a": [1.0] * N, "b": [1.0] * N}),
    "nulls of Arrow": pa.table({"a": [1.0, None] * (N // 2), "b": [1.0] * N}),
    "names twice in Arrow": pa.table([pa.array(X[:, 0])] * 2, names=["a", "a"]),
    "lists of Arrow": pa.table({"a": [[1.0]] * N, "b": [1.0] * N}),
    "data set of xarray": xr.Dataset({"a": ("t", Y)}),
}
PATHS: dict[str, Any] = {
    "folder": "folder",
    "no folder": "no/folder/x.csv",
    "empty file": "empty",
    "binary file": "binary",
    "cut-off file": "cut.parquet",
    "locked file": "locked",
    "link to itself": "loop",
    "link to nothing": "dangling",
    "endless device": "/dev/zero",
    "empty device": "/dev/null",
    "full device": "/dev/full",
    "name that is too long": "a" * 300,
    "home": "~",
}
GROUPS: dict[str, dict[str, Any]] = {
    "numbers": NUMBERS,
    "texts": TEXTS,
    "lists": LISTS,
    "objects": OBJECTS,
    "arrays": ARRAYS,
    "tables": TABLES,
    "paths": PATHS,
}
VALUES: dict[str, Any] = {k: v for group in GROUPS.values() for k, v in group.items()}
MADE_ANEW: dict[str, Callable[[], Any]] = {"used up": used_up}


def value_of(name: str) -> Any:
    """Return a bad value by its name."""
    return MADE_ANEW[name]() if name in MADE_ANEW else VALUES[name]
