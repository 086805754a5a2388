"""What a person reads of a model and of a comparison: its assumptions in words, tables for terminal and notebook."""

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2 import likelihoods
from bayes_l2.model import LinearModel
from bayes_l2.parameters import NOISE_SD, PENALTY, PRIOR_SD
from bayes_l2.priors import Flat, Laplace
from bayes_l2.scale_priors import Scale, ScalePrior

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import RenderableType

    from bayes_l2.checks import Check
    from bayes_l2.comparisons.base import Comparison
    from bayes_l2.selection import Choice

HEADINGS = {
    "ridge": "ridge",
    "penalised": "penalised\nfit",
    "map": "MAP",
    "exact": "exact\nmean",
    "exact_sd": "exact\nsd",
    "laplace_sd": "Laplace\nsd",
    "mcmc": "MCMC\nmean",
    "mcmc_mcse": "MCMC\n± MCSE",
    "mcmc_sd": "MCMC\nsd",
    "r_hat": "R-hat",
    "ess_bulk": "bulk\nESS",
}
CHECK_HEADINGS = ("check", "claim", "measured", "allowed", "note")
VERDICTS = {True: "pass", False: "FAIL", None: "n/a"}


def assumptions(model: LinearModel) -> dict[str, Any]:
    """Return what the model assumes, in the order in which a reader needs it.

    Parameters
    ----------
    model : LinearModel
        The model.

    Returns
    -------
    dict
        Sentences under ``likelihood``, ``prior``, ``intercept`` and ``objective``; numbers under ``rows``,
        ``features``, ``noise_sd``, ``prior_sd`` and ``penalty``, the last two None where the prior has none. An unknown
        scale stands there by its prior, as text.
    """
    noise_sd, prior, unknown = model.likelihood.sd, model.prior, model.unknown_scales
    noise = " σ²" if prior.relative_to_noise else ""
    sentence, loss = _likelihood(model)
    try:
        penalty: float | None = model.penalty
    except ValueError:
        penalty = None
    if isinstance(prior, Laplace):
        squares = " / 2σ²" if isinstance(model.likelihood, likelihoods.Normal) else ""
        objective = f"{loss}{squares} + Σ|b| / {prior.scale:g}"
    elif penalty is not None:
        half = "" if isinstance(model.likelihood, likelihoods.Normal) else " / 2"
        objective = loss + (f" + α ||b||²{half}" if penalty else "")
    else:
        deviation = "b" if isinstance(prior, Flat) or not np.any(prior.mean) else "b - m0"
        general = f"({deviation})' S0⁻¹ ({deviation})" if prior.sd is None else f"||{deviation}||² / τ²"
        if isinstance(model.likelihood, likelihoods.Normal):
            objective = f"{loss}{'' if prior.relative_to_noise else ' / σ²'} + {general}"
        else:
            objective = f"{loss} + ½ {general}"
    if isinstance(prior, Flat):
        belief = "b: flat"
    elif isinstance(prior, Laplace):
        belief = f"b ~ Laplace(0, {prior.scale:g}), each coefficient by itself"
    elif prior.sd is not None:
        mean = "m0" if len(prior.mean) > 1 else f"{prior.mean[0]:g}"
        belief = f"b ~ Normal({mean}, {_squared(prior.sd, 'τ')}{noise}), each coefficient by itself"
    else:
        belief = f"b ~ Normal(m0, S0{noise}) with a full covariance, {prior.size} × {prior.size}"
    return {
        "rows": model.n_rows,
        "features": model.n_features,
        "likelihood": sentence,
        "prior": belief + (", of each class" if model.layout.classes else ""),
        "intercept": _intercept(model),
        "objective": objective,
        "noise_sd": repr(noise_sd) if NOISE_SD in unknown else noise_sd,
        "prior_sd": repr(prior.sd) if PRIOR_SD in unknown else prior.sd,
        "penalty": penalty,
    }


