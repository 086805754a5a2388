"""A model in words and formulas: its assumptions, and the objective of its MAP."""

from typing import Any

from bayes_l2.model.layout import NOISE_SD, PRIOR_SD
from bayes_l2.model.likelihoods.base import Terms
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.pairs import KNOWN_PAIRS, entry, words

SYMBOLS = {NOISE_SD: "σ", PRIOR_SD: "τ"}


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
    terms, penalty = _terms(model), _penalty(model)
    return {
        "rows": model.n_rows,
        "features": model.n_features,
        "likelihood": likelihood.sentence(terms),
        "prior": prior.belief() + (", of each class" if model.layout.classes else ""),
        "intercept": _intercept(model),
        "estimator": None if model.origin is None else model.origin.text,
        "objective": prior.objective(
            likelihood.formula(terms),
            in_noise_units=likelihood.has_statistics,
            is_penalty=penalty is not None,
        ),
        "noise_sd": _number_or_text(likelihood.sd),
        "prior_sd": _number_or_text(prior.sd),
        "penalty": penalty,
    }


def _terms(model: LinearModel) -> Terms:
    first, less = ("a + ", "a - ") if model.intercept else ("", "")
    is_weighted = model.weights is not None
    if model.likelihood.has_statistics:
        is_weighted = is_weighted or model.statistics.is_weighted
    classes = model.classes or ()
    return Terms(f"{first}Xb", f"y - {less}Xb", is_weighted, classes)


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
        lines.append((name, f"{SYMBOLS[name]} ~ {str(scale).removeprefix('priors.')}"))
    heading = "so the MAP minimises"
    if not model.mode_is_mean:
        given = " and ".join(SYMBOLS[name] for name in model.unknown_scales)
        heading = f"so given {given} the MAP minimises"
    lines.append((heading, facts["objective"]))
    lines.append(("which is", words(model.likelihood, prior)))
    if facts["penalty"]:
        relative = prior.relative_to_noise or model.likelihood.sd is None
        ratio = "1 / " if relative else f"{facts['noise_sd']:g}² / "
        symbols = "1/τ²" if relative else "σ²/τ²"
        formula = f"{symbols} = {ratio}{facts['prior_sd']:g}²"
        lines.append(("with the penalty", f"α = {formula} = {facts['penalty']:.6g}"))
    return lines
