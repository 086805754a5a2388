"""Elements of HTML. All text of a page is escaped here, and nowhere else."""

from html import escape

from bayes_l2.texts import printable

VOID = ("meta", "link", "br")


class Markup(str):
    """A text that is HTML already."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str) -> Markup:
    """Return an element of HTML.

    Parameters
    ----------
    name : str
        Its name.
    *children : str
        Its content: markup stays as it is, and other text is escaped.
    **attributes : str
        Its attributes; ``_`` in a name stands for ``-``, and a last one is left out.
    """
    words = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(printable(value))}"'
        for key, value in attributes.items()
    )
    if name in VOID:
        return Markup(f"<{name}{words}>")
    return Markup(f"<{name}{words}>{joined(*children)}</{name}>")


def joined(*children: str) -> Markup:
    """Return markup and texts one after the other; texts are escaped."""
    return Markup("".join(map(_as_markup, children)))


def _as_markup(child: str) -> str:
    return child if isinstance(child, Markup) else escape(printable(child))
