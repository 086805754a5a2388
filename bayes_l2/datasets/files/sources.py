"""From a path to the table that stands there, by what the file begins with."""

import difflib
import re
import sys
from pathlib import Path

from bayes_l2 import arguments
from bayes_l2.datasets.files import binary_files, text_file
from bayes_l2.datasets.files.grid import Grid
from bayes_l2.datasets.files.options import Reading
from bayes_l2.files import content
from bayes_l2.texts import end_of, shown

STANDARD_INPUT = "-"
# what other files begin with, what they are, and what to do
UNPACK, AS_CSV = "unpack it first", "save the table as CSV"
OTHERS = (
    (rb"\x1f\x8b", "compressed by gzip", UNPACK),
    (rb"BZh[1-9]1AY", "compressed by bzip2", UNPACK),
    (rb"\xfd7zXZ", "compressed by xz", UNPACK),
    (rb"\x28\xb5\x2f\xfd", "compressed by zstd", UNPACK),
    (rb"\xd0\xcf\x11\xe0", "an old Excel file", "save it as .xlsx or CSV"),
    (rb"SQLite format 3\0", "a database", AS_CSV),
    (rb"(?i:create table |insert into )", "a script of SQL", AS_CSV),
    (rb"\$FL[23]@", "a file of SPSS", AS_CSV),
    (rb"<stata_dta>", "a file of Stata", AS_CSV),
    (rb"\0{12}\xc2\xea\x81\x60", "a file of SAS", AS_CSV),
    (rb"version https://git-lfs", "a pointer of Git LFS", "fetch it by git lfs pull"),
    (rb"\{\\rtf", "a document", AS_CSV),
    (rb"%PDF-[0-9]", "a PDF", AS_CSV),
    (rb"\x89PNG|\xff\xd8\xff|GIF8[79]a", "a picture", AS_CSV),
    (rb"\x89HDF", "an HDF5 file", AS_CSV),
    (rb"\x80[\x02-\x05]", "a pickle", "save the table as CSV or Parquet"),
    (rb"\x93NUMPY", "an array of NumPy's", "save the table as CSV or Parquet"),
    (rb"\s*(?:\{.*\}|\[.*\])\s*\Z", "JSON", AS_CSV),
    (
        rb"\s*<(?i:!doctype|!--|html|head|body|div|table|svg|\?xml)",
        "a page of HTML or XML",
        AS_CSV,
    ),
)


def grid(path: str | Path, reading: Reading, *, expected: str | None = None) -> Grid:
    """Return the table of a file, or of standard input where the path is ``-``.

    Parameters
    ----------
    path : str or Path
        The file.
    reading : Reading
        What is said of its text.
    expected : str or None
        The decimal mark where the numbers do not say.

    Raises
    ------
    ValueError
        If the file cannot be read as a table.
    """
    file, data = _content(path)
    suffix = Path(path).suffix.lower()
    if data.startswith(b"PAR1") and b"\0" in data:  # else the name of a column
        return binary_files.parquet(data, file)
    if data.startswith((b"ARROW1\0\0", b"FEA1\0")):
        return binary_files.arrow(data, file)
    if data.startswith(b"\xff\xff\xff\xff"):
        return binary_files.arrow_stream(data, file)
    if data.startswith(b"PK\x03\x04"):
        return _of_archive(data, file, reading)
    for opening, what, way_out in OTHERS:
        if re.match(opening, data, re.DOTALL):
            raise ValueError(f"{file} is {what}, which is not read; {way_out}")
    kinds = {".parquet": "Parquet", ".feather": "Arrow", ".xlsx": "Excel"}
    kind = kinds.get(suffix)
    if kind is not None and data:
        raise ValueError(
            f"{file} is not {kind}, as its name says, but begins with "
            f"{shown(data[:8])}; rename it if it is CSV"
        )
    return text_file.grid(data, file, reading, expected)


def _of_archive(data: bytes, file: str, reading: Reading) -> Grid:
    """Return the table of an Excel file, which is an archive."""
    if b"[Content_Types].xml" in data and b"xl/" in data:
        return binary_files.excel(data, file, reading)
    what = "an OpenDocument file" if b"mimetypeapplication" in data else "an archive"
    raise ValueError(
        f"{file} is {what}, which is not read; save the table as CSV or .xlsx"
    )


def _content(given: str | Path) -> tuple[str, bytes]:
    """Return the name of a file in messages, and what it holds."""
    path = arguments.path(given)
    if str(given) == STANDARD_INPUT:  # not ./-, which is a file
        return "standard input", _standard_input()
    file = end_of(path)
    try:
        return file, content(path)
    except IsADirectoryError:
        raise ValueError(
            f"cannot read {file}: Is a directory; name a file in it"
        ) from None
    except PermissionError as error:
        raise ValueError(
            f"cannot read {file}: {error.strerror}; let its owner allow it, or copy it"
        ) from None
    except OSError as error:
        raise ValueError(
            f"cannot read {file}: {error.strerror}{_alike(path)}"
        ) from None


def _standard_input() -> bytes:
    if sys.stdin is None:  # closed by <&-
        raise ValueError(
            "cannot read standard input: it is closed; give the path of a file"
        )
    try:
        stream = getattr(sys.stdin, "buffer", sys.stdin)
        content = stream.read()
    except OSError as error:
        raise ValueError(
            f"cannot read standard input: {error}; give the path of a file"
        ) from None
    return content if isinstance(content, bytes) else content.encode()


def _alike(path: Path) -> str:
    """Return a question after a file of a similar name, or nothing."""
    try:
        names = (each.name for each in path.parent.iterdir())
        others = [name for name in names if name != path.name]
    except OSError:
        return ""
    alike = difflib.get_close_matches(path.name, others, n=1, cutoff=0.75)
    return f"; did you mean {end_of(path.parent / alike[0])}?" if alike else ""
