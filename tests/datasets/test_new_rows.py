"""Features of new rows: the columns, levels and order of those that were fitted."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.datasets.files import read

TRAINING = "city;a;heated;b;y\nOslo;1,5;true;2;3\nRome;4;false;5;6\nRome;1;true;2;5\n"
NAMES = ["city=Oslo", "city=Rome", "a", "heated", "b"]


def rows(
    folder: Path, content: str | bytes, training: str = TRAINING, **options: Any
) -> pd.DataFrame:
    options = {"encode": True} | options
    table = read(folder, training, **options)
    path = folder / "new.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return table.rows(path)


def test_new_rows_have_the_columns_of_the_old_in_their_order(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"b": [2.0], "other": ["x"], "city": ["Rome"], "heated": [True], "a": [1.5]}
    )
    parquet = io.BytesIO()
    frame.to_parquet(parquet)
    for content in (
        "city;a;heated;b\nRome;1,5;true;2\n",
        "b,other,city,heated,a\n2,x,Rome,1,1.5\n",
        "b\tcity\theated\ta\ty\n2\tRome\tTRUE\t1.5\tunknown\n",
        "b;city;heated;a\n2;Rome;true;1,5\n".encode("utf-16"),
        parquet.getvalue(),
    ):
        X = rows(tmp_path, content)
        assert list(X) == NAMES
        np.testing.assert_array_equal(X, [[0, 1, 1.5, 1, 2]])
        assert X.dtypes.eq(float).all()


def test_under_a_flat_prior_the_reference_is_all_zeros(tmp_path: Path) -> None:
    content = "city,a,heated,b\nOslo,1,0,2\nRome,1,0,2\n"
    X = rows(tmp_path, content, flat_prior=True)
    assert list(X) == NAMES[1:]
    assert X["city=Rome"].tolist() == [0, 1]


def test_numbers_that_can_mean_two_things_mean_what_they_meant(tmp_path: Path) -> None:
    for training, options, value in (
        ("a;y\n1,5;2\n2;3\n", {}, 1.234),
        ('a,y\n"1,000.5",2\n2,3\n', {}, 1234),
        ('a,y\n"1,5",2\n2,3\n', {}, 1.234),
        ('a,y\n"1,000",2\n2,3\n', {"decimal": ","}, 1.234),
    ):
        X = rows(tmp_path, 'a,b\n"1,234",5\n', training, **options)
        assert X["a"].tolist() == [value]
    # what they mean without doubt is read so
    X = rows(tmp_path, "a;b\n12,5;5\n", "a,y\n1.5,2\n2,3\n")
    assert X["a"].tolist() == [12.5]
    assert X.attrs["notes"] == ("read as semicolon-separated, decimal comma",)


def test_spellings_of_missing_values_and_dropped_rows(tmp_path: Path) -> None:
    options = {"na": "?", "drop_missing": True, "encode": False}
    X = rows(tmp_path, "a\n1\n?\n\n3\n", "a,y\n1,?\n2,3\n4,5\n", **options)
    assert X["a"].tolist() == [1, 3]
    assert X.index.tolist() == [0, 2]
    assert X.attrs["notes"] == ("1 row of 3 with missing values was dropped",)


REFUSED = {
    "a level never seen": (
        "city,a,heated,b\nRome,1,1,2\nBonn,1,1,2\n",
        "new.csv, line 3, column 'city': the level 'Bonn' is not among those of the "
        "data that were fitted: Oslo, Rome; leave the row out, or fit data that have "
        "it",
    ),
    "a missing column": (
        "city,A,heated\nRome,1,1\n",
        "new.csv has no column 'a'; did you mean 'A'? Its columns are city, A, heated; "
        "it is a feature of the data that were fitted",
    ),
    "text for a number": (
        "city,a,heated,b\nRome,x,1,2\n",
        "new.csv, line 2, column 'a': a finite number is needed, got 'x'; correct it",
    ),
    "a gap": (
        "city,a,heated,b\nRome,1,1,2\nRome,,1,2\n",
        "new.csv, line 3, column 'a': no value; 1 of 2 rows lacks one: 1 in a; "
        "--drop-missing (drop_missing=True in Python) leaves these rows out",
    ),
    "no header": (
        "Rome,1,0,2\nOslo,3,1,2\n",
        "new.csv has no column 'city', and its first line looks like data",
    ),
    "empty": ("", "new.csv is empty"),
    "header only": ("city,a,heated,b\n", "new.csv has a header line but no rows"),
    "ragged": (
        "city,a,heated,b\nRome,1,1,2\nRome,1,1\n",
        "new.csv, line 3: 4 columns in the header, 3 here",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_new_rows_that_do_not_fit_are_refused(case: str, tmp_path: Path) -> None:
    content, message = REFUSED[case]
    with pytest.raises(ValueError, match=r".") as caught:
        rows(tmp_path, content)
    text = str(caught.value)
    assert message in text
    assert text.isprintable()
