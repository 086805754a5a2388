"""The console, and messages of one line on standard error."""

import os
import shutil
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import wrap
from typing import Any, NoReturn, override

import typer
from rich.console import Console

from bayes_l2.texts import printable

TERMINATED = 128 + signal.SIGTERM
PIPE_CLOSED = 128 + signal.SIGPIPE
PROSE = 80  # width of sentences where the output is not a terminal


def one_line(message: str) -> None:
    """Print one line on standard error; a terminal breaks it between words."""
    line = f"bayes-l2: {printable(message)}"
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns
        words = wrap(line, width, break_long_words=False, break_on_hyphens=False)
        line = "\n".join(words)
    print(line, file=sys.stderr)


def warning_line(message: Warning | str, *_: object, **__: object) -> None:
    """Print a warning as one line, without the source line that Python adds."""
    one_line(f"warning: {message}")


@contextmanager
def kept_warnings(kept: list[str]) -> Iterator[None]:
    """Add the warnings of a block to a list, and print each as one line."""

    def keep(message: Warning | str, *_: object, **__: object) -> None:
        kept.append(str(message))
        warning_line(message)

    with warnings.catch_warnings():
        warnings.showwarning = keep
        yield


@contextmanager
def interruptible() -> Iterator[None]:
    """End the command by one line on Ctrl-C, for which typer would have no words."""
    try:
        yield
    except KeyboardInterrupt as stop:
        one_line(str(stop) or "interrupted")
        raise typer.Exit(130) from None


class _Console(Console):
    def say(self, line: str, *, style: str = "") -> None:
        """Print a line of any origin as text, not as markup."""
        self.print(printable(line), style=style, markup=False)

    def lines(self, text: str) -> None:
        """Print a text of several lines."""
        for line in text.splitlines():
            self.say(line)

    @override
    def on_broken_pipe(self) -> NoReturn:
        """Leave it to ``streams`` to end the command."""
        raise BrokenPipeError


def console(width: int, *, quiet: bool = False) -> _Console:
    """Return the console of standard output.

    It is as wide as the terminal, or as ``width`` where there is no terminal. A quiet
    one prints nothing.
    """
    known = sys.stdout.isatty() or "COLUMNS" in os.environ
    return _Console(width=None if known else width, highlight=False, quiet=quiet)


@contextmanager
def streams() -> Iterator[None]:
    """Keep output going, and end the command where that is not possible.

    A character that the encoding of the output lacks becomes a question mark. Output
    that was closed before the start is thrown away. Output that is closed later ends
    the command with the status of a program that SIGPIPE has ended, and with no words.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by >&-
            # it stays open to the end of the process, as the stream that it replaces
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 - see above
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        _throw_away_output()
        raise SystemExit(PIPE_CLOSED) from None


def _throw_away_output() -> None:
    """Let Python's own flush at the end succeed."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())


@contextmanager
def clean_end() -> Iterator[None]:
    """Let SIGTERM end the command like an error: temporary files are removed."""

    def stop(*_: Any) -> NoReturn:
        raise SystemExit(TERMINATED)

    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may handle signals
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
