"""The built-in data sets, and CSV files with good and bad content."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bayes_l2 import datasets

BAD_FILES = {
    "empty": ("", r"is empty; it must have a header line"),
    "header only": ("a,b,y\n", "has a header line but no rows"),
    "short row": ("a,b,y\n1,2,3\n4,5\n", "line 3: 3 columns in the header, 2 here"),
    "long row": ("a,b,y\n1,2,3,4\n", "line 2: 3 columns in the header, 4 here"),
    "text": (
        "a,b,y\n1,2,3\n4,five,6\n",
        "line 3, column 'b': a finite number is needed, got 'five'",
    ),
    "gap": (
        "a,b,y\n1,,3\n",
        "line 2, column 'b': a finite number is needed, got an empty field",
    ),
    "not a number": (
        "a,b,y\n1,nan,3\n",
        "line 2, column 'b': a finite number is needed, got 'nan'",
    ),
    "infinite": (
        "a,b,y\n1,2,-inf\n",
        "line 2, column 'y': a finite number is needed, got '-inf'",
    ),
    "underscores": (
        "a,b,y\n1,2_0,3\n",
        "line 2, column 'b': a finite number is needed, got '2_0'",
    ),
    "semicolons": ("a;b;y\n1;2;3\n", "must be comma-separated, got the header 'a;b;y'"),
    "a saved index": (
        ",b,y\n0,2,3\n",
        "column 1 has no name; give it one, or drop it if it is an index",
    ),
    "column twice": (
        "a,a,y\n1,2,3\n",
        "column names must be unique, got 'a' more than once",
    ),
    "no target": ("a,b,z\n1,2,3\n", "has no column 'y'; its columns are a, b, z"),
    "target alone": (
        "y\n1\n",
        "has no column besides 'y'; at least one feature is needed",
    ),
    "not text": (b"\xff\xfe\x00\x01", "is not a CSV file in UTF-8"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_is_refused(case: str, tmp_path: Path) -> None:
    content, message = BAD_FILES[case]
    path = tmp_path / "data.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ValueError, match=message):
        datasets.read_table(path, "y")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"cannot read .*missing\.csv: No such file"):
        datasets.read_table(tmp_path / "missing.csv", "y")
    with pytest.raises(ValueError, match=r"cannot read .*: Is a directory"):
        datasets.read_table(tmp_path, "y")


def test_a_csv_file_keeps_its_numbers_and_column_names(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(
        b'\xef\xbb\xbf"name, with comma", y,b\r\n1e-3, 2,3\r\n\r\n-4,5.5,6\r\n \r\n'
    )
    table = datasets.read_table(path, "y")
    X, y = table.X, table.y
    assert list(X.columns) == ["name, with comma", "b"]
    np.testing.assert_array_equal(X, [[1e-3, 3], [-4, 6]])
    np.testing.assert_array_equal(y, [2, 5.5])
    assert y.name == "y"


def test_diabetes_is_standardised_by_the_divisor_n() -> None:
    X, y = datasets.diabetes()
    assert X.shape == (442, 10)
    np.testing.assert_allclose(X.mean(), 0, atol=1e-14)
    np.testing.assert_allclose((X**2).mean(), 1, rtol=1e-13)
    assert (y.min(), y.max()) == (25, 346)


def test_a_constant_column_standardises_to_zero() -> None:
    frame = datasets.standardise(pd.DataFrame({"a": [1.0, 2.0], "c": [0.5, 0.5]}))
    np.testing.assert_array_equal(frame, [[-1, 0], [1, 0]])


def test_labels_are_text_unless_all_are_whole_numbers(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    for column, expected in (
        (["a", "b"], ["a", "b"]),
        (["1", "0"], [1, 0]),
        (["1", "b"], ["1", "b"]),
    ):
        path.write_text(f"x,y\n1,{column[0]}\n2,{column[1]}\n")
        assert list(datasets.read_table(path, "y", labels=True).y) == expected
    for gap in ("", "NA", "nan"):
        path.write_text(f"x,y\n1,a\n2,{gap}\n")
        with pytest.raises(
            ValueError, match="line 3, column 'y': a label is needed, got"
        ):
            datasets.read_table(path, "y", labels=True)


def test_built_in_data_with_classes() -> None:
    for (X, y), shape, classes in (
        (datasets.breast_cancer(), (569, 30), 2),
        (datasets.iris(), (150, 4), 3),
    ):
        assert X.shape == shape
        assert y.nunique() == classes
        np.testing.assert_allclose(X.std(ddof=0), 1, rtol=1e-12)
    X, benign = datasets.breast_cancer()
    assert benign.sum() == 357  # as scikit-learn's description says
    assert np.mean(X["mean radius"].to_numpy()[benign]) < 0
