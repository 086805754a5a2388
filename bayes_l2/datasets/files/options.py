"""How a file is to be read, and the words for it on the command line and in Python."""

import codecs
import shlex
from dataclasses import dataclass
from functools import cached_property
from itertools import starmap
from typing import Any

from bayes_l2 import arguments, validation
from bayes_l2.kinds import entries
from bayes_l2.texts import WIDTH, shown

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space"}
DECIMAL_MARKS = {"point": ".", "comma": ","}
# the spellings of a missing value that pandas knows
SPELLINGS = frozenset(
    [
        "#N/A",
        "#N/A N/A",
        "#NA",
        "-1.#IND",
        "-1.#QNAN",
        "-NaN",
        "-nan",
        "1.#IND",
        "1.#QNAN",
        "<NA>",
        "N/A",
        "NA",
        "NULL",
        "NaN",
        "None",
        "n/a",
        "nan",
        "null",
    ]
)


def option(name: str, value: Any) -> str:
    """Return the words that set an option on the command line, and in Python."""
    return together({name: value})


def together(values: dict[str, Any]) -> str:
    """Return the words that set several options, each as ``option`` does."""
    flags, words = zip(*starmap(_set, values.items()), strict=True)
    return f"{' '.join(flags)} ({', '.join(words)} in Python)"


def _set(name: str, value: Any) -> tuple[str, str]:
    """Return an option as it is set on the command line, and in Python."""
    flag = f"--{name.replace('_', '-')}"
    if value is not True:
        text = ",".join(map(_word, value)) if isinstance(value, list) else value
        if len(text) > WIDTH or not text.isprintable():
            return flag, f"{name}="
        flag += f"{'=' if text.startswith('-') else ' '}{shlex.quote(text)}"
    return flag, f"{name}={value!r}"


def decimal(mark: str) -> str:
    """Return the words that say a decimal mark."""
    return option("decimal", "comma" if mark == "," else "point")


def spaced(name: str) -> str:
    """Return a name with one space for each run of spaces and ends of lines."""
    return " ".join(name.split())


def _word(name: str) -> str:
    """Return a name as it stands between commas, and can be typed."""
    name = spaced(name)
    return '"' + name.replace('"', '""') + '"' if set(name) & set(',"') else name


@dataclass(frozen=True)
class Missing:
    """Spellings of a missing value.

    Those that are given hold for every cell, and numbers among them by their value.
    Those of pandas hold for text alone.
    """

    given: frozenset[str]
    known: frozenset[str]

    @classmethod
    def of(cls, na: object) -> "Missing":
        """Return the spellings that the argument ``na`` states."""
        if na is None:
            return cls(frozenset(), SPELLINGS)
        if isinstance(na, str):
            texts = [text.strip() for text in na.split(",")]
        elif isinstance(na, list | tuple) and all(isinstance(text, str) for text in na):
            texts = [str(text).strip() for text in na]
        else:
            texts = []
        if not any(texts):
            raise ValueError(
                "na must be spellings of a missing value between commas, or none where "
                f"an empty field alone is missing; got {shown(na)}"
            )
        known = SPELLINGS
        if texts[0].lower() == "none":
            known, texts = frozenset(), texts[1:]
        return cls(frozenset(texts) - {""}, known)

    @cached_property
    def texts(self) -> frozenset[str]:
        """Spellings in text, the empty one among them."""
        return self.given | self.known | {""}

    @cached_property
    def numbers(self) -> frozenset[float]:
        """Numbers among the spellings that are given."""
        found = set()
        for text in self.given:
            try:
                found.add(float(text))
            except ValueError:
                continue
        return frozenset(found)


@dataclass(frozen=True)
class Reading:
    """What is said of a file's text; None stands for what is to be found."""

    sep: str | None
    decimal: str | None
    encoding: str | None
    missing: Missing

    @classmethod
    def of(
        cls, sep: object, decimal: object, encoding: object, na: object
    ) -> "Reading":
        """Return valid values of the arguments, or raise ValueError."""
        separator = None if sep is None else _separator(sep)
        if isinstance(decimal, str):
            decimal = DECIMAL_MARKS.get(decimal, decimal)
        if decimal is not None:
            decimal = validation.one_of(decimal, (".", ","), "decimal")
        if encoding is not None:
            encoding = _encoding(encoding)
        return cls(separator, decimal, encoding, Missing.of(na))


def _separator(sep: object) -> str:
    by_word = {word: mark for mark, word in SEPARATORS.items()}
    mark = (by_word | {"pipe": "|"}).get(sep, sep) if isinstance(sep, str) else ""
    mark = "\t" if mark == r"\t" else mark
    if len(mark) != 1 or mark.isalnum() or mark in '"\r\n\0.+-':
        raise ValueError(
            "sep must be one mark, or one of the words "
            f"{', '.join(by_word)}; got {shown(sep)}"
        )
    return mark


def _encoding(encoding: object) -> str:
    name = encoding if isinstance(encoding, str) else ""
    try:
        "a".encode(name)
        return codecs.lookup(name).name
    except (LookupError, ValueError):  # unknown, or no encoding of text
        raise ValueError(
            "encoding must be that of a text, such as utf-8, utf-16 or latin-1; got "
            f"{shown(encoding)}"
        ) from None


def names(values: object, name: str) -> list[str]:
    """Return names of columns: a list of texts, each once."""
    found = entries(values)
    if found == []:
        return []
    if found is None or not all(isinstance(each, str) for each in found):
        raise ValueError(f"{name} must be a list of column names, got {shown(values)}")
    return list(dict.fromkeys(found))


def features(values: object) -> list[str] | None:
    """Return the names of the columns to keep; None stands for all."""
    if values is None:
        return None
    found = arguments.words(values, "features", "a list of column names")
    return names(found, "features")
