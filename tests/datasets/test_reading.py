"""Files of many dialects and formats, read as what they mean."""

import io
import sys
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bayes_l2 import LinearModel, datasets, fit_exact, likelihoods, priors
from bayes_l2.datasets.files.options import SPELLINGS
from tests.datasets.files import read

A, B, Y = [1.5, -2000.25, 3e-3], [4.0, 1234567.5, 6.0], [0.25, 1e3, 1.0]
# marks of decimals and thousands
NOTATIONS = [(".", ""), (",", ""), (".", ","), (",", "."), (",", " "), (",", "\u202f")]
NOTATIONS += [(".", "'"), (".", "\u00a0")]


def written(value: float, decimal: str, thousands: str) -> str:
    text = f"{value:,}"
    marks = {",": thousands, ".": decimal}
    return "".join(marks.get(character, character) for character in text)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize(("decimal", "thousands"), NOTATIONS)
@pytest.mark.parametrize("quote", [False, True])
def test_separators_and_decimal_marks_are_found(
    separator: str, decimal: str, thousands: str, quote: bool, tmp_path: Path
) -> None:
    cells = [
        [written(x, decimal, thousands) for x in row]
        for row in zip(A, B, Y, strict=True)
    ]
    frame = pd.DataFrame(cells, columns=["a, in m", "b", "y"])
    text = frame.to_csv(sep=separator, index=False, quoting=1 if quote else 0)
    table = read(tmp_path, text)
    assert list(table.X) == ["a, in m", "b"]
    np.testing.assert_array_equal(table.X, np.column_stack([A, B]))
    np.testing.assert_array_equal(table.y, Y)
    words = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
    note = f"read as {words[separator]}-separated"
    if decimal == "," or thousands:
        note += f", decimal {'comma' if decimal == ',' else 'point'}"
    if thousands:
        first = written(A[1], decimal, thousands)
        note += f", thousands separated as in {first}"
    plain = separator == "," and (decimal, thousands) == (".", "")
    assert table.notes == (() if plain else (note.replace("\u202f", " "),))[:1] or (
        table.notes == (note,)
    )
    assert table.warnings == ()
    # what is found can be said too
    said = read(tmp_path, text, sep=words[separator], decimal=decimal)
    pd.testing.assert_frame_equal(said.X, table.X)


def test_what_two_notations_read_otherwise_is_warned_of(tmp_path: Path) -> None:
    for content, value, other in (
        ('a,y\n"1,234",2\n5,3\n', 1234, "1.234, say --decimal comma"),
        ("a;y\n1,234;2\n5;3\n", 1.234, "1234, say --decimal point"),
        ("a;y\n1.234;2\n5;3\n", 1.234, "1234, say --decimal comma"),
    ):
        table = read(tmp_path, content)
        assert table.X["a"].tolist() == [value, 5]
        (warning,) = table.warnings
        assert f"was read as {value}; if it is {other} (decimal=" in warning
    table = read(tmp_path, 'a,y\n"1,234",2\n5,3\n', decimal=",")
    assert (table.X["a"][0], table.warnings) == (1.234, ())
    # another column settles it
    for column, value in (("2.5", 1234), ("2,5", 1.234)):
        table = read(tmp_path, f'a,y\n"1,234","{column}"\n5,3\n')
        assert (table.X["a"][0], table.warnings) == (value, ())


