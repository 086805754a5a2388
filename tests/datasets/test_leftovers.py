"""Warnings of rows of totals, and of numbers that stand for missing values."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.datasets.files import read

RNG = np.random.default_rng(7)
N = 30
GOOD = pd.DataFrame(
    {
        "name": [f"p{row % 7}" for row in range(N)],
        "age": RNG.integers(18, 90, N),
        "income": RNG.gamma(2, 900, N).round(2),
        "y": RNG.standard_normal(N).round(3),
    }
)


def warnings(folder: Path, frame: pd.DataFrame, **options: Any) -> tuple[str, ...]:
    return read(folder, frame.to_csv(index=False), **options).warnings


@pytest.mark.parametrize("word", ["Total", "TOTAL:", "Summe", "Sum", "average"])
def test_a_row_of_totals_is_warned_of(word: str, tmp_path: Path) -> None:
    total = pd.DataFrame({"name": [word], "age": [50], "income": [7.0], "y": [1.5]})
    frame = pd.concat([GOOD, total])
    line = (
        f"line {N + 2} holds {word!r} in column name and counts as an observation; "
        "delete the line if it is none"
    )
    assert warnings(tmp_path, frame, drop=["name"]) == (line,)
    assert warnings(tmp_path, frame, encode=True) == (line,)


def test_a_last_row_that_is_the_sum_of_the_others_is_warned_of(tmp_path: Path) -> None:
    frame = GOOD.drop(columns="name")
    frame = pd.concat([frame, frame.sum().to_frame().T])
    (line,) = warnings(tmp_path, frame)
    assert line == (
        f"line {N + 2} is the sum of the lines before it and counts as an observation; "
        "delete the line if it is none"
    )


def test_ordinary_last_rows_are_not(tmp_path: Path) -> None:
    assert warnings(tmp_path, GOOD, encode=True) == ()
    # a level that other rows have is none of a footer
    kind = ["total", "part"] * (N // 2 - 1) + ["part", "total"]
    assert warnings(tmp_path, GOOD.assign(name=kind), encode=True) == ()
    # a total that is dropped as incomplete does no harm
    total = pd.DataFrame({"name": ["Total"], "y": [1.5]})
    frame = pd.concat([GOOD, total])
    assert warnings(tmp_path, frame, drop=["name"], drop_missing=True) == ()


@pytest.mark.parametrize("value", [-99, -999, -9999, 999, 99999])
def test_numbers_that_stand_for_missing_values(value: int, tmp_path: Path) -> None:
    age = GOOD["age"].copy()
    age[[3, 8]] = value
    frame = GOOD.assign(age=age)
    (line,) = warnings(tmp_path, frame, drop=["name"])
    mark = "=" if value < 0 else " "
    assert line == (
        f"column age holds {value}, far from the other numbers; if it stands for a "
        f"missing value, say --na{mark}{value} --drop-missing (na='{value}', "
        "drop_missing=True in Python)"
    )
    table = read(
        tmp_path,
        frame.to_csv(index=False),
        drop=["name"],
        na=str(value),
        drop_missing=True,
    )
    assert (len(table.y), table.warnings) == (N - 2, ())


def test_a_target_may_have_them_too(tmp_path: Path) -> None:
    y = GOOD["y"].abs()
    frame = GOOD.assign(y=y.where(y.index > 0, -99), age=GOOD["age"].replace(20, -99))
    frame.loc[2, "age"] = -99
    (line,) = warnings(tmp_path, frame, drop=["name"])
    assert line.startswith("columns age, y hold -99, far from the other numbers; ")


def test_numbers_that_others_are_near_to_are_not(tmp_path: Path) -> None:
    for values in (
        [*RNG.integers(500, 1000, N - 1).tolist(), 999],
        [*RNG.integers(-90, 90, N - 1).tolist(), -99],
        [*RNG.integers(0, 100, N - 1).tolist(), 99],
        [999] * N,
        [0, 999] * (N // 2),
    ):
        frame = GOOD.assign(age=values)
        found = warnings(tmp_path, frame, drop=["name"])
        assert not [line for line in found if "far from" in line], values
