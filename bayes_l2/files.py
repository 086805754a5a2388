"""Files that are written whole, or not at all."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bayes_l2.texts import end_of


def content(path: Path) -> bytes:
    """Return what a file or a pipe holds.

    Raises
    ------
    OSError
        If it cannot be read, or is a device, which may have no end.
    """
    if path.is_char_device() or path.is_block_device():
        raise OSError(errno.EINVAL, "it is a device, not a file")
    return path.read_bytes()


@contextmanager
def draft_of(path: Path, name: str = "path") -> Iterator[Path]:
    """Yield the place of a draft, which becomes the file where nothing fails.

    The draft is in a folder beside the file. So the file is either the old one or the
    new one at any time, even if the writer is killed.

    Parameters
    ----------
    path : Path
        The file; one that is there is replaced.
    name : str, default "path"
        The argument or option in messages.

    Raises
    ------
    ValueError
        If the file cannot be written.
    """
    cannot = f"{name}: cannot write {end_of(path)!r}"
    try:
        path = path.resolve()  # a link stays, and its file is replaced
        if path.is_symlink():
            raise ValueError(f"{cannot}: it is a link to itself")
        if path.exists() and not path.is_file():
            kind = "folder" if path.is_dir() else "device"
            raise ValueError(f"{cannot}: it is a {kind}, and must be a file")
        if path.exists() and not os.access(path, os.W_OK):
            raise ValueError(f"{cannot}: it is write-protected")
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            draft = Path(folder) / "draft"
            yield draft
            draft.replace(path)
    except OSError as error:
        raise ValueError(f"{cannot}: {error.strerror or error}") from None
