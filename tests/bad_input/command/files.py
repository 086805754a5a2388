"""Damaged files and odd ones, by what is wrong with them."""

import gzip
import io
import json
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(RNG.normal(size=(12, 3)).round(3), columns=["a", "b", "y"])
TEXT = FRAME.to_csv(index=False)
TOUCHED = "unpickled"  # the file that an unpickled array would make


class MakesFile:
    """An object whose pickle makes a file as soon as it is read."""

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path(TOUCHED),)


def archive(name: str, content: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    return file.getvalue()


def written(write: Any, *values: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    write(file, *values, **options)
    return file.getvalue()


def npy(header: str) -> bytes:
    """Return a .npy file without an array, of a header of any kind."""
    return b"\x93NUMPY\x01\x00\x76\x00" + header.encode().ljust(117) + b"\n"


PARQUET = written(FRAME.to_parquet)
ARROW = written(FRAME.to_feather)
EXCEL = written(FRAME.to_excel, index=False)
ARRAY = written(np.save, FRAME.to_numpy())
OBJECTS = np.array([[MakesFile(), 1], [2, 3]], dtype=object)
DESCR = "'descr': '<f8', 'fortran_order': False"

# a CSV, or a file that says it is one, that compare refuses
DAMAGED: dict[str, str | bytes] = {
    "no bytes": "",
    "header only": "a,b,y\n",
    "header of 1e5 columns": ",".join(f"c{j}" for j in range(10**5)) + ",y\n",
    "one column": "y\n1\n2\n",
    "NUL in the middle": TEXT.replace("1", "\0", 1),
    "NUL at the end": TEXT + "\0",
    "short row": TEXT + "1,2\n",
    "long row": TEXT + "1,2,3,4\n",
    "open quote": TEXT + '1,2,"3\n',
    "open quote in the header": '"' + TEXT,
    "name twice": TEXT.replace("b", "a", 1),
    "no name": TEXT.replace("b", "", 1),
    "space as a name": TEXT.replace("b", " ", 1),
    "name of the model": TEXT.replace("b", "intercept", 1),
    "UTF-16 cut off": TEXT.encode("utf-16")[:-1],
    "both decimal marks": "a;b;y\n1,5;2.5;3\n2.5;1,5;4\n3;4;5\n",
    "infinity": TEXT + "inf,1,2\n",
    "infinity in words": TEXT + "Infinity,1,2\n",
    "NaN": TEXT + "nan,1,2\n",
    "NaN in the target": TEXT + "1,2,NaN\n",
    "beyond floats": TEXT + "1e400,1,2\n",
    "beyond floats in the target": TEXT + "1,1,-1e400\n",
    "whole number of 400 digits": TEXT + "9" * 400 + ",1,2\n",
    "square beyond floats": TEXT + "1e200,1,2\n",
    "square beyond floats in the target": TEXT + "1,1,1e200\n",
    "dates": "a,y\n2020-01-01,1\n2020-01-02,2\n2020-01-03,4\n",
    "units": "a,y\nm,s\n1,2\n2,3\n",
    "complex numbers": "a,y\n1+2j,1\n2,2\n3,3\n",
    "hexadecimal": "a,y\n0x10,1\n2,2\n3,3\n",
    "underscores": "a,y\n1_000,1\n2,2\n3,3\n",
    "remark first": "# made today\n" + TEXT,
    "constant target": "a,y\n1,1\n2,1\n3,1\n",
    "a field of a megabyte": "a,y\n" + "1" * 10**6 + ",1\n2,2\n",
    "quotes without end": "a,y\n" + '"' * 9999 + "\n",
    "only quotes": '"' * 5000,
    "only commas": ",,,,\n" * 50,
    "only ends of lines": "\n" * 5000,
    "zeros": b"\0" * 500,
    "ones": b"\xff" * 500,
    "random bytes": RNG.bytes(5000),
    "gzip": gzip.compress(TEXT.encode()),
    "zip": archive("data.csv", TEXT),
    "zip of zeros": archive("xl/x", "0" * 10**7),
    "Excel without a book": archive("[Content_Types].xml", "x") + b"xl/",
    "Excel cut off": EXCEL[:2000],
    "Excel without its end": EXCEL[:-30],
    "Parquet cut off": PARQUET[:-20],
    "Parquet without its end": PARQUET[:100],
    "Arrow cut off": ARROW[:-50],
    "array": ARRAY,
    "pickle": pickle.dumps(MakesFile()),
    "JSON": json.dumps({"a": [1, 2], "y": [1, 2]}),
    "lines of JSON": '{"a":1,"y":2}\n{"a":2,"y":3}\n',
    "web page": "<html><table></table></html>",
    "picture": b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
    "database": b"SQLite format 3\0" + b"\0" * 100,
}
# an array that compare refuses
ARRAYS: dict[str, bytes] = {
    "objects": written(np.save, OBJECTS, allow_pickle=True),
    "cut off": ARRAY[:-8],
    "header cut off": ARRAY[:40],
    "one axis": written(np.save, np.arange(9.0)),
    "three axes": written(np.save, np.zeros((2, 2, 2))),
    "texts": written(np.save, np.array([["a", "b"]])),
    "complex numbers": written(np.save, np.ones((3, 3)) + 1j),
    "NaN": written(np.save, np.full((5, 3), np.nan)),
    "no rows": written(np.save, np.zeros((0, 3))),
    "no columns": written(np.save, np.zeros((3, 0))),
    "1e12 rows": npy(f"{{{DESCR}, 'shape': (1000000000000, 3), }}"),
    "negative rows": npy(f"{{{DESCR}, 'shape': (-1, 3), }}"),
    "a header that is code": npy(f"open('{TOUCHED}', 'w')"),
    "text": TEXT.encode(),
}
# a table that compare reads: with a status that is not 2, and one option at most
ODD: dict[str, tuple[str | bytes, tuple[str, ...]]] = {
    "byte order mark": ("\ufeff" + TEXT, ()),
    "UTF-16": (TEXT.encode("utf-16"), ()),
    "UTF-16 without a mark": (TEXT.encode("utf-16-be"), ()),
    "UTF-32": (TEXT.encode("utf-32"), ()),
    "Latin-1": (TEXT.replace("b", "größe", 1).encode("latin-1"), ()),
    "semicolons": (TEXT.replace(",", ";"), ()),
    "decimal commas": (TEXT.replace(",", ";").replace(".", ","), ()),
    "tabs": (TEXT.replace(",", "\t"), ()),
    "CRLF": (TEXT.replace("\n", "\r\n"), ()),
    "CR": (TEXT.replace("\n", "\r"), ()),
    "CRLF and LF": (TEXT.replace("\n", "\r\n", 5), ()),
    "thousands": ('a,y\n"1,000",2\n"2,000",3\n"1,234,567",5\n', ()),
    "minus signs of typography": (TEXT.replace("-", "\u2212"), ()),
    "whole number beyond 64 bits": (f"a,y\n{2**64 + 1},1\n1,2\n2,3\n", ()),
    "control characters in a name": (TEXT.replace("b", "\x1b[31m", 1), ()),
    "markup in a name": (TEXT.replace("b", "[bold]b[/]", 1), ()),
    "name of 10 000 characters": (TEXT.replace("b", "b" * 10_000, 1), ()),
    "a line that names the separator": ("sep=;\n" + TEXT.replace(",", ";"), ()),
    "NaN, left out": (TEXT + "nan,1,2\n", ("--drop-missing",)),
    "dates, as levels": (
        "a,y\n2020-01-01,1\n2020-01-02,2\n2020-01-03,4\n",
        ("--encode",),
    ),
    "Parquet with another name": (PARQUET, ()),
    "Arrow with another name": (ARROW, ()),
    "Excel with another name": (EXCEL, ()),
}
