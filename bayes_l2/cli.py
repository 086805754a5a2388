"""The command line: ``bayes-l2``."""

import json
import sys
import tempfile
import warnings
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

if TYPE_CHECKING:
    from bayes_l2.comparison import Comparison
    from bayes_l2.model import LinearModel

DIABETES_PRIOR_SD, DIABETES_NOISE_SD = 20.0, 54.0
PLOT_FORMATS = (".png", ".svg", ".pdf")

app = typer.Typer(
    name="bayes-l2",
    help="L2 regularisation is MAP estimation under a Gaussian prior. See it, on your data.",
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
)


class EngineName(StrEnum):
    """What runs the numerical routes."""

    NUTPIE = "nutpie"
    PYMC = "pymc"


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.", is_eager=True)] = False,
) -> None:
    """L2 regularisation is MAP estimation under a Gaussian prior. See it, on your data."""
    if version:
        from bayes_l2 import __version__

        print(f"bayes-l2 {__version__}")
        raise typer.Exit


def one_line(message: Warning | str, *_: object, **__: object) -> None:
    """Print a warning as one line, without the source line that Python adds."""
    print(f"bayes-l2: {message}", file=sys.stderr)


@app.command()
def compare(
    csv: Annotated[
        str | None,
        typer.Argument(help="CSV file with a header line; without one, scikit-learn's diabetes data, standardised."),
    ] = None,
    target: Annotated[
        str | None, typer.Option(help="Column of the CSV to predict; all others are features.", metavar="COL")
    ] = None,
    prior_sd: Annotated[
        float | None,
        typer.Option(help="Prior sd of every coefficient, in y per unit of the column. [default: 20 for diabetes]"),
    ] = None,
    noise_sd: Annotated[
        float | None, typer.Option(help="Noise sd, in the units of y. [default: 54 for diabetes]")
    ] = None,
    intercept: Annotated[bool, typer.Option(help="Whether to fit an intercept, which is never penalised.")] = True,
    standardise: Annotated[
        bool,
        typer.Option(
            "--standardise", "--standardize", help="Scale the CSV's features to mean 0 and sd 1 (divisor n) first."
        ),
    ] = False,
    routes: Annotated[
        str, typer.Option(help="Comma-separated, among ridge, map, exact, mcmc.")
    ] = "ridge,map,exact,mcmc",
    engine: Annotated[
        EngineName,
        typer.Option(
            help="nutpie: scipy and nutpie on this package's log posterior. "
            "pymc: find_MAP and PyMC's own NUTS on a PyMC program of the raw rows."
        ),
    ] = EngineName.NUTPIE,
    draws: Annotated[int, typer.Option(help="Draws kept of each of four chains.", min=1)] = 1000,
    tune: Annotated[int, typer.Option(help="Draws of each chain spent on adaptation.", min=1)] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of the sampler.", min=0)] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    plot: Annotated[Path | None, typer.Option(help="Write a figure here: .png, .svg or .pdf.", metavar="FILE")] = None,
) -> int:
    """Fit one linear model by ridge, MAP, exactly and by MCMC, and check that they agree.

    Exit status: 0 if no check failed, 1 if one did, 2 on bad input.
    """
    from bayes_l2 import report, validation
    from bayes_l2.comparison import ROUTES
    from bayes_l2.comparison import compare as compare_routes

    chosen = [validation.one_of(route.strip(), ROUTES, "--routes") for route in routes.split(",")]
    if plot is not None and plot.suffix.lower() not in PLOT_FORMATS:
        raise ValueError(f"--plot must end in {', '.join(PLOT_FORMATS)}; got {str(plot)!r}")
    if plot is not None and not plot.parent.is_dir():
        raise ValueError(f"--plot: there is no folder {str(plot.parent)!r}")
    model, source = _model(csv, target, prior_sd, noise_sd, intercept, standardise)
    console = Console(width=None if sys.stdout.isatty() else 110, highlight=False)
    if not as_json:
        console.print(source, style="bold", markup=False)
        console.print(report.model_block(model))
    try:
        comparison = compare_routes(model, routes=chosen, seed=seed, engine=engine.value, draws=draws, tune=tune)
    except KeyboardInterrupt as stop:
        one_line(str(stop) or "interrupted")
        raise typer.Exit(130) from None
    if plot is not None:
        _write_figure(comparison, plot)
    if as_json:
        print(json.dumps({"data": source, **comparison.to_dict()}, indent=2, allow_nan=False))
    else:
        console.print(report.result_block(comparison))
        if plot is not None:
            console.print(f"Figure: {plot}", markup=False)
    return 0 if comparison.passed else 1


def _model(
    csv: str | None,
    target: str | None,
    prior_sd: float | None,
    noise_sd: float | None,
    intercept: bool,
    standardise: bool,
) -> "tuple[LinearModel, str]":
    """Return the model to compare on and one line on where its data come from."""
    from bayes_l2 import datasets, likelihoods, priors
    from bayes_l2.model import LinearModel

    if csv is None:
        if target is not None:
            raise ValueError("--target names a column of a CSV file; give the file first")
        if standardise:
            raise ValueError("--standardise is for a CSV file; the diabetes data are standardised already")
        X, y = datasets.diabetes()
        prior_sd = DIABETES_PRIOR_SD if prior_sd is None else prior_sd
        noise_sd = DIABETES_NOISE_SD if noise_sd is None else noise_sd
        source = "Diabetes data (Efron et al. 2004), features standardised (divisor n)"
    else:
        if target is None or prior_sd is None or noise_sd is None:
            needed = {"--target": target, "--prior-sd": prior_sd, "--noise-sd": noise_sd}
            missing = [option for option, value in needed.items() if value is None]
            raise ValueError(f"with a CSV file, {', '.join(missing)} must be given")
        X, y = datasets.read_csv(csv, target)
        X = datasets.standardise(X) if standardise else X
        source = f"{csv}, target {target}" + (", features standardised (divisor n)" if standardise else "")
    model = LinearModel(
        X,
        y,
        likelihood=likelihoods.Normal(noise_sd),
        prior=priors.Normal(prior_sd),
        intercept=intercept,
    )
    return model, source


def _write_figure(comparison: "Comparison", path: Path) -> None:
    """Write the figure to a file beside its place and move it there, so that no half a figure stays behind."""
    import matplotlib as mpl

    mpl.use("agg")  # no window
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        draft = Path(folder) / f"figure{path.suffix}"
        comparison.plot().savefig(draft, dpi=150)
        draft.replace(path)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its status; bad input is one line on standard error and status 2."""
    try:
        words = list(sys.argv[1:] if arguments is None else arguments)
        with warnings.catch_warnings():
            warnings.showwarning = one_line
            status = app(args=words or ["--help"], prog_name="bayes-l2", standalone_mode=False)
    except typer.Exit as stop:
        status = stop.exit_code
    except typer.TyperException as error:  # usage: an unknown option, a word where a number belongs
        status = _refuse(error.format_message())
    except (ValueError, ArithmeticError, OSError) as error:
        status = _refuse(str(error))
    sys.exit(status or 0)


def _refuse(message: str) -> int:
    one_line(" ".join(message.split()))
    return 2
