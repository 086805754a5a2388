"""Python's collector of unreachable objects, made rare for a command.

The libraries of a command have 150 000 objects. Python looks at them time and
again while it imports them, and once more at the end of the process: together a sixth
of the time of a command. A command is short, and leaves little garbage.
"""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

NEW_OBJECTS = 50_000  # before a collection; Python's own number is 700 or 2000


@contextmanager
def rare_collections() -> Iterator[None]:
    """Collect rarely inside, and not at the end of the process."""
    before = gc.get_threshold()
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)
    gc.set_threshold(NEW_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