def _likelihood(model: LinearModel) -> tuple[str, str]:
    """Return the likelihood as a sentence, and the loss that it is."""
    line = f"{'a + ' if model.intercept else ''}Xb"
    residual = f"y - {'a - ' if model.intercept else ''}Xb"
    weighted = model.weights is not None or (model.likelihood.sd is not None and model.statistics.is_weighted)
    weight = "weight " if weighted else ""
    match model.likelihood:
        case likelihoods.Normal(sd=sd):
            sentence = f"y ~ Normal({line}, {_squared(sd, 'σ')}{' / weight' if weighted else ''})"
            return sentence, f"Σ weight ({residual})²" if weighted else f"||{residual}||²"
        case likelihoods.Laplace(scale=scale):
            return (
                f"y ~ Laplace({line}, {scale:g}{' / weight' if weighted else ''})",
                f"Σ {weight}|{residual}| / {scale:g}",
            )
        case likelihoods.Bernoulli():
            first, second = model.classes or (-1, 1)
            loss = f"Σ {weight}log(1 + exp(∓({line}))), - where y = {second},"
            return f"P(y = {second}) = 1 / (1 + exp(-({line}))), else y = {first}", loss
    shown = ", ".join(map(str, (model.classes or ())[:4])) + (", ..." if len(model.classes or ()) > 4 else "")
    line = line.replace("a", "a_k").replace("Xb", "Xb_k")
    return f"P(y = k) ∝ exp({line}), k one of {shown}", f"Σ {weight}(log Σ_k exp({line}) - that of y's class)"


def _intercept(model: LinearModel) -> str:
    if not model.intercept:
        return "none"
    if model.layout.classes:
        return f"a_k: flat prior, never penalised, summing to 0: that of {model.layout.classes[-1]} is left out"
    return "a: flat prior, never penalised"


def _squared(sd: Scale, symbol: str) -> str:
    """Return the square of a known sd, or of the symbol of an unknown one."""
    return f"{symbol if isinstance(sd, ScalePrior) else f'{sd:g}'}²"


def assumption_lines(model: LinearModel) -> list[tuple[str, str]]:
    """Return the assumptions as pairs of a heading and a line."""
    facts = assumptions(model)
    lines = [
        ("data", f"{facts['rows']} rows, {facts['features']} features"),
        ("likelihood", facts["likelihood"]),
        ("prior", facts["prior"]),
        ("intercept", facts["intercept"]),
    ]
    symbols = {NOISE_SD: "σ", PRIOR_SD: "τ"}
    for name, prior in model.unknown_scales.items():
        lines.append((name, f"{symbols[name]} ~ {str(prior).removeprefix('priors.')}"))
    given = " and ".join(symbols[name] for name in model.unknown_scales)
    heading = (
        "so the MAP minimises"
        if model.likelihood.sd is None or model.mode_is_mean
        else f"so given {given} the MAP minimises"
    )
    penalty = "no penalty" if isinstance(model.prior, Flat) else f"an {model.prior.name} penalty"
    lines.append((heading, facts["objective"]))
    lines.append(("which is", f"{model.likelihood.name} loss with {penalty}"))
    if facts["penalty"]:
        relative = model.prior.relative_to_noise or model.likelihood.sd is None
        ratio = "1 / " if relative else f"{facts['noise_sd']:g}² / "
        formula = f"{'1/τ²' if relative else 'σ²/τ²'} = {ratio}{facts['prior_sd']:g}²"
        lines.append(("with the penalty", f"α = {formula} = {facts['penalty']:.6g}"))
    return lines


def model_block(model: LinearModel) -> "RenderableType":
    """Return the assumptions for a terminal, a line each."""
    from rich.table import Table
    from rich.text import Text

    block = Table.grid(padding=(0, 2))
    for heading, line in assumption_lines(model):
        block.add_row(Text(heading, style="bold"), Text(line))
    return block


def result_block(comparison: "Comparison") -> "RenderableType":
    """Return the table, the checks and the verdict for a terminal."""
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("parameter", overflow="fold")
    for column in comparison.table.columns:
        table.add_column(HEADINGS[column], justify="right", overflow="fold")
    for name, row in cells(comparison.table):
        table.add_row(Text(name), *row)

    checks = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in CHECK_HEADINGS:
        checks.add_column(heading, justify="right" if heading in ("measured", "allowed") else "left", overflow="fold")
    styles = {True: "green", False: "bold red", None: "dim"}
    for check in shown_checks(comparison):
        first, *others = check_cells(check)
        checks.add_row(Text(first, style=styles[check.passed]), *map(Text, others))
    scales = [Text(line) for line in scale_lines(comparison)]
    return Group(table, *scales, checks, Text(verdict(comparison), style="bold"))


def choice_line(choice: "Choice") -> str:
    """Return how the penalty was chosen, in one line."""
    names = {
        "evidence": "evidence" + (" (Laplace approximation)" if choice.path is None else ""),
        "loo": "leave-one-out error",
        "gcv": "GCV",
        "cv": "K-fold error",
    }
    by = names.get(choice.by, "the median of its posterior")
    edge = ""
    if choice.edge is not None:
        asked = {"smallest": "the data ask for no penalty", "largest": "no column says much of y"}[choice.edge]
        if choice.path is None and choice.edge == "smallest":
            asked = "planes part the classes, or nearly, so give a prior sd"
        edge = f", the {choice.edge} tried: {asked}"
    return f"Penalty chosen by {by}: α = {choice.penalty:.4g}{edge}"


