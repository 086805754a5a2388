"""Bad files: one line that names the file, the place and the way out."""

import gzip
import io
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bayes_l2 import datasets
from bayes_l2.texts import printable
from tests.datasets.files import read

# content, options, and what the message says after the name of the file
BAD: dict[str, tuple[str | bytes, dict[str, Any], str]] = {
    "empty": ("", {}, " is empty; it must have a header line and rows"),
    "blank lines": (
        " \n\r\n",
        {},
        " is empty; it must have a header line and rows",
    ),
    "header only": (
        "a,b,y\n",
        {},
        " has a header line but no rows; put a line for each case below it",
    ),
    "one line of numbers": (
        "1,2,3\n",
        {"target": "3"},
        " has one line, which looks like data: 1, 2, 3; a header line with the names "
        "of columns is needed first",
    ),
    "short row": (
        "a,b,y\n1,2,3\n4,5\n",
        {},
        ", line 3: 3 columns in the header, 2 here; complete the line or delete it",
    ),
    "long row": (
        "a,b,y\n1,2,3,4\n",
        {},
        ", line 2: 3 columns in the header, 4 here; put a field",
    ),
    "a row with a comma too many": (
        "a,b,y\n1,2,3,\n1,2,4\n",
        {},
        ", line 2: 3 columns in the header, 4 here; delete the comma at its end",
    ),
    "a row too long for the separator": (
        "a;b;y\n1,5;2;3\n1;2;4\n",
        {"sep": ","},
        ", line 2: 1 column in the header, 2 here; put a field that holds a comma in "
        "quotes, or name another separator: --sep semicolon (sep='semicolon' in "
        "Python)",
    ),
    "names that spaces separate, in quotes": (
        '"a" "y"\n"1" 1 2\n"2" 2 3\n',
        {},
        ", line 1: a quote ends a field, and more of the field follows; write a quote "
        "inside a field twice; or say that spaces separate, by --sep space",
    ),
    "several long rows": (
        "a;b;y\n1;2;3;4\n\n1;2;3\n1;2;3;4\n",
        {},
        ", line 2 and 1 more line: 3 columns in the header, 4 here; put a field that "
        "holds a semicolon in quotes",
    ),
    "a title before the header": (
        "Prices of 2020\na,b,y\n1,2,3\n4,5,6\n",
        {},
        ", line 1: 1 field, 'Prices of 2020', where each other line has 3; if line 2 "
        "is the header, delete what stands before it",
    ),
    "a title of a spreadsheet": (
        "Prices,,\n,,\na,b,y\n1,2,3\n4,5,6\n",
        {},
        ", line 1: 'Prices' alone, above 3 columns; delete what stands before the "
        "header",
    ),
    "a title of as many fields": (
        "# made today, by me\na,y\n1,3\n4,6\n",
        {},
        " has no column 'y', but its line 2 has it; if that is the header, delete what "
        "stands before it",
    ),
    "two lines before the header": (
        "Prices\nof 2020\na;b;y\n1,5;2;3\n4,5;5;6\n",
        {},
        ", line 1: 1 field, 'Prices', where most lines have 3; if line 3 is the "
        "header, delete what stands before it",
    ),
    "a header without a name": (
        "a,b,y\n1.5,2,3,4\n5,6,7,8\n",
        {},
        ", line 1: 3 fields, where each other line has 4; name each column here, or "
        "delete what stands before the header",
    ),
    "decimal commas between commas": (
        "a,y\n1,5,2,5\n3,5,4,5\n",
        {},
        ", line 2: 2 columns in the header, 4 here; are these decimal commas? Then "
        "write points, or semicolons between the fields",
    ),
    "signs for missing values": (
        "a,b,y\n1,-,3\n1,-,4\n2,-,5\n2,5,6\n",
        {"encode": True},
        ", line 2, column 'b': a finite number is needed, got '-'; correct it, or "
        "leave its line out by --na=- --drop-missing "
        "(na='-', drop_missing=True in Python)",
    ),
    "names that are long": (
        f"{'a' * 5000},y\n1,3\nx,4\n",
        {},
        f", line 3, column '{'a' * 56}...: a finite number is needed, got 'x'; "
        "correct it, or leave its line out by --na x --drop-missing "
        "(na='x', drop_missing=True in Python), or leave the column out by --drop "
        "(drop= in Python)",
    ),
    "names of several lines": (
        '"a\n\x1b",b,y\nu,1,3\nx,2,4\n',
        {},
        ": column a\\n\\x1b holds text, such as 'u' in line 3; --encode (encode=True "
        "in Python) makes 0 and 1 of each level, --drop (drop= in Python) leaves it",
    ),
    "a row after a field of two lines": (
        'a,b,y\n1,"x\ny",3\n1,2\n',
        {},
        ", line 4: 3 columns in the header, 2 here",
    ),
    "a quote left open": (
        'a,y\n\n1,"2\n3,4\n',
        {},
        ", line 3: a quote is not closed; put one at the end of the field",
    ),
    "a quote too early": (
        'a,y\n1,"2"x\n3,4\n',
        {},
        ", line 2: a quote ends a field, and more of the field follows; write a quote "
        "inside a field twice",
    ),
    "an over-long field": (
        "a,y\n1,2\n3," + "4" * 200_000 + "\n",
        {},
        ", line 3: a field of more than 131072 characters; close a quote that is open, "
        "or shorten it",
    ),
    "an over-long line": (
        "a,y\n1,2\n" + "3," * 200_000 + "\n",
        {},
        ", line 3: 2 columns in the header, 200001 here",
    ),
    "binary": (
        bytes(range(256)),
        {},
        " is not a text file: it holds the byte 0, which no text has; save the table",
    ),
    "binary without the byte 0": (
        b"a,y\n1,\x90\xf0\x01\x02\n",
        {},
        " is not a text file: the byte 0x90 in line 2 is not UTF-8, and there are "
        "control characters; save the table as CSV",
    ),
    "compressed": (
        gzip.compress(b"a,y\n1,2\n"),
        {},
        " is compressed by gzip, which is not read; unpack it first",
    ),
    "an archive": (
        b"PK\x03\x04 of other files",
        {},
        " is an archive, which is not read; save the table as CSV or .xlsx",
    ),
    "a picture": (b"\x89PNG\r\n\x1a\n", {}, " is a picture, which is not read; save"),
    "JSON": ('{"y": [1, 2]}', {}, " is JSON, which is not read; save the table as CSV"),
    "broken Parquet": (
        b"PAR1\0 and no more",
        {},
        " cannot be read as Parquet: 'Parquet "
        "magic bytes not found in footer'; write it again, or save the table as CSV",
    ),
    "broken Arrow": (
        b"ARROW1\0\0 and no more",
        {},
        " cannot be read as Arrow: 'Not an Arrow file'; write it again, or save",
    ),
    "a pointer of Git LFS": (
        "version https://git-lfs.github.com/spec/v1\nsize 12\n",
        {},
        " is a pointer of Git LFS, which is not read; fetch it by git lfs pull",
    ),
    "a script of SQL": (
        "CREATE TABLE t (a int, y int);\n",
        {},
        " is a script of SQL, which is not read; save the table as CSV",
    ),
    "a web page": ("<!DOCTYPE html><p>a,y", {}, " is a page of HTML or XML, which is"),
    "a list in JSON": ("[[1, 2],\n [3, 4]]\n", {}, " is JSON, which is not read; save"),
    "no Parquet": (
        "a,y\n1,2\n",
        {"name": "data.parquet"},
        " is not Parquet, as its name says, but begins with b'a,y",
    ),
    "another encoding than given": (
        "größe,y\n1,2\n".encode("latin-1"),
        {"encoding": "utf-8"},
        ", line 1: not a text in utf-8: invalid start byte; give its encoding by "
        "--encoding latin-1 (encoding='latin-1' in Python) or another name",
    ),
    "a broken byte in UTF-8": (
        "a,y\ngröße,1\nmaß,2\n".encode() + b"stra\xdfe,3\n",
        {},
        ", line 4: the byte 0xdf is not UTF-8, as the rest of the file is; correct it, "
        "or read all as --encoding latin-1",
    ),
    "column twice": (
        "a,a,y\n1,2,3\n",
        {},
        ", line 1: column names must be unique, got 'a' more than once; rename all but "
        "one",
    ),
    "no header, numbers twice": (
        "1,1,0\n1,2,3\n",
        {},
        ", line 1: column names must be unique, got '1' more than once, and these look "
        "like data, not like names; put a line with the names of columns before it",
    ),
    "a column without a name": (
        "a,,y\n1,2,3\n",
        {},
        ", line 1: column 2 has no name; give it one there",
    ),
    "no target": (
        "a,b,z\n1,2,3\n",
        {},
        " has no column 'y'; its columns are a, b, z",
    ),
    "a misspelt target": (
        "a,price,z\n1,2,3\n",
        {"target": "prcie"},
        " has no column 'prcie'; did you mean 'price'? Its columns are a, price, z",
    ),
    "a target in other letters": (
        "a,Price,z\n1,2,3\n",
        {"target": "price "},
        " has no column 'price '; did you mean 'Price'? Its columns are a, Price, z",
    ),
    "no header": (
        "5.1,3.5,setosa\n4.9,3.1,setosa\n",
        {"target": "species"},
        " has no column 'species', and its first line looks like data, not like names: "
        "5.1, 3.5, setosa; put a line with the names of columns before it",
    ),
    "spaces": (
        "a b y\n1 2 3\n",
        {},
        " has no column 'y'; its one column is 'a b y': if that is several, name their "
        "separator, as by --sep space (sep='space' in Python)",
    ),
    "target alone": (
        "y\n1\n",
        {},
        " has no column besides 'y'; at least one feature is needed",
    ),
    "all dropped": (
        "a,b,y\n1,2,3\n",
        {"drop": ["b", "a"]},
        ": --drop leaves no feature (drop= in Python); its columns are a, b, y",
    ),
    "a constant target": (
        "a,y\n1,2.5\n2,2.5\n3,2.50\n",
        {},
        ", column 'y': the target is 2.5 in all 3 rows, and no feature explains one "
        "value; name another --target (target= in Python)",
    ),
    "one label": (
        "a,y\n1,x\n2,x\n",
        {"labels": True},
        ", column 'y': the target is 'x' in all 2 rows, and no feature explains one "
        "label; name another --target (target= in Python)",
    ),
    "a constant target where values are missing": (
        "a,y\n1,2\n,3\n3,2\n",
        {"drop_missing": True},
        ", column 'y': the target is 2 in all 2 rows",
    ),
    "a target of text": (
        "a,y\n1,yes\n2,no\n",
        {},
        ", line 2, column 'y': a finite number is needed of the target, got 'yes'; "
        "compare --likelihood bernoulli or categorical (labels=True in Python) takes "
        "labels, or name another --target (target= in Python)",
    ),
    "a target that is missing in a row": (
        "a,y\n1,2\n2,\n",
        {},
        ", line 3, column 'y': no value; 1 of 2 rows lacks one: 1 in y; --drop-missing "
        "(drop_missing=True in Python) leaves these rows out",
    ),
    "a target that is missing in all rows": (
        "a,y\n1,\n2,\n",
        {"drop_missing": True},
        ", column 'y': the target has no value in any row; name another --target",
    ),
    "a label called NA": (
        "a,y\n1,x\n2,NA\n",
        {"labels": True},
        ", line 3, column 'y': no value but 'NA', and --na none (na='none' in Python) "
        "keeps it if it is a name; 1 of 2 rows lacks one: 1 in y; --drop-missing",
    ),
    "missing values": (
        "a,b,c,y\n1,,7,3\n4,NA,8,6\n2,3,9,7\n5,3,n/a,2\n",
        {},
        ", line 2, column 'b': no value; 3 of 4 rows lack one: 2 in b, 1 in c; "
        "--drop-missing (drop_missing=True in Python) leaves these rows out; --drop b "
        "(drop=['b'] in Python) leaves out the column that lacks most",
    ),
    "not a number": (
        "a,b,y\n1,nan,3\n2,3,4\n",
        {},
        ", line 2, column 'b': no value but 'nan'; 1 of 2 rows lacks one: 1 in b; ",
    ),
    "an empty column": (
        "a,b,y\n1,,3\n2,,4\n",
        {"drop_missing": True},
        ": column b has no value in any row; --drop b (drop=['b'] in Python) leaves it "
        "out",
    ),
    "two empty columns": (
        "a,b,y\n,,3\n,,4\n",
        {"drop_missing": True},
        ": columns a, b have no value in any row; --drop a,b (drop=['a', 'b'] in "
        "Python) leaves them out",
    ),
    "a gap in each row": (
        "a,b,y\n1,,3\n,2,4\n",
        {"drop_missing": True},
        ", line 2, column 'b': no value; 2 of 2 rows lack one: 1 in a, 1 in b; --drop",
    ),
    "a word among numbers": (
        "a,b,y\n1,2,3\n4,five,6\n",
        {},
        ", line 3, column 'b': a finite number is needed, got 'five'; correct it, or "
        "leave its line out by --na five --drop-missing (na='five', drop_missing=True "
        "in Python), or leave the column out by --drop b (drop=['b'] in Python)",
    ),
    "a word with a comma, which --na would cut": (
        'a,b,y\n1,2,3\n4,"1,23,456",6\n',
        {},
        ", line 3, column 'b': a finite number is needed, got '1,23,456'; correct it, "
        "or leave the column out by --drop b (drop=['b'] in Python)",
    ),
    "the word none, which --na takes as another": (
        "a,b,y\n1,2,3\n4,none,6\n",
        {},
        ", line 3, column 'b': a finite number is needed, got 'none'; correct it, or "
        "leave its line out by --na NA,none --drop-missing",
    ),
    "units below the names": (
        "a,b,y\nm,kg,s\n1,2,3\n4,5,6\n",
        {},
        ", line 2: numbers are needed in a, b, y, got 'm', 'kg', 's'; delete the line "
        "if it holds units, names or a remark",
    ),
    "the names again": (
        "a,b,y\n1,2,3\na,b,y\n4,5,6\na,b,y\n",
        {},
        ", line 3 and 1 more line: numbers are needed in a, b, y, got 'a', 'b', 'y'; "
        "delete the line",
    ),
    "digits of another script": (
        "a,y\n\u0661,2\n\u0662,3\n",
        {},
        ": column a holds text, such as '\u0661' in line 2; write digits as 0 to 9; ",
    ),
    "a target with a unit": (
        "a,y\n1,10%\n2,20%\n",
        {},
        ", line 2, column 'y': a finite number is needed of the target, got '10%'; "
        "write numbers without their unit, or compare --likelihood bernoulli",
    ),
    "a word among numbers, encoded": (
        "a,b,y\n1,2,3\n4,five,6\n",
        {"encode": True},
        ", line 3, column 'b': a finite number is needed, got 'five'; correct it",
    ),
    "infinite": (
        "a,b,y\n1,2,5\n1,2,-inf\n",
        {},
        ", line 3, column 'y': a finite number is needed, got '-inf'; correct it, or "
        "leave its line out by --na=-inf --drop-missing (na='-inf', drop_missing=True "
        "in Python)",
    ),
    "too large": (
        "a,b,y\n1,1e999,5\n1,2,3\n",
        {},
        ", line 2, column 'b': a finite number is needed, got '1e999'; correct it",
    ),
    "underscores": (
        "a,b,y\n1,2,3\n1,2_0,3\n",
        {},
        ", line 3, column 'b': a finite number is needed, got '2_0'; correct it",
    ),
    "a decimal comma among points": (
        'a,b,y\n1.5,"5,5",3\n4.5,"5,1",6\n3.25,"7,5",8\n',
        {},
        ", line 2, column 'b': a finite number is needed, got '5,5'; write it as "
        "5.5, or say --decimal comma (decimal='comma' in Python) if all have this "
        "mark",
    ),
    "a decimal comma in one cell": (
        "a;y\n1.5;3\n4.5;6\n7,25;8\n",
        {},
        ", line 4, column 'a': a finite number is needed, got '7,25'; write it as 7",
    ),
    "text": (
        "a,city,y\n1,Oslo,3\n4,Rome,6\n",
        {},
        ": column city holds text, such as 'Oslo' in line 2; --encode (encode=True in "
        "Python) makes 0 and 1 of each level, --drop city (drop=['city'] in Python) "
        "leaves it out",
    ),
    "units": (
        'price,y\n"$1,200",1\n$13,2\n',
        {},
        ": column price holds text, such as '$1,200' in line 2; write numbers without "
        "their unit; --encode",
    ),
    "semicolons where commas are said": (
        "a;b;y\n1;2;3\n",
        {"sep": ","},
        " has no column 'y'; its one column is 'a;b;y': if that is several, name their "
        "separator, as by --sep semicolon (sep='semicolon' in Python)",
    ),
    "text and dates": (
        "city,day,kind,y\n,2020-01-31,x,3\nRome,2020-02-01,z,6\n",
        {},
        ": columns city, kind hold text and column day holds dates, such as 'Rome' in "
        "line 3; --encode (encode=True in Python) makes 0 and 1 of each level, --drop "
        "city,kind,day (drop=['city', 'kind', 'day'] in Python) leaves them out",
    ),
    "an unknown column to drop": (
        "a,b,y\n1,2,3\n",
        {"drop": ["A1"]},
        " has no column 'A1'; did you mean 'a'? Its columns are a, b, y",
    ),
    "levels without end": (
        "a,b,y\n" + "".join(f"{row},x{row},{row}\n" for row in range(1200)),
        {"encode": True},
        ", column 'b': 1200 levels, and one-hot takes at most 1000; leave the column "
        "out by --drop b (drop=['b'] in Python)",
    ),
    "one level under a flat prior": (
        "city,y\nOslo,3\nOslo,4\n",
        {"encode": True, "flat_prior": True},
        ": each column of text has one level, so no feature is left; keep a column of "
        "numbers (features= in Python)",
    ),
    "a level that is a column": (
        "b=u,b,y\n1,u,3\n2,v,4\n",
        {"encode": True},
        ": one-hot columns must have new names, got 'b=u' more than once; rename that",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_in_one_line(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    content, options, message = BAD[case]
    options = {"name": "data.csv", "target": "y"} | options
    name = options["name"]
    with pytest.raises(ValueError, match=r".") as caught:
        read(Path(), content, **options)
    text = str(caught.value)
    assert f"{name}{message}" in text
    assert text.isprintable()
    assert len(text) <= 300
    assert os.listdir() == [name]  # noqa: PTH208 - nothing else was written


def test_the_target_is_no_feature(tmp_path: Path) -> None:
    for argument in ("features", "drop"):
        options: dict[str, Any] = {argument: ["a", "y"]}
        with pytest.raises(ValueError, match=f"--{argument} must not name the target"):
            read(tmp_path, "a,y\n1,2\n", **options)


def test_a_path_without_a_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data.csv").write_text("a,y\n1,2\n")
    with pytest.raises(
        ValueError,
        match=r"cannot read .*dta\.csv: No such file or directory; did you mean "
        r".*data\.csv\?",
    ):
        datasets.read_table(tmp_path / "dta.csv", "y")
    with pytest.raises(ValueError, match=r"nowhere/x: No such file or directory$"):
        datasets.read_table(tmp_path / "nowhere" / "x", "y")
    with pytest.raises(ValueError, match="Is a directory; name a file in it"):
        datasets.read_table(tmp_path, "y")

    def refuse(_: Path) -> bytes:  # the tests may run as a user who may read all
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(
        ValueError,
        match=r"data\.csv: Permission denied; let its owner allow it, or copy it",
    ):
        datasets.read_table(tmp_path / "data.csv", "y")


def test_excel_without_its_library_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(
        ValueError,
        match=r"is an Excel file, and the package openpyxl that reads it is not here: "
        r"install it \(pip install openpyxl, or uv run --with openpyxl \.\.\.\), or "
        "save the sheet as CSV",
    ):
        read(tmp_path, b"PK\x03\x04 [Content_Types].xml xl/", name="book.xlsx")


def test_columns_of_types_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "size": pd.Categorical(["lo", "hi"]),
            "day": pd.to_datetime(["2020-01-31", "2020-02-01"]),
            "words": [["a"], ["b"]],
            "code": ["1", "2"],
            "y": [1.0, 2.0],
        }
    )
    file = io.BytesIO()
    frame.to_parquet(file)
    with pytest.raises(
        ValueError,
        match="columns size, code hold text and column day holds dates and column "
        r"words holds lists, such as 'lo' in row 0 \(counting from 0\); --drop "
        "size,code,day,words",
    ):
        read(tmp_path, file.getvalue())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sep": "ab"}, "sep must be one mark, or one of the words comma, semicolon"),
        ({"decimal": ";"}, "decimal must be one of ., ,; got ';'"),
        ({"encoding": "klingon"}, "encoding must be that of a text, such as utf-8"),
        ({"encoding": "base64"}, "encoding must be that of a text, such as utf-8"),
        ({"na": " , "}, "na must be spellings of a missing value between commas"),
        ({"drop": "a"}, "drop must be a list of column names, got 'a'"),
    ],
)
def test_a_bad_option_is_refused(
    options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        read(tmp_path, "a,y\n1,2\n", **options)
    assert message in str(caught.value)


def test_no_file_that_is_damaged_ends_in_another_error(tmp_path: Path) -> None:
    """Pieces of a table in each format are lost, and others put in."""
    frame = pd.DataFrame({"a": [1, 2.5, None], "b": ["x", "ß", None], "y": [1, 2, 3]})
    parquet, feather = io.BytesIO(), io.BytesIO()
    frame.to_parquet(parquet)
    frame.to_feather(feather)
    whole = [
        frame.to_csv(index=False).encode(),
        frame.to_csv(sep=";", decimal=",").encode("latin-1"),
        frame.to_csv(sep="\t").encode("utf-16"),
        parquet.getvalue(),
        feather.getvalue(),
    ]
    pieces = [b",", b";", b"\n", b'"', b"\0", b"\xff", b"NA", b"inf", b"1,5", b"\x1b"]
    rng = np.random.default_rng(11)
    tables, errors = 0, []
    for trial in range(300):
        content = bytearray(whole[trial % len(whole)])
        for _ in range(rng.integers(1, 5)):
            place = int(rng.integers(len(content) + 1))
            piece = pieces[rng.integers(len(pieces))] if rng.random() < 0.6 else b""
            content[place : place + int(rng.integers(6))] = piece
        try:
            table = read(tmp_path, bytes(content), encode=True, drop_missing=True)
        except ValueError as error:
            errors.append(error)
        else:
            tables += 1
            assert np.isfinite(table.X.to_numpy()).all()
    assert tables > 20
    assert {type(error) for error in errors} == {ValueError}
    assert [str(error) for error in errors] == [printable(str(e)) for e in errors]