ENCODINGS = {
    "utf-8": None,
    "utf-8-sig": None,
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "latin-1": "Latin-1 (Windows-1252)",
    "cp1252": "Latin-1 (Windows-1252)",
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_are_found(
    encoding: str, end: str, tmp_path: Path
) -> None:
    lines = ["größe;y", "1;2", "3,5;4", ""]
    table = read(tmp_path, end.join(lines).encode(encoding))
    assert list(table.X) == ["größe"]
    np.testing.assert_array_equal(table.X["größe"], [1, 3.5])
    words = ENCODINGS[encoding]
    first = "" if words is None else f"{words}, "
    assert table.notes == (f"read as {first}semicolon-separated, decimal comma",)


def test_an_encoding_that_is_said_is_taken(tmp_path: Path) -> None:
    content = "\u017elu\u0165,y\n1,2\n3,4\n".encode("cp1250")  # read as Latin-1 else
    assert list(read(tmp_path, content).X) != ["\u017elu\u0165"]
    table = read(tmp_path, content, encoding="cp1250")
    assert list(table.X) == ["\u017elu\u0165"]
    assert table.notes == ()


def test_quotes_blank_lines_and_spaces(tmp_path: Path) -> None:
    content = (
        '\ufeff"name, with ""comma""", y,b\r\n1e-3, 2,3\r\n\r\n-4,5.5,"6"\r\n \r\n'
    )
    table = read(tmp_path, content)
    assert list(table.X.columns) == ['name, with "comma"', "b"]
    np.testing.assert_array_equal(table.X, [[1e-3, 3], [-4, 6]])
    np.testing.assert_array_equal(table.y, [2, 5.5])
    assert table.y.name == "y"
    assert (table.notes, table.warnings) == ((), ())


def test_columns_without_a_name_that_spreadsheets_and_pandas_write(
    tmp_path: Path,
) -> None:
    for content, note in (
        (",a,y\n7,1,2\n3,5,7\n", "column 1 has no name and names the rows: left out"),
        (",a,y\nu,1,2\nv,5,7\n", "column 1 has no name and names the rows: left out"),
        ('"a","y"\n"1",1,2\n"2",5,7\n', "column 1 has no name and names the rows"),
        ('"a","y"\n"u",1,2\n"v",5,7\n', "column 1 has no name and names the rows"),
        ("a,y,\n1,2,\n5,7,\n", "column 3 has no name and no content: left out"),
        ("a,y\n1,2,\n5,7,\n", "column 3 has no name and no content: left out"),
        ("a,y\n1,2\n,\n5,7\n,\n", "2 rows of empty fields were left out"),
        ("a,y\n1,2\n,\n5,7\n", "1 row of empty fields was left out"),
        ("a,y\n1,2\n,\n5,7\n\x1a", "1 row of empty fields was left out"),
        ("sep=;\na;y\n1;2\n5;7\n", "read as semicolon-separated"),
    ):
        table = read(tmp_path, content)
        assert list(table.X) == ["a"], content
        np.testing.assert_array_equal(table.X["a"], [1, 5])
        np.testing.assert_array_equal(table.y, [2, 7])
        assert table.notes[0].startswith(note), content


def test_booleans_are_numbers(tmp_path: Path) -> None:
    table = read(tmp_path, "a,b,y\nTRUE,true,True\nFALSE,false,False\nTRUE,0,True\n")
    np.testing.assert_array_equal(table.X, [[1, 1], [0, 0], [1, 0]])
    np.testing.assert_array_equal(table.y, [1, 0, 1])
    assert table.notes == ("a, b: true is 1, false is 0",)


def test_the_spellings_of_a_missing_value_are_those_of_pandas(tmp_path: Path) -> None:
    content = "".join(f"{text};1;2\n" for text in SPELLINGS)
    table = read(tmp_path, f"a;b;y\n1;2;3\n{content}2;3;4\n", drop_missing=True)
    np.testing.assert_array_equal(table.X.index, [0, len(SPELLINGS) + 1])
    frame = pd.read_csv(io.StringIO(f"a;b;y\n{content}"), sep=";")
    assert np.all(frame["a"].isna())
    assert len(SPELLINGS) == 18  # and an empty field
    assert (
        f"{len(SPELLINGS)} rows of {len(SPELLINGS) + 2} with missing values "
        in (table.notes[-1])
    )


def test_more_spellings_of_a_missing_value(tmp_path: Path) -> None:
    content = "a,b,y\n1,?,3\n4,-999.0,6\n2,3,-999\n5,3,2\n6,NA,2\n7,8,9\n"
    table = read(tmp_path, content, na="?,-999", drop_missing=True)
    np.testing.assert_array_equal(table.X, [[5, 3], [7, 8]])
    np.testing.assert_array_equal(table.y, [2, 9])
    assert list(table.y.index) == list(table.X.index) == [3, 5]
    assert table.notes == ("4 rows of 6 with missing values were dropped",)
    again = read(tmp_path, content, na=["?", "-999"], drop_missing=True)
    pd.testing.assert_frame_equal(again.X, table.X)


def test_labels_called_na_are_kept_on_request(tmp_path: Path) -> None:
    content = "a,y\n1,NA\n4,\n2,None\n3,nan\n5,x\n"
    table = read(tmp_path, content, labels=True, na="none", drop_missing=True)
    assert table.y.tolist() == ["NA", "None", "nan", "x"]
    table = read(tmp_path, content, labels=True, na="none,x,NA", drop_missing=True)
    assert table.y.tolist() == ["None", "nan"]


def test_labels_are_text_unless_all_are_whole_numbers(tmp_path: Path) -> None:
    for column, expected in (
        (["a", "b"], ["a", "b"]),
        (["1", "0"], [1, 0]),
        (["1", "b"], ["1", "b"]),
        (["1_1", "11", "011"], ["1_1", "11", "011"]),
        (["1,5", "2"], ["1,5", "2"]),
        (["True", "False", "true"], ["True", "False", "true"]),
    ):
        rows = [f"{row};{label}" for row, label in enumerate(column)]
        table = read(tmp_path, "\n".join(["x;y", *rows]), labels=True)
        assert table.y.tolist() == expected


def test_features_are_chosen_and_dropped(tmp_path: Path) -> None:
    content = "a,city,b,y\n1,Oslo,3,4\n5,,7,8\n"
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({"features": ["b", "a"]}, ["b", "a"]),
        ({"features": iter("ab")}, ["a", "b"]),
        ({"drop": ["city"]}, ["a", "b"]),
        ({"drop": ("city", "a")}, ["b"]),
        ({"features": ["a", "city"], "drop": ["city"]}, ["a"]),
    ]
    for options, columns in cases:
        assert list(read(tmp_path, content, **options).X) == columns


