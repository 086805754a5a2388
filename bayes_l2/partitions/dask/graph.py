"""The graph of a pass: one task for each partition, and a tree that merges results.

Its nodes are of the classes that the specification of dask's graphs names. Dask 2026.8
exports them nowhere but from ``dask._task_spec``. The public ways are not enough:
``to_delayed`` and ``delayed`` leave the reading of a partition to a task of its own,
whose errors do not name the partition, and tuples as tasks are deprecated.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import repeat
from typing import Any
from uuid import uuid4

from bayes_l2.partitions.batch import Batch
from bayes_l2.partitions.dask.blocks import Columns
from bayes_l2.partitions.dask.entries import Fault
from bayes_l2.partitions.partitions import merged
from bayes_l2.texts import shortened

SPLIT_EVERY = 8  # results that one task merges
RETRIES = 2  # of a partition after an error, on a cluster
SECOND_TRY = (
    f"a dask.distributed.Client tries {RETRIES + 1} times, other schedulers once"
)

type Graph = dict[Any, Any]


@dataclass(frozen=True)
class Work:
    """What a pass does with each partition. It travels once, as a node of the graph."""

    columns: Columns
    task: Callable[[Batch], Any]
    merge: Callable[[Any, Any], Any]

    def __call__(self, number: int, *blocks: Any) -> Any:
        """Return the merged results of a partition, None if it has no rows."""
        batches = self.columns.batches(blocks, f"partition {number}")
        numbered = map(Batch.numbered, batches, repeat(number))
        return merged(map(self.task, numbered), self.merge)

    def merge_all(self, *results: Any) -> Any:
        """Merge the results of some partitions."""
        return merged(results, self.merge)


@dataclass(frozen=True)
class Named:
    """A function of dask's graph, the errors of which name the partition."""

    function: Callable[..., Any]
    number: int

    def __call__(self, *args: Any) -> Any:
        """Call the function."""
        try:
            return self.function(*args)
        except Fault as error:
            fault = error.with_traceback(None)  # a cluster writes it to its log
        except Exception as error:  # of whatever kind, where dask reads the rows
            if type(error).__name__ == "Reschedule":  # is no error, but asks a cluster
                raise
            fault = Fault(f"partition {self.number} failed: {in_words(error)}")
            if isinstance(error, OSError):
                fault.args = (f"{fault}; {SECOND_TRY}",)
        raise fault


@dataclass(frozen=True, eq=False)
class Blocks:
    """Dask collections with the same partitions: a table, or arrays.

    Attributes
    ----------
    graph : dict
        The tasks that make all blocks.
    keys : list of tuple
        The keys of the blocks of each partition.
    own : list of list
        The tasks that nothing but one partition needs, which join its task.
    collections : list
        The collections. A cluster keeps persisted rows as long as they live.
    """

    graph: Graph
    keys: list[tuple[Any, ...]]
    own: list[list[Any]]
    collections: list[Any]

    @classmethod
    def of(cls, collections: list[Any]) -> "Blocks":
        """Optimise collections, as dask does before it computes them."""
        from dask._task_spec import convert_legacy_graph
        from dask.base import optimize
        from dask.core import flatten

        if hasattr(collections[0], "optimize"):
            best = [each.optimize() for each in collections]
        else:
            best = list(optimize(*collections))
        graph: Graph = {}
        for each in best:
            graph |= dict(each.__dask_graph__())
        known = set(graph)
        for each in collections:  # what a cluster holds is not in the best graph
            known |= set(each.__dask_graph__())
        graph = convert_legacy_graph(graph)
        keys = [list(flatten(each.__dask_keys__())) for each in best]
        keys = list(zip(*keys, strict=True))
        for number, blocks in enumerate(keys):
            if not known.issuperset(blocks):
                # dask 2026.8 persists some columns of small files like that
                raise ValueError(
                    f"partition {number} of the collection is not in its graph; "
                    "persist a data frame before columns are taken from it"
                )
        return cls(graph, keys, own_tasks(graph, keys), collections)

    def total(
        self, columns: Columns, task: Callable[[Batch], Any], merge: Any
    ) -> tuple[Graph, Any]:
        """Return a graph, and the key there of the merged results of a task."""
        from dask._task_spec import DataNode, Task, TaskRef

        # a cluster spreads tasks of one name evenly if they need few others
        name, part, tree = (f"{each}-{uuid4().hex}" for each in ("pass", "part", "sum"))
        graph = {**self.graph, name: DataNode(name, Work(columns, task, merge))}
        keys: list[Any] = []
        for number, blocks in enumerate(self.keys):
            key = (part, 0, number)
            refs = [TaskRef(each) for each in (name, *blocks)]
            node: Any = Task(key, apply, refs[0], number, *refs[1:])
            node = Task.fuse(*[graph.pop(k) for k in self.own[number]], node, key=key)
            graph[key] = Task(key, Named(node.func, number), *node.args)
            keys.append(key)
        level = 0
        while len(keys) > 1 or not level:
            level += 1
            groups = [
                keys[k : k + SPLIT_EVERY] for k in range(0, len(keys), SPLIT_EVERY)
            ]
            keys = [(tree, level, k) for k in range(len(groups))]
            for key, group in zip(keys, groups, strict=True):
                refs = [TaskRef(each) for each in (name, *group)]
                graph[key] = Task(key, merge_all, *refs)
        return graph, keys[0]


def apply(work: Work, number: int, *blocks: Any) -> Any:
    """Do the work of one partition."""
    return work(number, *blocks)


def merge_all(work: Work, *results: Any) -> Any:
    """Merge the results of some partitions."""
    return work.merge_all(*results)


def own_tasks(graph: Graph, keys: list[tuple[Any, ...]]) -> list[list[Any]]:
    """Return the tasks before each partition that nothing else needs.

    A partition that is made of more reads than it has blocks keeps them apart, so that
    several workers share them.
    """
    from dask._task_spec import Alias, Task

    dependents: dict[Any, int] = {}
    for node in graph.values():
        for key in node.dependencies:
            dependents[key] = dependents.get(key, 0) + 1
    for key in (key for blocks in keys for key in blocks):
        dependents[key] = dependents.get(key, 0) + 1
    found: list[list[Any]] = []
    for blocks in keys:
        seen: dict[Any, int] = {}
        own: list[Any] = []
        waiting = list(blocks)
        reads = 0
        while waiting:
            key = waiting.pop()
            seen[key] = seen.get(key, 0) + 1
            node = graph.get(key)
            if seen[key] < dependents[key] or not isinstance(node, Task | Alias):
                continue
            before = [graph[k] for k in node.dependencies if k in graph]
            if any(each.block_fusion for each in (node, *before)):  # of a shuffle
                continue
            own.append(key)
            waiting += node.dependencies
            reads += not any(isinstance(each, Task) for each in before)
        found.append(own if reads <= len(blocks) else [])
    return found


def in_words(error: BaseException) -> str:
    """Return an error in one line."""
    text = " ".join(str(error).split())
    return shortened(f"{type(error).__name__}: {text}", 200)


def failure(error: Exception) -> str:
    """Return the error of a pass in one line."""
    error = getattr(error, "exception", error)  # dask can wrap that of a process
    if isinstance(error, Fault):
        return str(error)
    if type(error).__name__ != "KilledWorker":
        return f"dask failed: {in_words(error)}"
    key, _, allowed = error.args
    task = f"partition {key[2]}" if isinstance(key, tuple) and len(key) == 3 else key
    return (
        f"{allowed + 1} workers died that had {task} to do; give them more memory, or "
        "make smaller partitions with .repartition() or .rechunk()"
    )
