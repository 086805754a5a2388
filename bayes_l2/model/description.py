"""A model in words and formulas: its assumptions, and the objective of its MAP."""

import re
from typing import Any

from bayes_l2.model.layout import NOISE_SD, PRIOR_SD
from bayes_l2.model.likelihoods.base import Terms
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.pairs import KNOWN_PAIRS, entry, words

SYMBOLS = {NOISE_SD: "σ", PRIOR_SD: "τ"}
WITH_PENALTY = "with the penalty"


def assumptions(model: LinearModel) -> dict[str, Any]:
    """Return the assumptions of a model, in the order in which a reader needs them.

    Parameters
    ----------
    model : LinearModel
        The model.

    Returns
    -------
    dict
        Sentences under ``likelihood``, ``prior``, ``intercept`` and ``objective``, and
        under ``estimator`` where the model was read from a fitted one, else None;
        numbers under ``rows``, ``features``, ``noise_sd``, ``prior_sd`` and
        ``penalty``, which are None where the model has none. An unknown scale is
        there by its prior, as text.

    Raises
    ------
    ValueError
        If the report does not know the likelihood or the prior.
    """
    likelihood, prior = model.likelihood, model.prior
    entry(
        dict.fromkeys(KNOWN_PAIRS),
        likelihood,
        prior,
        route="the report",
        instead="describe this model in your own words",
    )
    terms = _terms(model)
    return {
        "rows": model.n_rows,
        "features": model.n_features,
        "likelihood": likelihood.sentence(terms),
        "prior": prior.belief() + (", of each class" if model.layout.classes else ""),
        "intercept": _intercept(model),
        "estimator": None if model.origin is None else model.origin.text,
        "objective": _objective(model, terms),
        "noise_sd": _number_or_text(likelihood.sd),
        "prior_sd": _number_or_text(prior.sd),
        "penalty": _penalty(model),
    }


def _terms(model: LinearModel) -> Terms:
    first, less = ("a + ", "a - ") if model.intercept else ("", "")
    is_weighted = model.weights is not None
    if model.likelihood.has_statistics:
        is_weighted = is_weighted or model.statistics.is_weighted
    classes = model.classes or ()
    return Terms(f"{first}Xb", f"y - {less}Xb", is_weighted, classes)


def _objective(model: LinearModel, terms: Terms) -> str:
    likelihood = model.likelihood
    return model.prior.objective(
        likelihood.formula(terms),
        in_noise_units=likelihood.has_statistics,
        is_penalty=_penalty(model) is not None,
    )


def _penalty(model: LinearModel) -> float | None:
    try:
        return model.penalty
    except ValueError:
        return None


def _number_or_text(sd: Any) -> float | str | None:
    return sd if sd is None or isinstance(sd, float) else repr(sd)


def _intercept(model: LinearModel) -> str:
    if not model.intercept:
        return "none"
    if not model.layout.classes:
        return "a: flat prior, never penalised"
    last = model.layout.classes[-1]
    return f"a_k: flat prior, never penalised, summing to 0: that of {last} is left out"


def assumption_lines(model: LinearModel) -> list[tuple[str, str]]:
    """Return the assumptions as pairs of a heading and a line."""
    facts, prior = assumptions(model), model.prior
    lines = [
        ("data", f"{facts['rows']} rows, {facts['features']} features"),
        ("likelihood", facts["likelihood"]),
        ("prior", facts["prior"]),
        ("intercept", facts["intercept"]),
    ]
    if model.origin is not None:
        lines.append(("fitted estimator", model.origin.name))
        lines += [("", note) for note in model.origin.notes]
    for name, scale in model.unknown_scales.items():
        lines.append((name, _law_of_scale(name, scale)))
    lines.append((_heading_of_objective(model), facts["objective"]))
    lines.append(("which is", words(model.likelihood, prior)))
    if facts["penalty"]:
        lines.append((WITH_PENALTY, _formula_of_penalty(model)))
    return lines


def formulas(model: LinearModel) -> list[tuple[str, str]]:
    """Return those assumptions that are formulas, under the same headings.

    They hold no names of the data: classes are there by numbers, -1 and 1 for two.
    """
    likelihood, prior = model.likelihood, model.prior
    terms = _terms(model)._replace(classes=())
    belief = "p(b) ∝ 1" if prior.is_flat else _law(prior.belief())
    lines = [("likelihood", _law(likelihood.sentence(terms))), ("prior", belief)]
    if model.intercept:
        lines.append(("intercept", f"p({'a_k' if model.layout.classes else 'a'}) ∝ 1"))
    for name, scale in model.unknown_scales.items():
        lines.append((name, _law_of_scale(name, scale)))
    objective = _objective(model, terms).rstrip(",")
    lines.append((_heading_of_objective(model), objective))
    if _penalty(model):
        lines.append((WITH_PENALTY, _formula_of_penalty(model)))
    return lines


def _heading_of_objective(model: LinearModel) -> str:
    if model.mode_is_mean:
        return "so the MAP minimises"
    given = " and ".join(SYMBOLS[name] for name in model.unknown_scales)
    return f"so given {given} the MAP minimises"


def _law(sentence: str) -> str:
    """Return the formula that a sentence begins with."""
    return re.split(r", (?:each|else|k one)| with ", sentence)[0]


def _law_of_scale(name: str, scale: Any) -> str:
    return f"{SYMBOLS[name]} ~ {str(scale).removeprefix('priors.')}"


def _formula_of_penalty(model: LinearModel) -> str:
    noise_sd, prior_sd = model.likelihood.sd, model.prior.sd
    relative = model.prior.relative_to_noise or noise_sd is None
    ratio = "1 / " if relative else f"{noise_sd:g}² / "
    symbols = "1/τ²" if relative else "σ²/τ²"
    return f"α = {symbols} = {ratio}{prior_sd:g}² = {model.penalty:.6g}"
