"""The command ``bayes-l2 compare``."""

import json
import tempfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bayes_l2.cli.terminal import console, one_line
from bayes_l2.texts import end_of, printable

if TYPE_CHECKING:
    from bayes_l2.comparison.base import Comparison
    from bayes_l2.selection.choose import Choice

PLOT_FORMATS = (".png", ".svg", ".pdf")


def compare(
    csv: Annotated[
        str | None,
        typer.Argument(
            help="CSV file with a header line; without one, data of scikit-learn's, "
            "standardised: diabetes, breast cancer for bernoulli, iris for categorical."
        ),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(
            help="Column of the CSV to predict; all others are features.", metavar="COL"
        ),
    ] = None,
    likelihood: Annotated[
        str,
        typer.Option(
            help="normal (squared error), laplace:SCALE (absolute error), bernoulli "
            "(two classes, cross-entropy), categorical (more classes, softmax) or "
            "poisson (counts).",
            metavar="NAME",
        ),
    ] = "normal",
    prior: Annotated[
        str,
        typer.Option(
            help="normal (L2 penalty, of --prior-sd), laplace:SCALE (L1 penalty), "
            "elasticnet:L1_SCALE,L2_SD (both) or flat (no penalty).",
            metavar="NAME",
        ),
    ] = "normal",
    prior_sd: Annotated[
        str | None,
        typer.Option(
            help="Prior sd of every coefficient, in y per unit of the column: a "
            "number, or a prior on it such as halfcauchy:20. [default: 20 for "
            "diabetes, else chosen, or needed with laplace:SCALE]",
            metavar="SCALE",
        ),
    ] = None,
    noise_sd: Annotated[
        str | None,
        typer.Option(
            help="Noise sd, in the units of y: a number, or a prior on it: "
            "halfnormal:SD, halfcauchy:SCALE, halfstudentt:DF,SCALE, exponential:MEAN, "
            "inversegamma:SHAPE,SCALE (on the variance), flat or flatlog. [default: 54 "
            "for diabetes, else chosen, or needed with --prior]",
            metavar="SCALE",
        ),
    ] = None,
    choose: Annotated[
        Literal["evidence", "loo", "gcv", "cv", "hierarchical"] | None,
        typer.Option(
            help="Choose the penalty by this, and a noise sd that is not a number with "
            "it. [default: evidence for a CSV or for classes, without --prior-sd]"
        ),
    ] = None,
    intercept: Annotated[
        bool,
        typer.Option(help="Whether to fit an intercept, which is never penalised."),
    ] = True,
    standardise: Annotated[
        bool,
        typer.Option(
            "--standardise",
            "--standardize",
            help="Scale the CSV's features to mean 0 and sd 1 (divisor n) first.",
        ),
    ] = False,
    routes: Annotated[
        str,
        typer.Option(
            help="Comma-separated, among penalised (also called ridge), map, exact, "
            "mcmc."
        ),
    ] = "penalised,map,exact,mcmc",
    engine: Annotated[
        Literal["nutpie", "pymc"],
        typer.Option(
            help="nutpie: scipy and nutpie on this package's log posterior. pymc: "
            "find_MAP (except for L1 and absolute error) and PyMC's own NUTS on a PyMC "
            "program of the raw rows."
        ),
    ] = "nutpie",
    draws: Annotated[
        int, typer.Option(help="Draws kept of each of four chains.", min=1)
    ] = 1000,
    tune: Annotated[
        int, typer.Option(help="Draws of each chain spent on adaptation.", min=1)
    ] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of the sampler.", min=0)] = 1,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
    plot: Annotated[
        Path | None,
        typer.Option(help="Write a figure here: .png, .svg or .pdf.", metavar="FILE"),
    ] = None,
) -> int:
    """Fit one linear model by several routes, and check that they agree.

    The routes are the penalised fit, the MAP, the exact posterior and MCMC. Where there
    is no exact posterior, as for classes, the draws are held against identities of the
    posterior.

    Exit status: 0 if a check passed and none failed; 1 if one failed, as where a route
    did not converge, or if there was nothing to compare; 2 on bad input.
    """
    from bayes_l2.cli import models
    from bayes_l2.comparison import report
    from bayes_l2.comparison.compare import compare as compare_routes
    from bayes_l2.comparison.compare import route_name
    from bayes_l2.selection.choose import choice_line

    asked = [route_name(route.strip(), "--routes") for route in routes.split(",")]
    if plot is not None:
        _require_writable(plot)
    model, source, choice = models.problem_of(
        models.Options(
            csv=csv,
            target=target,
            standardise=standardise,
            intercept=intercept,
            likelihood=likelihood,
            noise_sd=noise_sd,
            prior=prior,
            prior_sd=prior_sd,
            choose=choose,
        )
    )
    screen = console(110)
    if not as_json:
        screen.print(printable(source), style="bold", markup=False)
        if choice is not None:
            screen.print(printable(choice_line(choice)), markup=False)
        screen.print(report.model_block(model))
    try:
        comparison = compare_routes(
            model, routes=asked, seed=seed, engine=engine, draws=draws, tune=tune
        )
    except KeyboardInterrupt as stop:
        one_line(str(stop) or "interrupted")
        raise typer.Exit(130) from None
    if as_json:
        found = {"data": source, "choice": _plain(choice), **comparison.to_dict()}
        print(json.dumps(found, indent=2, allow_nan=False))
    else:
        screen.print(report.result_block(comparison))
    if plot is not None:
        _write_figure(comparison, plot)
        if not as_json:
            screen.print(f"Figure: {printable(str(plot))}", markup=False)
    return 0 if comparison.passed else 1


def _plain(choice: "Choice | None") -> dict[str, object] | None:
    """Return a choice for JSON."""
    if choice is None:
        return None
    return {"by": choice.by, "penalty": choice.penalty, "at_edge": choice.at_edge}


def _require_writable(path: Path) -> None:
    """Refuse a figure of another format, or where no file can be written."""
    if path.suffix.lower() not in PLOT_FORMATS:
        raise ValueError(
            f"--plot must end in {', '.join(PLOT_FORMATS)}; got {end_of(path)!r}"
        )
    try:
        if not path.parent.is_dir():
            raise ValueError(f"--plot: there is no folder {end_of(path.parent)!r}")
        if path.is_dir():
            raise ValueError(f"--plot must be a file, got the folder {end_of(path)!r}")
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise ValueError(
            f"--plot: cannot write {end_of(path)!r}: {error.strerror}"
        ) from None


def _write_figure(comparison: "Comparison", path: Path) -> None:
    """Write the figure beside its place and move it there, so that it is whole."""
    import matplotlib as mpl

    mpl.use("agg")  # no window
    drawn = BytesIO()
    comparison.plot().savefig(drawn, format=path.suffix[1:].lower(), dpi=150)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        draft = Path(folder) / "figure"
        draft.write_bytes(drawn.getvalue())
        draft.replace(path)
