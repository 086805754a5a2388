"""One bar over the draws of all chains."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def progress_bar(total: int, *, shown: bool) -> Iterator[Callable[[Any], None]]:
    """Show one bar over all chains on standard error; yield a function to move it."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = [
        TextColumn("sampling"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        TimeRemainingColumn(),
    ]
    with Progress(
        *columns,
        console=Console(stderr=True),
        transient=True,
        disable=not shown,
    ) as bar:
        task = bar.add_task("sampling", total=total)
        yield lambda chains: bar.update(
            task, completed=sum(chain.finished_draws for chain in chains)
        )
