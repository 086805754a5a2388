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
    screen = Console(stderr=True)
    if not shown or not (screen.is_terminal or screen.is_jupyter):
        yield lambda _: None  # rich before 14.3 would write an empty line
        return
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("sampling", total=total)
        yield lambda chains: bar.update(
            task, completed=sum(chain.finished_draws for chain in chains)
        )
