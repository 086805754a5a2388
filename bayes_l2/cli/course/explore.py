"""The command ``bayes-l2 explore``."""

import sys
import tempfile
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bayes_l2.cli import options
from bayes_l2.cli.files import require_distinct, require_writable
from bayes_l2.cli.terminal import interruptible, one_line, warning_line
from bayes_l2.files import draft_of

if TYPE_CHECKING:
    from bayes_l2.cli.problem.data import DataOptions
    from bayes_l2.explorer.columns import Columns

NAME = "explorer.html"

File = Annotated[
    str | None,
    typer.Argument(
        help="Table with a line of names: CSV, Parquet, Arrow or Excel; - is standard "
        "input. Without one, the explorer has its examples alone.",
        metavar="FILE",
        rich_help_panel="Data",
    ),
]
Target = Annotated[
    str | None,
    typer.Option(
        help="Column to predict; all others are features.",
        metavar="COL",
        rich_help_panel="Data",
    ),
]
Features = Annotated[
    str | None,
    typer.Option(
        help="The one to three columns to use as features. Without them, the two whose "
        "coefficients lie farthest from 0 in posterior sds, among all standardised "
        "features.",
        metavar="COL,COL",
        rich_help_panel="Data",
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        help="Write the page here, .html. Without one, a page with a table is in a new "
        "temporary folder.",
        metavar="FILE",
        rich_help_panel="Output",
    ),
]
Browser = Annotated[
    bool,
    typer.Option(
        help="Whether to open the page in the browser, where the output is a terminal.",
        rich_help_panel="Output",
    ),
]


def explore(
    file: File = None,
    target: Target = None,
    features: Features = None,
    drop: options.Drop = None,
    encode: options.Encode = False,
    drop_missing: options.DropMissing = False,
    na: options.Na = None,
    sep: options.Sep = None,
    decimal: options.Decimal = None,
    encoding: options.Encoding = None,
    output: Output = None,
    browser: Browser = True,
) -> None:
    """Open the explorer, and print the path of its file.

    The explorer is one HTML file that needs no network, with the columns of a table in
    it. It holds at most 2000 rows. If there are more, a fixed seed draws 2000.
    """
    from bayes_l2.cli.problem.data import DataOptions
    from bayes_l2.explorer.page import PAGE, explorer_page

    if output is not None:
        require_writable(output, "--output", (".html",))
        require_distinct({"FILE": file}, {"--output": output})
    asked = DataOptions(
        file=file,
        target=target,
        features=features,
        drop=tuple(drop or ()),
        encode=encode,
        drop_missing=drop_missing,
        na=na,
        sep=sep,
        decimal=decimal,
        encoding=encoding,
        standardise=False,
        stream=False,
        predict=None,
    )
    with interruptible():
        columns, scene = _columns(asked)
        page = explorer_page(columns, scene=scene)
    path = output
    if path is None and columns is None:
        path = PAGE
    else:
        if path is None:
            path = Path(tempfile.mkdtemp(prefix="bayes-l2-")) / NAME
        with draft_of(path, "--output") as draft:
            draft.write_text(page, encoding="utf-8", newline="\n")
    print(path)
    if browser and sys.stdout.isatty():
        webbrowser.open(path.resolve().as_uri())


def _columns(asked: "DataOptions") -> "tuple[Columns | None, str]":
    """Return the columns and their first scene, and say which they are."""
    from bayes_l2.cli.problem import exploring

    if asked.file is None:
        exploring.require_no_table_options(asked)
        return None, ""
    found = exploring.shown_columns(asked)
    for line in found.warnings:
        warning_line(line)
    for line in found.notes:
        one_line(line)
    return found.columns, found.scene
