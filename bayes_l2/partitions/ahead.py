"""Reading ahead: the next item is made while the last one is used."""

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

END: Any = object()


def read_ahead[T](items: Callable[[], Iterator[T]]) -> Generator[T]:
    """Yield what a generator yields, which another thread keeps one item ahead.

    All code of the generator runs in that thread. Close this iterator if it is left
    early: then the generator is closed, and the thread has ended.

    Parameters
    ----------
    items : callable
        Returns the generator.

    Yields
    ------
    object
        The items in their order. An error of the generator is raised in its place.
    """
    with ThreadPoolExecutor(1, "read-ahead") as thread:
        source: Any = items()
        try:
            coming = thread.submit(next, source, END)
            while (item := coming.result()) is not END:
                coming = thread.submit(next, source, END)
                yield item
                del item  # its memory is free before the next one is waited for
        finally:
            thread.submit(source.close).result()
