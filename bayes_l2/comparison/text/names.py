"""Names that fit a width, and still tell one from another."""

from collections import defaultdict
from collections.abc import Sequence

DOTS = "…"
PASSES = 4  # one for each place in which some names differ


def shortened(names: Sequence[str], width: int) -> list[str]:
    """Return names of at most some places, with "…" for what they lack.

    A long name lacks its middle. Where two would be the same, they have the part in
    which they first differ between two "…", and where that is too little the place of
    the row at their end.

    Parameters
    ----------
    names : sequence of str
        Printable names.
    width : int
        Places, more than those of the number of names.

    Returns
    -------
    list of str
        A name for each.
    """
    short = [_without_middle(name, width) for name in names]
    for _ in range(PASSES):
        for whole in _same(names, short):
            first = _first_difference(list(whole))
            for name, places in whole.items():
                for place in places:
                    short[place] = _with_part(name, first, width)
    for whole in _same(names, short):
        for name, places in whole.items():
            mark = f"{DOTS}{places[0] + 1}"
            for place in places:
                short[place] = f"{_start(name, width - len(mark))}{mark}"
    return short


def _same(names: Sequence[str], short: Sequence[str]) -> list[dict[str, list[int]]]:
    """Return the places of each name among several that have become the same."""
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, (name, text) in enumerate(zip(names, short, strict=True)):
        found[text][name].append(place)
    return [dict(whole) for whole in found.values() if len(whole) > 1]


def _first_difference(names: Sequence[str]) -> int:
    """Return the first place at which names are not all the same."""
    characters = zip(*names, strict=False)  # of the shortest at most
    return next(
        (place for place, each in enumerate(characters) if len(set(each)) > 1),
        min(map(len, names)),
    )


def _without_middle(name: str, width: int) -> str:
    from rich.cells import cell_len

    if cell_len(name) <= width:
        return name
    end = (width - 1) // 2
    return f"{_start(name, width - 1 - end)}{DOTS}{_end(name, end)}"


def _with_part(name: str, first: int, width: int) -> str:
    """Return start, the part from a place on, and end."""
    from rich.cells import cell_len

    side = (width - 2) // 4
    part = _start(name[first:], width - 2 - 2 * side).rstrip()
    head, tail = _start(name[:first], side), _end(name[first + len(part) :], side)
    text = f"{head}{DOTS}{part}{DOTS}{tail}"
    return text if cell_len(name) > width else name


def _start(text: str, width: int) -> str:
    from rich.cells import cell_len, set_cell_size

    return set_cell_size(text, width) if cell_len(text) > width else text


def _end(text: str, width: int) -> str:
    return _start(text[::-1], width)[::-1]
