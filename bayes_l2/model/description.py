"""A model in words and formulas: what it assumes, and what its MAP minimises."""

from typing import Any

import numpy as np

from bayes_l2.model import likelihoods
from bayes_l2.model.layout import NOISE_SD, PRIOR_SD
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.priors import Flat, Laplace
from bayes_l2.model.scales import Scale, ScalePrior


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
        deviation = (
            "b" if isinstance(prior, Flat) or not np.any(prior.mean) else "b - m0"
        )
        general = (
            f"({deviation})' S0⁻¹ ({deviation})"
            if prior.sd is None
            else f"||{deviation}||² / τ²"
        )
        if isinstance(model.likelihood, likelihoods.Normal):
            objective = (
                f"{loss}{'' if prior.relative_to_noise else ' / σ²'} + {general}"
            )
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
    weighted = model.weights is not None or (
        model.likelihood.sd is not None and model.statistics.is_weighted
    )
    weight = "weight " if weighted else ""
    match model.likelihood:
        case likelihoods.Normal(sd=sd):
            sentence = f"y ~ Normal({line}, {_squared(sd, 'σ')}{' / weight' if weighted else ''})"
            return (
                sentence,
                f"Σ weight ({residual})²" if weighted else f"||{residual}||²",
            )
        case likelihoods.Laplace(scale=scale):
            return (
                f"y ~ Laplace({line}, {scale:g}{' / weight' if weighted else ''})",
                f"Σ {weight}|{residual}| / {scale:g}",
            )
        case likelihoods.Bernoulli():
            first, second = model.classes or (-1, 1)
            loss = f"Σ {weight}log(1 + exp(∓({line}))), - where y = {second},"
            return f"P(y = {second}) = 1 / (1 + exp(-({line}))), else y = {first}", loss
    shown = ", ".join(map(str, (model.classes or ())[:4])) + (
        ", ..." if len(model.classes or ()) > 4 else ""
    )
    line = line.replace("a", "a_k").replace("Xb", "Xb_k")
    return (
        f"P(y = k) ∝ exp({line}), k one of {shown}",
        f"Σ {weight}(log Σ_k exp({line}) - that of y's class)",
    )


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
    penalty = (
        "no penalty"
        if isinstance(model.prior, Flat)
        else f"an {model.prior.name} penalty"
    )
    lines.append((heading, facts["objective"]))
    lines.append(("which is", f"{model.likelihood.name} loss with {penalty}"))
    if facts["penalty"]:
        relative = model.prior.relative_to_noise or model.likelihood.sd is None
        ratio = "1 / " if relative else f"{facts['noise_sd']:g}² / "
        formula = f"{'1/τ²' if relative else 'σ²/τ²'} = {ratio}{facts['prior_sd']:g}²"
        lines.append(("with the penalty", f"α = {formula} = {facts['penalty']:.6g}"))
    return lines
