"""What may come of bad input: one line in time, or numbers that are finite."""

import signal
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd

CPU_SECONDS = 10
SECONDS = 120  # of a machine that may do other things, too
LONGEST = 300  # characters


class TooLongError(Exception):
    """A call that did not come to its end in time."""


@contextmanager
def in_time() -> Iterator[None]:
    """End what takes too long by an error; a wait takes no CPU time, but others."""

    def stop(*_: Any) -> None:
        raise TooLongError

    before = [signal.signal(each, stop) for each in (signal.SIGPROF, signal.SIGALRM)]
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
        for each, handler in zip((signal.SIGPROF, signal.SIGALRM), before, strict=True):
            signal.signal(each, handler)


def fault_of(call: Callable[[], Any], *words: str) -> str:
    """Return what is wrong with the refusal of a call, nothing if all is well."""
    try:
        with in_time():
            call()
    except Exception as error:
        return fault_of_error(error, *words)
    return "it was not refused"


def fault_of_error(error: Exception, *words: str) -> str:
    """Return what is wrong with an error; one of the words must be in its text."""
    text, kind = str(error), type(error).__name__
    if isinstance(error, TooLongError):
        return "it took too long"
    if type(error) is not ValueError:
        is_dict_for_X = isinstance(error, TypeError) and "not 'dict'" in text
        if not is_dict_for_X:  # scikit-learn asks for a TypeError there
            return f"{kind}: {text}"
    if not text.isprintable() or len(text) > LONGEST:
        return f"no line of {LONGEST} characters: {text!r}"
    if words and not any(word in text for word in words):
        return f"none of {words} is in: {text}"
    return ""


def fault_of_numbers(call: Callable[[], Any]) -> str:
    """Return what is wrong with a call that may be refused or give numbers."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            with in_time():
                found = call()
        except ArithmeticError as error:  # no convergence, which says so
            return "" if str(error).isprintable() else f"no line: {error}"
        except Exception as error:
            return fault_of_error(error)
    return "" if warned or _is_finite(found) else f"not finite: {found!r}"[:200]


def _is_finite(value: Any, depth: int = 3) -> bool:
    """Return whether all numbers of a result are finite."""
    if isinstance(value, pd.DataFrame | pd.Series):
        value = value.to_numpy()
    if isinstance(value, np.ndarray | np.floating | float):
        array = np.asarray(value)
        return array.dtype.kind not in "fc" or bool(np.isfinite(array).all())
    if depth == 0:
        return True
    inner: list[Any] = []
    if isinstance(value, Mapping):
        inner = list(value.values())
    elif isinstance(value, list | tuple):
        inner = list(value)
    elif is_dataclass(value):
        inner = [getattr(value, each.name) for each in fields(value)]
    return all(_is_finite(each, depth - 1) for each in inner)
