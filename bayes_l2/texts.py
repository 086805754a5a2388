"""Values and names as they stand in messages: on one line, short and printable."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from difflib import get_close_matches
from typing import Any
from unicodedata import category

WIDTH = 60  # characters of a value or of a list of names
LONGEST = 300  # characters of the text of an object


def printable(text: str) -> str:
    r"""Return a text with escapes such as ``\x1b`` for what no terminal shows.

    Control characters change what a terminal does, and marks of direction the order in
    which it shows other characters.
    """
    if text.isprintable():
        return text
    return "".join(map(_escaped, text))


def _escaped(character: str) -> str:
    if character.isprintable() or category(character) == "Zs":  # a space of some width
        return character
    return character.encode("unicode_escape").decode("ascii")


def quantile_name(level: float) -> str:
    """Return the name of a quantile's column as pandas writes it, such as "2.5%"."""
    return f"{100 * level:.15g}%"


def shown(value: object) -> str:
    """Return a value as it stands in a message: on one line, at most 60 characters."""
    try:
        text = repr(value)
    except Exception:  # the value's own code, or a number of too many digits
        text = f"a value of type {type(value).__name__}"
    return shortened(" ".join(text.split()))


def shortened(text: str, width: int = WIDTH) -> str:
    """Return a printable text with at most 60 characters, or as many as given."""
    text = printable(text)
    return text if len(text) <= width else f"{text[: width - 3]}..."


def end_of(path: object) -> str:
    """Return a printable path, or its last 120 characters, which hold its name."""
    text = printable(str(path))
    return text if len(text) <= 120 else f"...{text[-117:]}"


def listed(names: Iterable[object]) -> str:
    """Return names between commas, as many as 60 characters hold."""
    names = [printable(str(name)) for name in names]
    text = ", ".join(names)
    if len(text) <= WIDTH:
        return text
    kept = names[:1]
    while len(", ".join(names[: len(kept) + 1])) <= WIDTH - 16:
        kept.append(names[len(kept)])
    rest = len(names) - len(kept)
    return ", ".join(map(shortened, kept)) + (f" and {rest} more" if rest else "")


def gathered(items: Sequence[str], n_items: int | None = None) -> str:
    """Return items between commas, as many as 180 characters hold, and at least one.

    The items may be the first of ``n_items``.
    """
    kept = list(items[:1])
    for item in items[1:]:
        if len(", ".join([*kept, item])) > 3 * WIDTH:
            break
        kept.append(item)
    rest = (len(items) if n_items is None else n_items) - len(kept)
    return ", ".join(kept) + (f", and {rest} more" if rest else "")


def number_in_words(value: float) -> str:
    """Return a number of three digits as it is read out: 6480 and not 6.48e+03."""
    text = f"{value + 0.0:.3g}"  # no minus before 0
    return f"{float(text):.0f}" if "e+" in text and abs(value) < 1e9 else text


def joined(items: Iterable[object]) -> str:
    """Return items between commas, with "and" before the last."""
    *rest, last = map(str, items)
    return f"{', '.join(rest)} and {last}" if rest else last


def record_text(self: Any) -> str:
    """Return a record of named fields in one line; an array is there by its shape.

    It is the ``__repr__`` of dataclasses and named tuples that hold arrays.
    """
    of_tuple = getattr(self, "_fields", None)
    names = of_tuple or [each.name for each in fields(self)]
    values = [f"{name}={_brief(getattr(self, name))}" for name in names]
    return shortened(f"{type(self).__name__}({', '.join(values)})", LONGEST)


def _brief(value: Any) -> str:
    shape = getattr(value, "shape", ())
    if shape:
        return f"<{' x '.join(map(str, shape))}>"
    return f"{value:.6g}" if isinstance(value, float) else shown(value)


class Catalogue[T](dict[str, T]):
    """Records by name. Its text says what they are, and lists the first names.

    Parameters
    ----------
    records : mapping of str to record
        The records.
    of : str
        What they are, in the plural.
    """

    def __init__(self, records: Mapping[str, T], *, of: str) -> None:
        super().__init__(records)
        self.of = of

    def find(self, name: object, *, way_out: str) -> T:
        """Return the record of a name.

        Parameters
        ----------
        name : object
            The name as a person gave it.
        way_out : str
            How to find a name, as a clause that ends the message.

        Raises
        ------
        ValueError
            If no record has this name; the message has the nearest names.
        """
        if isinstance(name, str) and name in self:
            return self[name]
        near = self._near(name[:80]) if isinstance(name, str) else []
        quoted = [f'"{each}"' if " " in each else each for each in near]
        meant = f" did you mean {' or '.join(quoted)}?" if near else ""
        singular = self.of.removesuffix("s")
        raise ValueError(f"name: unknown {singular} {shown(name)};{meant} {way_out}")

    def _near(self, word: str) -> list[str]:
        """Return at most three names that hold the word, or else are spelled alike."""
        word = word.strip().lower()
        names = {name.lower(): name for name in self}
        holding = [name for low, name in names.items() if word and word in low]
        return holding[:3] or [names[low] for low in get_close_matches(word, names)]

    def __repr__(self) -> str:
        return f"<{len(self)} {self.of} by name: {listed(self)}>"
