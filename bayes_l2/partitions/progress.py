"""A bar that tells how far the reading of rows is."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

type Advance = Callable[[int, int], None]


def is_watched() -> bool:
    """Return whether a person may see standard error."""
    from rich.console import Console

    console = Console(stderr=True)
    return console.is_terminal or console.is_jupyter


@contextmanager
def reading(
    total_rows: int | None, total_bytes: int | None, *, shown: bool
) -> Iterator[Advance]:
    """Show a bar on standard error while rows are read, if a person watches.

    Parameters
    ----------
    total_rows, total_bytes : int or None
        The rows and the bytes of all files, None where they are not known. Rows tell
        the time left, else bytes do.
    shown : bool
        Whether to show a bar at all.

    Yields
    ------
    callable
        Moves the bar by a number of rows and a number of bytes. The bar vanishes at
        the end.
    """
    if not (shown and is_watched()):
        yield lambda rows, size: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    of_all = "" if total_rows is None else f" of {total_rows:,}"
    columns = [
        TextColumn("reading"),
        BarColumn(bar_width=16),
        TextColumn(f"{{task.fields[rows]:,}}{of_all} rows"),
        TextColumn("{task.fields[rate]:,.0f} MB/s"),
        TimeRemainingColumn(),
        TextColumn("left"),
    ]
    by_rows = total_rows is not None
    console, start = Console(stderr=True), time.perf_counter()
    all_rows = all_bytes = 0
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(
            "reading", total=total_rows if by_rows else total_bytes, rows=0, rate=0.0
        )

        def advance(rows: int, size: int) -> None:
            nonlocal all_rows, all_bytes
            all_rows, all_bytes = all_rows + rows, all_bytes + size
            bar.update(
                task,
                completed=all_rows if by_rows else all_bytes,
                rows=all_rows,
                rate=all_bytes / 1e6 / (time.perf_counter() - start),
            )

        yield advance