def scale_lines(comparison: "Comparison") -> list[str]:
    """Return the exact posterior of each unknown scale and of the penalty, a line each."""
    symbols = {NOISE_SD: "noise sd σ", PRIOR_SD: "prior sd τ", PENALTY: "penalty α"}
    return [
        f"{symbols[name]}: exact median {each['median']:.4g}, 95 % from {each['low']:.4g} to {each['high']:.4g}"
        for name, each in comparison.scales.items()
    ]


def as_rich(comparison: "Comparison") -> "RenderableType":
    """Return the comparison for a terminal: assumptions, table, checks."""
    from rich.console import Group

    return Group(model_block(comparison.model), "", result_block(comparison))


def as_html(comparison: "Comparison") -> str:
    """Return the comparison for a notebook: the same, as HTML tables."""
    lines = "".join(
        f"<tr><th style='text-align:left'>{escape(heading)}</th><td style='text-align:left'>{escape(line)}</td></tr>"
        for heading, line in assumption_lines(comparison.model)
    )
    head = "".join(f"<th>{escape(HEADINGS[column])}</th>" for column in comparison.table.columns)
    body = "".join(
        f"<tr><th>{escape(name)}</th>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
        for name, row in cells(comparison.table)
    )
    check_head = "".join(f"<th style='text-align:left'>{heading}</th>" for heading in CHECK_HEADINGS)
    checks = "".join(
        f"<tr>{''.join(f"<td style='text-align:left'>{escape(cell)}</td>" for cell in check_cells(check))}</tr>"
        for check in shown_checks(comparison)
    )
    return (
        f"<table>{lines}</table>"
        f"<table><thead><tr><th>parameter</th>{head}</tr></thead><tbody>{body}</tbody></table>"
        f"{''.join(f'<p>{escape(line)}</p>' for line in scale_lines(comparison))}"
        f"<table><thead><tr>{check_head}</tr></thead>"
        f"<tbody>{checks}</tbody></table><p><b>{escape(verdict(comparison))}</b></p>"
    )


def cells(table: "pd.DataFrame") -> list[tuple[str, list[str]]]:
    """Return the table's rows as text, each number with the digits that mean something."""
    rows = []
    for name, row in table.to_dict(orient="index").items():
        decimals = decimals_for(next((row[sd] for sd in ("exact_sd", "laplace_sd", "mcmc_sd") if sd in row), 0.0))
        formats = {"r_hat": ".3f", "ess_bulk": ".0f"}
        texts = [f"{value + 0.0:{formats.get(str(key), decimals)}}" for key, value in row.items()]
        rows.append((str(name), ["" if text == "nan" else text for text in texts]))
    return rows


def decimals_for(sd: float) -> str:
    """Return the number format that shows three significant digits of a standard deviation."""
    if not 1e-4 < sd < 1e5:
        return ".4g"
    exponent = int(f"{sd:e}".split("e")[1])
    return f".{max(0, 2 - exponent)}f"


def shown_checks(comparison: "Comparison") -> list["Check"]:
    """Return the checks but those of routes that were left out, of which there is nothing to say."""
    return [check for check in comparison.checks if check.was_asked]


def check_cells(check: "Check") -> tuple[str, ...]:
    """Return a check as text, in the order of ``CHECK_HEADINGS``."""
    if check.statistic is None or check.tolerance is None:
        return VERDICTS[check.passed], check.claim, "", "", check.reason
    if check.at_least:
        return VERDICTS[check.passed], check.claim, f"{check.statistic:.0f}", f"≥ {check.tolerance:g}", check.reason
    unit = f" {check.unit}" if check.unit else ""
    measured = f"{check.statistic:{'#.4g' if check.statistic >= 1 else '.2g'}}{unit}"
    return VERDICTS[check.passed], check.claim, measured, f"≤ {check.tolerance:.3g}", check.reason


def verdict(comparison: "Comparison") -> str:
    """Return the outcome in one line."""
    counts = {verdict: sum(check.passed is verdict for check in shown_checks(comparison)) for verdict in VERDICTS}
    parts = [f"{counts[True]} of {counts[True] + counts[False]} checks passed"]
    if counts[None]:
        parts.append(f"{counts[None]} not applicable")
    return ", ".join(parts) + "."
