"""The report of a comparison, written to a file whole or not at all."""

from collections.abc import Callable
from pathlib import Path

from bayes_l2.comparison.document.blocks import Document
from bayes_l2.comparison.document.circumstances import Circumstances
from bayes_l2.comparison.document.contents import Documented, document_of
from bayes_l2.comparison.document.html import html
from bayes_l2.comparison.document.markdown import markdown
from bayes_l2.files import draft_of
from bayes_l2.texts import end_of

WRITERS: dict[str, Callable[[Document], str]] = {".html": html, ".md": markdown}
SUFFIXES = tuple(WRITERS)


def write(
    comparison: Documented,
    path: Path,
    told: Circumstances,
    *,
    name: str = "path",
    suffixes: tuple[str, ...] = SUFFIXES,
) -> None:
    """Write a report in the format that the ending of its file names.

    Parameters
    ----------
    comparison : Comparison
        The comparison.
    path : Path
        The file; one that is there is replaced.
    told : Circumstances
        What the report says beside the results.
    name : str, default "path"
        The argument or option in messages.
    suffixes : tuple of str
        The endings that are allowed.

    Raises
    ------
    ValueError
        If the ending is of no known format, or the file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in suffixes:
        one_of = "one of " * (len(suffixes) > 1)
        raise ValueError(
            f"{name} must end in {one_of}{', '.join(suffixes)}; got {end_of(path)!r}"
        )
    # a draft first: a folder that is not there costs no figures
    with draft_of(path, name) as draft:
        text = WRITERS[suffix](document_of(comparison, told))
        draft.write_text(text, encoding="utf-8", newline="\n")
