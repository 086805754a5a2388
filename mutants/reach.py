"""The lines of the package that each test runs, and the CPU seconds that it takes.

A test runs again only after its file, or a file of which it runs a line, has changed.
"""

import gzip
import os
import pickle
import sys
from collections import defaultdict
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

type Lines = dict[str, int]  # a mask of bits for each file
MONITOR = sys.monitoring.PROFILER_ID


@dataclass
class Reached:
    """What one test runs, with its shared fixtures, while its files are the same."""

    seconds: float = 0.0
    lines: Lines = field(default_factory=dict[str, int])
    texts: dict[str, str] = field(default_factory=dict[str, str])
    passed: bool = True

    def is_current(self) -> bool:
        """Return whether the files of the test are those that it was run with."""
        return all(digest(path) == text for path, text in self.texts.items())


def digest(path: str, *, known: dict[str, str] = {}) -> str:  # noqa: B006 a cache
    """Return a short hash of a file's text."""
    if path not in known:
        file = Path(path)
        text = file.read_bytes() if file.exists() else b""
        known[path] = sha256(text).hexdigest()[:12]
    return known[path]


def load(path: Path) -> dict[str, Reached]:
    """Return what the file holds, by the test's id."""
    if not path.exists():
        return {}
    return pickle.loads(gzip.decompress(path.read_bytes()))


def save(path: Path, reached: dict[str, Reached]) -> None:
    """Write what each test runs to the file."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(pickle.dumps(reached), compresslevel=1))


class Recorder:
    """A plugin of pytest that records which lines each test runs."""

    def __init__(self, functions: Iterable[FunctionType]) -> None:
        self.reached: dict[str, Reached] = {}
        self._lines = defaultdict[str, int](int)
        self._fixtures: dict[Any, Reached] = {}
        self._caches = _caches("tests.")
        monitoring = sys.monitoring
        monitoring.use_tool_id(MONITOR, "mutants")
        monitoring.register_callback(MONITOR, monitoring.events.LINE, self._line)
        for function in functions:
            for code in codes(function.__code__):
                monitoring.set_local_events(MONITOR, code, monitoring.events.LINE)

    def _line(self, code: CodeType, line: int) -> object:
        self._lines[code.co_filename] |= 1 << line
        return sys.monitoring.DISABLE  # until the next test

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Generator[None, Any, Any]:
        """Record the lines of a fixture, which other tests share."""
        outer, start = self._lines, _cpu()
        self._lines = defaultdict(int)
        sys.monitoring.restart_events()
        try:
            return (yield)
        finally:
            lines, self._lines = self._lines, outer
            _add(self._lines, lines)
            if fixturedef.scope != "function":
                self._fixtures[_key(fixturedef)] = Reached(_cpu() - start, dict(lines))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Record the lines of a test, and those of the fixtures that it shares."""
        self._lines, start, before = defaultdict(int), _cpu(), set(self._fixtures)
        self.reached[item.nodeid] = reached = Reached()
        for cached in self._caches:  # each test runs what it reads
            cached.cache_clear()
        sys.monitoring.restart_events()
        result = yield
        reached.seconds = _cpu() - start
        fixtures = getattr(item, "_fixtureinfo", None)
        found = fixtures.name2fixturedefs.values() if fixtures else ()
        for definition in (d for definitions in found for d in definitions):
            shared = self._fixtures.get(_key(definition))
            if shared:
                _add(self._lines, shared.lines)
                reached.seconds += (
                    0 if _key(definition) not in before else shared.seconds
                )
        reached.lines = dict(self._lines)
        paths = [str(item.path), *reached.lines]
        reached.texts = {path: digest(path) for path in paths}
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that fails without any mutant; no mutant meets it."""
        self.reached[report.nodeid].passed &= not report.failed


def codes(code: CodeType) -> Iterable[CodeType]:
    """Yield a code object and those inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


def _caches(prefix: str) -> list[Any]:
    """Return the functions of modules that keep their results."""
    modules = [
        module for name, module in sys.modules.items() if name.startswith(prefix)
    ]
    found = [each for module in modules for each in vars(module).values()]
    return [each for each in found if isinstance(each, type(cache(len)))]


def _add(total: Lines, lines: Lines) -> None:
    for path, mask in lines.items():
        total[path] = total.get(path, 0) | mask


def _key(fixturedef: Any) -> tuple[str, str]:
    return fixturedef.baseid, fixturedef.argname


def _cpu() -> float:
    return sum(os.times()[:4])