def test_text_is_encoded_by_all_levels_or_all_but_one(tmp_path: Path) -> None:
    content = "city,a,day,y\nRome,1,2020-01-02,3\nOslo,4,2020-01-02,6\n"
    content += "Rome,5,2020-01-01,1\nBonn,2,2020-01-03,7\n"
    table = read(tmp_path, content, encode=True)
    days = ["day=2020-01-01", "day=2020-01-02", "day=2020-01-03"]
    cities = ["city=Bonn", "city=Oslo", "city=Rome"]
    assert list(table.X) == [*cities, "a", *days]
    assert table.X.to_numpy()[:, :4].tolist() == [
        [0, 0, 1, 1],
        [0, 1, 0, 4],
        [0, 0, 1, 5],
        [1, 0, 0, 2],
    ]
    assert table.notes[0] == (
        "column city: one-hot, 3 levels, all kept: under the prior no level has to be "
        "the reference"
    )
    flat = read(tmp_path, content, encode=True, flat_prior=True)
    assert list(flat.X) == [*cities[1:], "a", *days[1:]]
    pd.testing.assert_frame_equal(flat.X, table.X.loc[:, list(flat.X)])
    assert flat.notes[0] == (
        "column city: one-hot, 3 levels, of which 'Bonn' is the reference: under a "
        "flat prior all together would add up to the intercept"
    )


def test_why_a_flat_prior_needs_a_reference(tmp_path: Path) -> None:
    content = "city,y\nRome,3\nOslo,6\nRome,1\nBonn,7\n"
    whole = read(tmp_path, content, encode=True)
    flat = read(tmp_path, content, encode=True, flat_prior=True)
    noise = likelihoods.Normal(1.0)
    fit_exact(LinearModel(whole.X, whole.y, likelihood=noise, prior=priors.Normal(1.0)))
    found = fit_exact(
        LinearModel(flat.X, flat.y, likelihood=noise, prior=priors.Flat())
    )
    # the means of the three cities: 7, 6 and (3 + 1) / 2
    np.testing.assert_allclose(found.mean, [7, 6 - 7, 2 - 7], rtol=1e-12)
    with pytest.raises(ValueError, match="rows do not determine the coefficient"):
        fit_exact(LinearModel(whole.X, whole.y, likelihood=noise, prior=priors.Flat()))


def test_without_an_intercept_a_flat_prior_needs_one_reference_less(
    tmp_path: Path,
) -> None:
    content = (
        "city,x,day,y\nRome,1,Mo,3\nOslo,2,Tu,6\nRome,4,Tu,1\nBonn,3,Mo,7\n"
        "Oslo,2,Mo,5\nBonn,7,Tu,4\n"
    )
    table = read(tmp_path, content, encode=True, flat_prior=True, intercept=False)
    assert list(table.X) == ["city=Bonn", "city=Oslo", "city=Rome", "x", "day=Tu"]
    assert table.notes == (
        "column city: one-hot, 3 levels, all kept: there is no intercept that they "
        "would add up to",
        "column day: one-hot, 2 levels, of which 'Mo' is the reference: under a flat "
        "prior all together would add up to the same as those of column city",
    )
    noise, flat = likelihoods.Normal(1.0), priors.Flat()
    found = fit_exact(
        LinearModel(table.X, table.y, intercept=False, likelihood=noise, prior=flat)
    )
    # the same space as with an intercept and two references: the same fitted values
    other = read(tmp_path, content, encode=True, flat_prior=True)
    assert list(other.X) == ["city=Oslo", "city=Rome", "x", "day=Tu"]
    again = fit_exact(LinearModel(other.X, other.y, likelihood=noise, prior=flat))
    np.testing.assert_allclose(
        found.predict(table.X), again.predict(other.X), rtol=1e-10
    )
    # a level of the second text more is one column too many
    more = table.X.assign(**{"day=Mo": 1 - table.X["day=Tu"]})
    with pytest.raises(ValueError, match="rows do not determine the coefficient"):
        fit_exact(
            LinearModel(more, table.y, intercept=False, likelihood=noise, prior=flat)
        )
    # another prior needs none, with or without an intercept
    for intercept in (True, False):
        proper = read(tmp_path, content, encode=True, intercept=intercept)
        assert proper.X.shape == (6, 6)
        assert all("under the prior no level" in note for note in proper.notes)


