"""A process that runs tests with one module's functions changed, and then ends."""

import gc
import mmap
import os
import resource
import signal
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from reach import Reached, codes

type Work = Callable[[mmap.mmap], int]
MEMORY = 6 * 2**30  # bytes that a process may take more than the one it is forked from
PATIENCE = 3  # seconds, and as a multiple of a test's own, until a test is stopped
WALL = 600  # seconds until a test that waits is stopped


@dataclass(frozen=True)
class Ended:
    """How a process ended: its status, its CPU seconds and the test it ran last."""

    status: int
    seconds: float
    last: int


def live_functions(prefix: str) -> list[FunctionType]:
    """Return the functions whose code lies below a path."""
    gc.unfreeze()  # the collector lists no object that tests/conftest.py has frozen
    return [
        each
        for each in gc.get_objects()
        if isinstance(each, FunctionType)
        and each.__code__.co_filename.startswith(prefix)
    ]


def exchange(functions: Sequence[FunctionType], new: CodeType) -> None:
    """Give the functions of a module the code of its changed form."""
    found = list(codes(new))
    count = Counter(_key(code) for code in found)
    by_key = {_key(code): code for code in found if count[_key(code)] == 1}
    for function in functions:
        code = by_key.get(_key(function.__code__))
        if code and code.co_freevars == function.__code__.co_freevars:
            function.__code__ = code


def run(items: Sequence[pytest.Item], reached: dict[str, Reached]) -> Work:
    """Return the work of running tests up to the first failure, whose status is 1."""

    def work(last: mmap.mmap) -> int:
        verdict = _Verdict()
        plugins = items[0].config.pluginmanager
        plugins.register(verdict)
        plugins.unregister(name="terminalreporter")
        for i, item in enumerate(items):
            last[:4] = i.to_bytes(4, "little")
            known = reached.get(item.nodeid, Reached()).seconds
            used = sum(os.times()[:2])
            limit = int(used + PATIENCE * (1 + known)) + 1
            resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
            signal.alarm(WALL)
            following = items[i + 1] if i + 1 < len(items) else None
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            if verdict.failed:
                return 1
        return 0

    return work


class _Verdict:
    failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed |= report.failed


def forked(work: Work) -> Ended:
    """Return how a forked process ends that does some work, with all its children."""
    last = mmap.mmap(-1, 4)
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        status = 2
        try:
            os.setsid()
            null = os.open(os.devnull, os.O_RDWR)
            for stream in range(3):
                os.dup2(null, stream)
            _limit(resource.RLIMIT_CORE, 0)
            _limit(resource.RLIMIT_AS, _size() + MEMORY)
            status = work(last)
        finally:
            os._exit(status)
    _, status, usage = os.wait4(pid, 0)
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    seconds = usage.ru_utime + usage.ru_stime
    return Ended(
        os.waitstatus_to_exitcode(status), seconds, int.from_bytes(last[:4], "little")
    )


def _limit(kind: int, amount: int) -> None:
    resource.setrlimit(kind, (amount, resource.RLIM_INFINITY if amount else 0))


def _size() -> int:
    pages = Path("/proc/self/statm").read_text("ascii").split()[0]
    return int(pages) * resource.getpagesize()


def _key(code: CodeType) -> tuple[Any, ...]:
    return code.co_qualname, code.co_firstlineno
