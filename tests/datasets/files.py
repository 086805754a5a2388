"""Files of a content, and what is read from them."""

from pathlib import Path
from typing import Any

from bayes_l2 import datasets
from bayes_l2.datasets import Table


def read(
    folder: Path,
    content: str | bytes,
    target: str = "y",
    *,
    name: str = "data.csv",
    **options: Any,
) -> Table:
    """Return what is read from a file of a content, in UTF-8 unless it is bytes."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return datasets.read_table(path, target, **options)
