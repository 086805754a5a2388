"""The command ``bayes-l2``."""

import sys
import warnings
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer

from bayes_l2.cli import compare, conventions
from bayes_l2.cli.course import ask, equivalences, exercises, explore, export
from bayes_l2.cli.garbage import rare_collections
from bayes_l2.cli.help import Command, Group
from bayes_l2.cli.terminal import clean_end, one_line, streams, warning_line
from bayes_l2.texts import shortened

MOTTO = (
    "L2 regularisation is MAP estimation under a Gaussian prior. Check it on your data."
)

# characters of a message that repeats what was typed, and of a word in it
LONGEST_LINE, LONGEST_WORD = 400, 200

EXAMPLES = """\b
Examples:
  bayes-l2 compare
  bayes-l2 compare data.csv --target y --standardise
  bayes-l2 compare data.csv --target kind --likelihood bernoulli --encode
  bayes-l2 compare data.csv --target y --predict new.csv --output out.csv"""

app = typer.Typer(
    name="bayes-l2",
    help=MOTTO,
    cls=Group,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
)

app.command(
    cls=Command,
    epilog=EXAMPLES,
    short_help="Fit a linear model by several routes; check that they agree.",
)(compare.compare)
# -1 is a number, not an option
negative_numbers = {"ignore_unknown_options": True}
app.command(cls=Command, context_settings=negative_numbers)(conventions.convert)
app.command(
    cls=Command,
    short_help="List each library's objective and the prior it stands for.",
)(conventions.conventions)
app.command(
    cls=Command,
    short_help="Find a question about L2, with a short answer that is tested.",
)(ask.ask)
app.command(
    cls=Command,
    short_help="Compute methods that equal ridge; print how far they differ.",
)(equivalences.equivalences)
app.command(
    cls=Command,
    short_help="Open the explorer: drag points and sliders in the browser.",
)(explore.explore)
exercises.app.command(cls=Command)(export.export)
app.add_typer(exercises.app)


@app.callback(invoke_without_command=True, help=MOTTO)
def root(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and exit.", is_eager=True),
    ] = False,
) -> None:
    """Print the version if it is asked for."""
    if version:
        from bayes_l2 import __version__

        print(f"bayes-l2 {__version__}")
        raise typer.Exit


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its status.

    Bad input is one line on standard error, and status 2.
    """
    with rare_collections(), streams(), clean_end():
        status = _status(list(sys.argv[1:] if arguments is None else arguments))
    sys.exit(status or 0)


@cache
def _command() -> Any:
    """Return the command, once in a process: an app makes it anew in each call."""
    return typer.main.get_command(app)


def _status(words: list[str]) -> int | None:
    """Run the command and return its status."""
    try:
        with warnings.catch_warnings():
            warnings.showwarning = warning_line
            name, run = "bayes-l2", _command()
            return run(args=words, prog_name=name, standalone_mode=False, obj=words)
    except typer.Exit as stop:
        return stop.exit_code
    except typer.Abort:  # Ctrl-C
        one_line("interrupted")
        return 130
    # usage: an unknown option, a word where a number belongs
    except typer.TyperException as error:
        return _refuse(_with_way_out(error.format_message(), words))
    except BrokenPipeError:
        raise
    except SystemExit as stop:
        if stop.code == 1:  # the answer of typer to a closed pipe
            raise BrokenPipeError from None
        raise
    except (ValueError, ArithmeticError, OSError) as error:
        return _refuse(str(error))
    except MemoryError as error:
        return _refuse(f"too little memory: {error}")


def _with_way_out(message: str, words: list[str]) -> str:
    """Add what to type where a file stands in the place of the command."""
    if not message.startswith("No such command"):
        return message
    try:
        is_file = Path(words[0]).is_file()
    except OSError:  # a name longer than those of files
        is_file = False
    way_out = f" Try: bayes-l2 compare {words[0]} --target COL"
    return f"{message}{way_out * is_file}"


def _refuse(message: str) -> int:
    words = (shortened(word, LONGEST_WORD) for word in message.split())
    one_line(shortened(" ".join(words), LONGEST_LINE))
    return 2
