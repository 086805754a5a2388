"""The interface of rows that are read a part at a time, and the sum over all parts."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import reduce
from typing import Any, override

from bayes_l2.partitions.batch import Batch
from bayes_l2.partitions.progress import Advance, reading
from bayes_l2.partitions.threads import results
from bayes_l2.texts import listed


class Partitions(ABC):
    """Rows of X and y in parts, of which one at a time is in memory.

    Nothing but the names of the columns is read before ``reduce``. A task is a function
    of one batch. Tasks see all rows, each of them once, in any order.

    Attributes
    ----------
    feature_names : tuple of str
        The names of the p columns of X.
    target : str
        The name of y.
    is_repeatable : bool
        Whether the rows can be read again. Those of a stream cannot.
    """

    feature_names: tuple[str, ...]
    target: str
    is_repeatable: bool = True

    @abstractmethod
    def reduce[T](
        self, task: Callable[[Batch], T | None], merge: Callable[[T, T], T]
    ) -> T | None:
        """Return the results of a task on all batches, merged two at a time.

        Parameters
        ----------
        task : callable
            Takes a batch of at least one row, and returns None if no row counts. It
            and its results can be pickled.
        merge : callable
            Takes two results, and does not depend on their order but for rounding.

        Returns
        -------
        object or None
            None if there are no rows that count.

        Raises
        ------
        ValueError
            If a row is not valid, naming its place.
        """

    def reduce_pieces[T](
        self, task: Callable[[Batch], T | None], merge: Callable[[T, T], T]
    ) -> T | None:
        """Do the same for a task that needs few rows of a batch in memory at a time.

        The batches may be larger than those of ``reduce``.
        """
        return self.reduce(task, merge)

    def __repr__(self) -> str:
        p = len(self.feature_names)
        names = listed(self.feature_names)
        return f"{type(self).__name__}(<{p} features>, {names}, target {self.target!r})"


class LocalPartitions(Partitions):
    """Parts that this process reads, one after another.

    Attributes
    ----------
    n_rows, n_bytes : int or None
        The number of rows, and the bytes of their files. None where only a pass tells.
    progress : bool
        Whether a bar tells how far a pass is, if a person watches.
    """

    n_rows: int | None = None
    n_bytes: int | None = None
    progress: bool = False

    @abstractmethod
    def loads(self) -> Iterator[Callable[[], Batch]]:
        """Yield what makes each batch of at least one row, in order.

        Threads call them, while this one goes on.
        """

    def batches(self) -> Iterator[Batch]:
        """Yield all rows, in batches of at least one."""
        for load in self.loads():
            batch = load()
            yield Batch(batch.X, batch.y, batch.weights, batch.place)

    @override
    def reduce[T](
        self, task: Callable[[Batch], T | None], merge: Callable[[T, T], T]
    ) -> T | None:
        return self.reduce_loads(self.loads(), task, merge)

    def reduce_loads[T](
        self,
        loads: Iterable[Callable[[], Batch]],
        task: Callable[[Batch], T | None],
        merge: Callable[[T, T], T],
    ) -> T | None:
        """Return the results of a task on the batches that are made, merged."""
        columns = len(self.feature_names)

        def counted(item: tuple[int, Callable[[], Batch]]) -> tuple[T | None, int, int]:
            number, load = item
            batch = load().numbered(number)
            return task(batch), batch.n_rows, 8 * batch.n_rows * columns

        with (
            reading(self.n_rows, self.n_bytes, shown=self.progress) as advance,
            closing(results(counted, enumerate(loads))) as found,
        ):
            return merged(self._told(found, advance), merge)

    def _told[T](
        self, found: Iterable[tuple[T | None, int, int]], advance: Advance
    ) -> Iterator[T | None]:
        """Yield results of batches, and tell how far the pass is."""
        for result, rows, size in found:
            if self.n_rows and self.n_bytes:
                size = round(self.n_bytes * rows / self.n_rows)
            advance(rows, size)
            yield result


def merged[T](results: Iterable[T | None], merge: Callable[[T, T], T]) -> T | None:
    """Return results merged as a balanced tree, with few of them kept at a time.

    Those that are None do not count. Rounding grows with the depth of the tree, which
    is the logarithm of their number.
    """
    waiting: list[tuple[int, Any]] = []  # subtrees, with the number of their leaves
    for result in results:
        if result is None:
            continue
        size = 1
        while waiting and waiting[-1][0] == size:
            result, size = merge(waiting.pop()[1], result), 2 * size
        waiting.append((size, result))
    if not waiting:
        return None
    return reduce(lambda right, left: merge(left, right), [e for _, e in waiting[::-1]])
