"""The command ``bayes-l2 compare``."""

import json
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from bayes_l2.cli import options
from bayes_l2.cli.meaning import meaning_lines, meaning_of
from bayes_l2.cli.outputs import Outputs, coverage_of
from bayes_l2.cli.terminal import (
    console,
    interruptible,
    kept_warnings,
    warning_line,
)

if TYPE_CHECKING:
    from bayes_l2.model.linear_model import LinearModel
    from bayes_l2.selection.choose import Choice

CHAINS = 4  # as the help of --draws says


def compare(
    context: typer.Context,
    file: options.File = None,
    target: options.Target = None,
    features: options.Features = None,
    drop: options.Drop = None,
    encode: options.Encode = False,
    drop_missing: options.DropMissing = False,
    na: options.Na = None,
    sep: options.Sep = None,
    decimal: options.Decimal = None,
    encoding: options.Encoding = None,
    standardise: options.Standardise = False,
    stream: options.Stream = False,
    likelihood: options.Likelihood = "normal",
    prior: options.Prior = "normal",
    prior_sd: options.PriorSd = None,
    noise_sd: options.NoiseSd = None,
    choose: options.Choose = None,
    intercept: options.Intercept = True,
    routes: options.Routes = "penalised,map,exact,mcmc",
    engine: options.Engine = "nutpie",
    draws: options.Draws = 1000,
    tune: options.Tune = 1000,
    seed: options.Seed = 1,
    as_json: options.AsJson = False,
    meaning: options.Meaning = False,
    report: options.Report = None,
    plot: options.Plot = None,
    predict: options.Predict = None,
    output: options.Output = None,
    coverage: options.Coverage = None,
    save: options.Save = None,
) -> int:
    """Fit one linear model by several routes, and check that they agree.

    The routes are the penalised fit, the MAP, the exact posterior and MCMC. If there is
    no exact posterior, as for classes, the draws are checked by two identities that
    hold for every smooth posterior.

    Exit status: 0 if a check passed and none failed; 1 if one failed, as where a route
    did not converge, or if there was nothing to compare; 2 on bad input.
    """
    from bayes_l2.cli.problem.data import DataOptions
    from bayes_l2.cli.problem.models import ModelOptions, problem_of
    from bayes_l2.comparison.text.routes import route_name

    asked = [route_name(route.strip(), "--routes") for route in routes.split(",")]
    outputs = Outputs(report, plot, output, save, coverage_of(coverage))
    outputs.require_writable(file, predict)
    with interruptible():
        model, data, choice, cautions, new = problem_of(
            DataOptions(
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
                standardise=standardise,
                stream=stream,
                predict=predict,
            ),
            ModelOptions(
                intercept=intercept,
                likelihood=likelihood,
                noise_sd=noise_sd,
                prior=prior,
                prior_sd=prior_sd,
                choose=choose,
                routes=tuple(asked),
                engine=engine,
                saves=save is not None,
            ),
        )
    # a pass over a file needs memory that these take, and gives it back
    from bayes_l2.comparison import report as printed
    from bayes_l2.comparison.compare import compare as compare_routes
    from bayes_l2.comparison.document.circumstances import Circumstances
    from bayes_l2.comparison.text.wording import COMMAND_LINE, with_figure
    from bayes_l2.model.draws import require_amount
    from bayes_l2.selection.choose import choice_line

    asked, left_out = _possible(model, asked)
    outputs.require_intervals(model)
    require_amount(model, draws, tune, CHAINS, seed)
    said_by_penalty = meaning_of(model) if meaning else None
    notes = [*data.notes, *left_out]
    if new is not None:
        notes += [f"{predict}: {line}" for line in new.attrs.get("notes", ())]
    screen = console(110, quiet=as_json)
    screen.say(data.source, style="bold")
    for line in notes:
        screen.say(line)
    for line in cautions:
        warning_line(line)
    if choice is not None:
        screen.say(choice_line(choice))
    screen.print(printed.model_block(model))
    warned = list(cautions)
    with interruptible(), kept_warnings(warned):
        comparison = compare_routes(
            model,
            routes=asked,
            seed=seed,
            engine=engine,
            draws=draws,
            tune=tune,
            chains=CHAINS,
        )
    # so that its predict takes rows in the units of the file, and a kept one's too
    comparison = replace(comparison, standardisation=data.standardisation)
    for line in outputs.cautions(comparison):
        warned.append(line)
        warning_line(line)
    if as_json:
        said = {"data": data.source, "notes": notes, "warnings": warned}
        found = {**said, "choice": _plain(choice), **comparison.to_dict()}
        if said_by_penalty is not None:
            found["meaning"] = said_by_penalty.to_dict()
        print(json.dumps(found, indent=2, allow_nan=False))
    wording = with_figure(COMMAND_LINE) if outputs.has_figure else COMMAND_LINE
    screen.print(printed.Results(comparison, wording))
    if said_by_penalty is not None:
        for line in ("", *meaning_lines(said_by_penalty, screen.width)):
            screen.say(line)
    told = Circumstances(
        source=data.source,
        notes=notes,
        warnings=warned,
        choices=[] if choice is None else [choice_line(choice)],
        command=shlex.join(["bayes-l2", *context.obj]),
        seed=seed,
        meaning=said_by_penalty,
        wording=COMMAND_LINE,
    )
    for line in outputs.write(comparison, new, told):
        screen.say(line)
    return 0 if comparison.passed else 1


def _possible(model: "LinearModel", asked: list[str]) -> tuple[list[str], list[str]]:
    """Return the routes that the rows of a model allow, and a line on the others."""
    from bayes_l2.model.partitioned.rows import PartitionedRows

    if not isinstance(model.data, PartitionedRows):
        return asked, []
    kept = [each for each in asked if each in ("map", "exact")]
    without = [each for each in asked if each not in kept]
    if not without:
        return kept, []
    verb = "is" if len(without) == 1 else "are"
    they = "it needs" if len(without) == 1 else "they need"
    return kept, [
        f"{' and '.join(without)} {verb} left out: {they} the rows in memory; compare "
        "a sample of the rows too"
    ]


def _plain(choice: "Choice | None") -> dict[str, object] | None:
    """Return a choice for JSON."""
    if choice is None:
        return None
    return {"by": choice.by, "penalty": choice.penalty, "at_edge": choice.at_edge}
