"""Silence for the warnings of other libraries, in any number of threads."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_one_at_a_time = threading.RLock()


@contextmanager
def quiet() -> Iterator[None]:
    """Ignore warnings inside, and leave the filters as they were.

    Python's filters belong to the process, and two threads that save and restore them
    in turn leave them changed. Estimators of scikit-learn save and restore them too. So
    one thread at a time is inside.
    """
    with _one_at_a_time, warnings.catch_warnings(action="ignore"):
        yield
