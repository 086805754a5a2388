"""The encoding of a file's text."""

import codecs
import re

from bayes_l2.datasets.files.options import option

MARKS = (  # the longer ones first: that of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF8, "utf-8-sig", None),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f]")
SAMPLE = 4096  # bytes that show whether every second one is 0


def text_of(data: bytes, file: str, encoding: str | None) -> tuple[str, str | None]:
    """Return the text of a file, and the words for its encoding unless it is UTF-8.

    Raises
    ------
    ValueError
        If the file is no text, or not in the encoding that is given.
    """
    if encoding is not None:
        return _decoded(data, file, encoding), None
    for mark, name, words in MARKS:
        if data.startswith(mark):
            return _decoded(data, file, name), words
    if b"\0" in data:
        name = _without_mark(data)
        if name is None:
            raise ValueError(
                f"{file} is not a text file: it holds the byte 0, which no text has; "
                "save the table as CSV"
            )
        return _decoded(data, file, name), "UTF-16"
    try:
        return data.decode(), None
    except UnicodeDecodeError as error:
        return _other(data, file, error)


def _decoded(data: bytes, file: str, encoding: str) -> str:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeError as error:
        place = getattr(error, "start", 0)
        raise ValueError(
            f"{file}, {_line(data, place)}: not a text in {encoding}: "
            f"{getattr(error, 'reason', error)}; give its encoding by "
            f"{option('encoding', 'latin-1')} or another name"
        ) from None


def _line(data: bytes, place: int) -> str:
    return f"line {data.count(b'\n', 0, place) + 1}"


def _without_mark(data: bytes) -> str | None:
    """Return the order of the bytes of UTF-16, whose ASCII has every second byte 0."""
    sample = data[:SAMPLE]
    low, high = sample[::2], sample[1::2]
    if len(data) % 2 or not high:
        return None
    if low.count(0) == 0 and 2 * high.count(0) > len(high):
        return "utf-16-le"
    if high.count(0) == 0 and 2 * low.count(0) > len(low):
        return "utf-16-be"
    return None


def _other(data: bytes, file: str, error: UnicodeDecodeError) -> tuple[str, str]:
    """Return a text that is not UTF-8, read as Latin-1 as Windows writes it."""
    byte = f"the byte 0x{data[error.start]:02x}"
    if NO_TEXT.search(data):
        raise ValueError(
            f"{file} is not a text file: {byte} in {_line(data, error.start)} is not "
            "UTF-8, and there are control characters; save the table as CSV"
        )
    text = data.decode(errors="replace")
    if sum(character > "\x7f" for character in text) > 2 * text.count("\ufffd"):
        raise ValueError(
            f"{file}, {_line(data, error.start)}: {byte} is not UTF-8, as the rest of "
            f"the file is; correct it, or read all as {option('encoding', 'latin-1')}"
        )
    try:
        return data.decode("cp1252"), "Latin-1 (Windows-1252)"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "Latin-1"
