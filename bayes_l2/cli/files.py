"""Checks of the files that the command line writes, before anything is fitted."""

import os
import tempfile
from pathlib import Path

from bayes_l2 import arguments
from bayes_l2.texts import end_of


def require_writable(path: Path, option: str, suffixes: tuple[str, ...]) -> None:
    """Refuse a file of another format, or where no file can be written."""
    if path.suffix.lower() not in suffixes:
        one_of = "one of " * (len(suffixes) > 1)
        raise ValueError(
            f"{option} must end in {one_of}{', '.join(suffixes)}; got {end_of(path)!r}"
        )
    try:
        if not path.parent.is_dir():
            raise ValueError(f"{option}: there is no folder {end_of(path.parent)!r}")
        if path.exists() and not path.is_file():
            kind = "folder" if path.is_dir() else "device"
            raise ValueError(
                f"{option} must be a file, got the {kind} {end_of(path)!r}"
            )
        if path.resolve().is_symlink():
            raise ValueError(f"{option}: {end_of(path)!r} is a link to itself")
        if path.exists() and not os.access(path, os.W_OK):
            raise ValueError(f"{option}: {end_of(path)!r} is write-protected")
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise ValueError(
            f"{option}: cannot write {end_of(path)!r}: {error.strerror}"
        ) from None


def require_distinct(
    read: dict[str, str | None], written: dict[str, Path | None]
) -> None:
    """Refuse a file that two options would write, or one would read and one write."""
    seen = {
        _place(Path(name), option): option
        for option, name in read.items()
        if name is not None and name != "-"
    }
    for option, path in written.items():
        if path is None:
            continue
        place = _place(path, option)
        if place in seen:
            raise ValueError(
                f"{option} and {seen[place]} are the same file, {end_of(path)!r}"
            )
        seen[place] = option


def _place(path: Path, option: str) -> Path:
    """Return the place of a file without links, or say what is wrong with its name."""
    try:
        return arguments.path(str(path), option).resolve()
    except OSError as error:
        raise ValueError(f"{option}: {end_of(path)!r}: {error.strerror}") from None
