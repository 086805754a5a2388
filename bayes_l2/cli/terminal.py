"""The console, and messages of one line on standard error."""

import os
import sys

from rich.console import Console


def one_line(message: Warning | str, *_: object, **__: object) -> None:
    """Print a warning as one line, without the source line that Python adds."""
    print(f"bayes-l2: {message}", file=sys.stderr)


def console(width: int) -> Console:
    """Return the console of standard output.

    It is as wide as the terminal, or as ``width`` where there is no terminal.
    """
    known = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Console(width=None if known else width, highlight=False)