def test_one_level_is_no_column_beside_an_intercept(tmp_path: Path) -> None:
    content = "city,a,y\nOslo,1,3\nOslo,2,4\n"
    table = read(tmp_path, content, encode=True, flat_prior=True)
    assert list(table.X) == ["a"]
    assert table.notes == ("column city: one-hot, 1 level, which is left out",)
    table = read(tmp_path, content, encode=True, flat_prior=True, intercept=False)
    assert list(table.X) == ["city=Oslo", "a"]
    assert table.notes == ("column city: one-hot, 1 level",)


def test_levels_that_only_dropped_rows_have_are_no_levels(tmp_path: Path) -> None:
    content = "city,a,y\nRome,1,3\nOslo,,6\nBonn,2,7\n"
    table = read(tmp_path, content, encode=True, drop_missing=True)
    assert list(table.X) == ["city=Bonn", "city=Rome", "a"]


def frame_of_types() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "whole": [1, 2, 3, 4],
            "gaps": pd.array([1, None, 3, 4], dtype="Int64"),
            "truth": [True, False, True, True],
            "size": pd.Categorical(["lo", "hi", "lo", "hi"], ["lo", "mid", "hi"]),
            "class": pd.Categorical([1, 2, 3, 2]),
            "code": ["01", "1", "NA", "1"],
            "day": pd.to_datetime(["2020-01-01", "2020-01-02"] * 2),
            "y": np.array([1.5, 2.5, 3.5, 1.25], dtype=np.float32),
        }
    )


@pytest.mark.parametrize("kind", ["parquet", "feather", "stream"])
def test_columns_of_parquet_and_arrow_keep_their_types(
    kind: str, tmp_path: Path
) -> None:
    pa = pytest.importorskip("pyarrow")
    frame, file = frame_of_types(), io.BytesIO()
    if kind == "parquet":
        frame.to_parquet(file)
    elif kind == "feather":
        frame.to_feather(file)
    else:
        table = pa.Table.from_pandas(frame)
        with pa.ipc.new_stream(file, table.schema) as stream:
            stream.write_table(table)
    table = read(tmp_path, file.getvalue(), encode=True, drop_missing=True)
    assert table.X.to_dict("list") == {
        "whole": [1, 3, 4],
        "gaps": [1, 3, 4],
        "truth": [1, 1, 1],
        "size=lo": [1, 1, 0],
        "size=hi": [0, 0, 1],
        "class=1": [1, 0, 0],
        "class=2": [0, 0, 1],
        "class=3": [0, 1, 0],
        "code=01": [1, 0, 0],
        "code=1": [0, 0, 1],
        "code=NA": [0, 1, 0],
        "day=2020-01-01": [1, 1, 0],
        "day=2020-01-02": [0, 0, 1],
    }
    np.testing.assert_array_equal(table.y, [1.5, 3.5, 1.25])
    kind = "Parquet" if kind == "parquet" else "Arrow"
    assert table.notes[0] == f"read as {kind}"


def test_labels_of_parquet_keep_their_types_and_order(tmp_path: Path) -> None:
    frame, file = frame_of_types(), io.BytesIO()
    frame.to_parquet(file)

    def labels(target: str) -> list[Any]:
        table = read(
            tmp_path,
            file.getvalue(),
            target,
            labels=True,
            features=["whole"],
            drop_missing=True,
        )
        return table.y.to_numpy().tolist()

    assert labels("gaps") == [1, 3, 4]
    assert all(isinstance(label, int) for label in labels("gaps"))
    assert labels("code") == ["01", "1", "NA", "1"]
    assert labels("truth") == [True, False, True, True]
    table = read(tmp_path, file.getvalue(), "size", labels=True, features=["whole"])
    model = LinearModel(
        table.X, table.y, likelihood=likelihoods.Bernoulli(), prior=priors.Normal(1.0)
    )
    assert model.classes == ("lo", "hi")


