"""Tasks on threads, while the items for them are made."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock
from typing import Any

THREADS = min(4, os.cpu_count() or 1)  # one thread reads, and more would wait for it
END: Any = object()


def results[T, R](task: Callable[[T], R], items: Iterable[T]) -> Generator[R]:
    """Yield the result of a task on each item, in the order of the items.

    This thread makes the items, and other threads run the tasks. Only a few items are
    in memory at a time. Close this iterator if it is left early: no task runs after it.

    Parameters
    ----------
    task : callable
        Takes an item. It releases the interpreter's lock while it computes.
    items : iterable
        The items.

    Yields
    ------
    object
        The results. An error is raised after the results of the items before it.
    """
    source, failure = iter(items), None
    coming: deque[Future[R]] = deque()
    pool = ThreadPoolExecutor(THREADS, "task")
    with _one_thread_of_blas():
        try:
            while failure is None:
                try:
                    item = next(source, END)
                except Exception as error:  # raised below, in its place
                    failure = error
                    break
                if item is END:
                    break
                coming.append(pool.submit(task, item))
                del item  # its memory is free as soon as its task has ended
                while len(coming) > THREADS:
                    yield coming.popleft().result()
            while coming:
                yield coming.popleft().result()
            if failure is not None:
                raise failure
        finally:
            pool.shutdown(cancel_futures=True)


class _Limit:
    """How many users BLAS with one thread has, and how its threads come back."""

    lock = Lock()
    users = 0
    limiter: Any = None


@contextmanager
def _one_thread_of_blas() -> Iterator[None]:
    """Let BLAS have one thread; several at once would wait for each other.

    The setting is that of the whole process. The last user puts it back.
    """
    from threadpoolctl import threadpool_limits

    with _Limit.lock:
        if not _Limit.users:
            _Limit.limiter = threadpool_limits(1, user_api="blas")
        _Limit.users += 1
    try:
        yield
    finally:
        with _Limit.lock:
            _Limit.users -= 1
            if not _Limit.users:
                _Limit.limiter.restore_original_limits()
