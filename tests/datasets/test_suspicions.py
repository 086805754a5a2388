"""Warnings of columns that may not be meant as features."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.datasets.files import read

RNG = np.random.default_rng(3)
N = 20
GOOD = pd.DataFrame(
    {
        "a": RNG.standard_normal(N),
        "b": RNG.integers(0, 5, N),
        "year": np.arange(1990, 1990 + N),
        "y": RNG.standard_normal(N),
    }
)


def warnings(folder: Path, frame: pd.DataFrame, **options: Any) -> tuple[str, ...]:
    return read(folder, frame.to_csv(index=False), **options).warnings


def test_ordinary_columns_are_not_suspicious(tmp_path: Path) -> None:
    assert warnings(tmp_path, GOOD) == ()
    assert warnings(tmp_path, GOOD.assign(number_of_rooms=RNG.integers(1, 9, N))) == ()
    # few rows say nothing
    assert warnings(tmp_path, GOOD.assign(id=range(N)).head(5)) == ()


def test_identifiers(tmp_path: Path) -> None:
    many = RNG.permutation(10_000)[:N]
    frame = GOOD.assign(
        row=range(N), patient_id=many, customerId=many + 5, other=many - 3
    )
    (line,) = warnings(tmp_path, frame)
    assert line == (
        "columns row, patient_id, customerId look like identifiers: each row has "
        "another value; --drop row,patient_id,customerId (drop=['row', 'patient_id', "
        "'customerId'] in Python) leaves them out"
    )
    (line,) = warnings(tmp_path, GOOD.assign(count=range(1, N + 1)))
    assert line.startswith("column count looks like an identifier: each row has")
    names = [f"person {row}" for row in range(N)]
    (line,) = warnings(tmp_path, GOOD.assign(who=names), encode=True)
    assert line.startswith("column who looks like an identifier")
    assert "--drop who (drop=['who'] in Python)" in line


def test_constant_columns(tmp_path: Path) -> None:
    (line,) = warnings(tmp_path, GOOD.assign(c=3.5))
    assert line == (
        "column c is the same in every row, so the data do not say what it does; "
        "--drop c (drop=['c'] in Python) leaves it out"
    )
    (line,) = warnings(tmp_path, GOOD.assign(c=3.5, d="x"), encode=True)
    assert line.startswith("columns c, d are the same in every row")


def test_columns_that_are_equal(tmp_path: Path) -> None:
    (line,) = warnings(tmp_path, GOOD.assign(again=GOOD["a"]))
    assert line == (
        "columns a and again are equal in every row, so the data do not say which of "
        "them has an effect; --drop again (drop=['again'] in Python) leaves one out"
    )
    (line,) = warnings(tmp_path, GOOD.assign(z=GOOD["y"]))
    assert line == (
        "column z is equal to the target in every row; --drop z (drop=['z'] in Python) "
        "leaves it out"
    )


def test_names_that_look_like_data(tmp_path: Path) -> None:
    table = read(tmp_path, "5.1,3.5,0.2\n4.9,3.0,0.1\n4.7,3.2,0.3\n", target="0.2")
    assert table.warnings == (
        "the first line looks like data, not like names: 5.1, 3.5, 0.2; if it is, put "
        "a line with the names of columns before it",
    )
    for header in ("0,1,2", "1990,1992,y", "2,3,4"):
        content = f"{header}\n1,2.5,3\n4,5,6\n"
        assert read(tmp_path, content, target=header[-1]).warnings == ()
    content = "12,7,3\n1,2.5,3\n4,5,6\n"
    assert "looks like data" in read(tmp_path, content, target="3").warnings[0]