def test_an_index_that_pandas_saved_in_parquet_is_left_out(tmp_path: Path) -> None:
    file = io.BytesIO()
    frame = pd.DataFrame({"a": [1.0, 2.0], "y": [1.0, 3.0]}, index=[7, 3])
    frame.to_parquet(file)
    table = read(tmp_path, file.getvalue())
    assert list(table.X) == ["a"]
    assert list(table.X.index) == [0, 1]
    assert table.notes == (
        "read as Parquet",
        "the index that pandas saved was left out",
    )


def test_a_sheet_of_excel(tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    file = io.BytesIO()
    frame = pd.DataFrame(
        {
            "a": [1, 2.5, None],
            "b": ["1,5", "x", ""],
            "t": [True, False, True],
            "y": ["1", 2, 3],
        }
    )
    with pd.ExcelWriter(file) as book:
        frame.to_excel(book, sheet_name="Data", index=False, startrow=2)
        frame.to_excel(book, sheet_name="Other")
    content = file.getvalue()
    table = read(tmp_path, content, drop=["b"], drop_missing=True)
    np.testing.assert_array_equal(table.X, [[1, 1], [2.5, 0]])
    np.testing.assert_array_equal(table.y, [1, 2])
    assert table.notes[0] == "read as Excel, sheet 'Data', the first of 2"
    with pytest.raises(ValueError, match="row 6, column 'a': no value"):
        read(tmp_path, content, drop=["b"])


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    def give(content: bytes) -> None:
        stream = io.TextIOWrapper(io.BytesIO(content))
        monkeypatch.setattr(sys, "stdin", stream)

    give("größe;y\n1,5;2\n3;4\n".encode("latin-1"))
    table = datasets.read_table("-", "y")
    np.testing.assert_array_equal(table.X["größe"], [1.5, 3])
    give(b"a,y\n1,2\n3,5\n")
    with pytest.raises(ValueError, match="standard input has no column 'größe'"):
        table.rows("-")
    give(b"")
    with pytest.raises(ValueError, match="standard input is empty"):
        datasets.read_table("-", "y")
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(ValueError, match="standard input: it is closed; give"):
        datasets.read_table("-", "y")


def test_a_table_says_what_it_is_in_a_line(tmp_path: Path) -> None:
    table = read(tmp_path, "a,y\n1,2\n3,5\n")
    assert repr(table) == "Table(2 rows, 1 features, target 'y')"


def test_reading_is_exact(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    values = rng.standard_normal((200, 3)) * 10.0 ** rng.integers(-300, 140, (200, 3))
    rows = [",".join(map(repr, row)) for row in values.tolist()]
    for end, decimal in product(("\n", "\r\n"), (".", ",")):
        text = end.join(["a,b,y", *rows])
        if decimal == ",":
            text = text.replace(",", ";").replace(".", ",")
        table = read(tmp_path, text)
        found = np.column_stack([table.X, table.y])
        np.testing.assert_array_equal(found, values)


def test_a_decimal_mark_that_comes_late_is_found(tmp_path: Path) -> None:
    whole = "".join(f"{row};{row}\n" for row in range(1000))
    table = read(tmp_path, f"a;y\n{whole}2,5;3\n")
    assert table.X["a"].iloc[-1] == 2.5
    assert table.notes == ("read as semicolon-separated, decimal comma",)


def test_a_file_called_minus_is_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("./-").write_text("a,y\n1,2\n3,4\n")
    assert datasets.read_table("./-", "y").X["a"].tolist() == [1, 3]


def test_runs_of_spaces_separate_on_request(tmp_path: Path) -> None:
    content = ' a   "b c" y\n 1.5  2  3\n 4    5.5 6 \n'
    table = read(tmp_path, content, sep="space")
    np.testing.assert_array_equal(table.X, [[1.5, 2], [4, 5.5]])
    assert list(table.X) == ["a", "b c"]


@pytest.mark.parametrize("name", ["PAR1", "[a]", "{a}", "<a>", "BZh", "ARROW1", "%PDF"])
def test_names_of_columns_are_not_taken_for_other_files(
    name: str, tmp_path: Path
) -> None:
    table = read(tmp_path, f"{name},[y]\n1,2\n3,4\n", "[y]")
    assert table.X[name].tolist() == [1, 3]
