"""Tasks on threads, while the items for them are made."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock
from typing import Any

MOST_THREADS = 4  # more would wait for the thread that makes the items
END: Any = object()


def results[T, R](task: Callable[[T], R], items: Iterable[T]) -> Generator[R]:
    """Yield the result of a task on each item, in the order of the items.

    This thread makes the items, and other threads run the tasks: as many as BLAS has,
    which has one for each of them meanwhile. Only a few items are in memory at a time.
    Close this iterator if it is left early: no task runs after it.

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
    with _threads_of_blas() as threads:
        pool = ThreadPoolExecutor(threads, "task")
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
                while len(coming) > threads:
                    yield coming.popleft().result()
            while coming:
                yield coming.popleft().result()
            if failure is not None:
                raise failure
        finally:
            pool.shutdown(cancel_futures=True)


class _Blas:
    """The threads of BLAS while tasks run. The setting is that of the whole process."""

    lock = Lock()
    libraries: Any = None
    users = 0
    limits: Any = None
    threads = 1


@contextmanager
def _threads_of_blas() -> Iterator[int]:
    """Let BLAS have one thread, and return how many it had. The last user restores it.

    Calls with several threads each would wait for each other.
    """
    from threadpoolctl import ThreadpoolController

    with _Blas.lock:
        if _Blas.libraries is None:  # to find them takes some milliseconds
            _Blas.libraries = ThreadpoolController().select(user_api="blas")
        if not _Blas.users:
            counts = [each["num_threads"] for each in _Blas.libraries.info()]
            _Blas.threads = min([MOST_THREADS, *counts])
            _Blas.limits = _Blas.libraries.limit(limits=1)
        _Blas.users += 1
    try:
        yield _Blas.threads
    finally:
        with _Blas.lock:
            _Blas.users -= 1
            if not _Blas.users:
                _Blas.limits.restore_original_limits()
