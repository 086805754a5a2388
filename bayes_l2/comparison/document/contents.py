"""The content of a report that can be handed in, whatever its format."""

from collections.abc import Callable, Iterable
from typing import Any

from bayes_l2.comparison.document.blocks import (
    Block,
    Bullets,
    Document,
    Facts,
    Formula,
    Paragraph,
    Section,
    Value,
)
from bayes_l2.comparison.document.circumstances import Circumstances
from bayes_l2.comparison.document.documented import Documented
from bayes_l2.comparison.document.mathml import names_in
from bayes_l2.comparison.document.pictures import meaning_picture, pictures
from bayes_l2.comparison.document.reproduction import reproduction
from bayes_l2.comparison.document.scene.section import scene_section
from bayes_l2.comparison.document.tables import (
    checks_table,
    results_table,
    scales_table,
    value_of,
)
from bayes_l2.comparison.report import SCALES, has_failed
from bayes_l2.comparison.text.verdict import advice, shown_checks, verdict
from bayes_l2.comparison.text.wording import with_figure
from bayes_l2.model.description import WITH_PENALTY, assumption_lines, formulas
from bayes_l2.model.layout import NOISE_SD, PRIOR_SD
from bayes_l2.selection.meaning.sentences import blocks as sentences_of
from bayes_l2.texts import LONGEST, shortened

TITLE = "A linear model, fitted by several routes"
RULE = "-log posterior = -log likelihood - log prior + constant"
SYMBOLS = (
    ("y", "the target, a number or a label for each row"),
    ("X", "the table of features, with a column for each coefficient"),
    ("b", "the coefficients"),
    ("a", "the intercept"),
    ("m0", "the prior means"),
    ("S0", "the prior covariance"),
    ("s", "the prior scale of each column"),
    ("j", "the number of a column"),
    ("k", "a class"),
    ("σ", "the noise sd"),
    ("τ", "the prior sd"),
    ("α", "the penalty"),
)


def document_of(comparison: Documented, circumstances: Circumstances) -> Document:
    """Return the report of a comparison.

    Sections without content are left out.
    """
    found = ((name, write(comparison, circumstances)) for name, write in SECTIONS)
    return Document(TITLE, [Section(name, blocks) for name, blocks in found if blocks])


def _outcome(comparison: Documented, told: Circumstances) -> list[Block]:
    line = verdict(comparison, with_figure(told.wording))
    return [Paragraph(line, "pass" if comparison.passed else "fail")]


def _data(comparison: Documented, told: Circumstances) -> list[Block]:
    model = comparison.model
    lines = [told.source] * bool(told.source)
    lines.append(f"{model.n_rows} rows, {model.n_features} features")
    blocks: list[Block] = [Bullets([*lines, *told.notes])]
    if told.warnings:
        blocks.append(
            Bullets([f"Warning: {each}" for each in told.warnings], "warning")
        )
    return blocks


def _model(comparison: Documented, told: Circumstances) -> list[Block]:
    model = comparison.model
    by_heading = dict(formulas(model))
    pairs: list[tuple[str, str | Value | Formula]] = []
    for heading, line in assumption_lines(model)[1:]:  # the first is on the data
        formula = by_heading.get(heading)
        if formula is None:
            pairs.append((heading, line))
        else:
            words = _beyond(line, formula)
            if heading == "likelihood" and not words and model.classes:
                first, second = model.classes
                words = f"y = 1 stands for {second}, and y = -1 for {first}"
            pairs.append((heading, Formula(formula, shortened(words, LONGEST))))
    return [
        Paragraph(
            "A loss is a negative log-likelihood, and a penalty is a negative "
            "log-prior. So a penalised fit is the point of highest posterior density, "
            "the MAP:"
        ),
        Facts([("", Formula(RULE))]),
        Facts(pairs),
        Bullets(legend(by_heading.values()), "quiet"),
    ]


def legend(lines: Iterable[str]) -> list[str]:
    """Return the meaning of each symbol in some formulas, a line each."""
    used = set().union(*map(names_in, lines))
    return [f"{symbol}: {words}" for symbol, words in SYMBOLS if symbol[0] in used]


def _beyond(line: str, formula: str) -> str:
    """Return the words of a line that its formula does not say."""
    if line.startswith(formula):
        return line.removeprefix(formula).lstrip(", ")
    name, _, words = line.partition(": ")
    return words if name in ("a", "a_k", "b") else ""


def _assumptions(comparison: Documented) -> list[str]:
    """Return what no check of the routes can tell: all of them assume it."""
    model = comparison.model
    predictor = "a + Xb" if model.intercept else "Xb"
    lines = [
        f"y depends on the features by {predictor} alone.",
        "The rows are independent, given the coefficients.",
    ]
    if comparison.standardisation is not None:
        lines.append("The features are standardised: the unit of a column is its sd.")
    unknown = [SCALES[name] for name in model.unknown_scales]
    if unknown:
        names = " and the ".join(unknown)
        lines.append(f"The posterior averages over the {names}, by a prior.")
    sds = {NOISE_SD: model.likelihood.sd, PRIOR_SD: model.prior.sd}
    known = [SCALES[name] for name, sd in sds.items() if isinstance(sd, float)]
    if known:
        verb, them = ("is", "it") if len(known) == 1 else ("are", "them")
        lines.append(
            f"The {' and the '.join(known)} {verb} treated as known: no interval "
            f"includes uncertainty about {them}."
        )
    return [*lines, "The checks compare routes. They do not test these assumptions."]


def _choices(comparison: Documented, told: Circumstances) -> list[Block]:
    model = comparison.model
    facts: dict[str, Any] = {
        "noise sd σ": model.likelihood.sd,
        "prior sd τ": model.prior.sd,
        "penalty α": model.penalty if _has_penalty(comparison) else None,
    }
    numbers = [
        (name, Value(f"{value:.6g}", value))
        for name, value in facts.items()
        if isinstance(value, float)
    ]
    evidence = comparison.log_evidence
    if evidence is not None:
        by = "" if comparison.exact is not None else ", by the Laplace approximation"
        numbers.append((f"log evidence{by}", value_of(f"{evidence:.4f}", evidence)))
    lines = [*_assumptions(comparison), *told.choices]
    without = comparison.not_applicable
    lines += [f"{route} does not apply: {why}" for route, why in without.items()]
    lines += [
        f"{route} ended in an error: {e}" for route, e in comparison.failed.items()
    ]
    blocks: list[Block] = [Facts(numbers)] if numbers else []
    return [*blocks, Bullets(lines)]


def _has_penalty(comparison: Documented) -> bool:
    return any(name == WITH_PENALTY for name, _ in formulas(comparison.model))


def _results(comparison: Documented, told: Circumstances) -> list[Block]:
    blocks: list[Block] = []
    table, left_out = results_table(comparison, told.wording)
    if len(table.headings) > 1:
        blocks.append(table)
    if left_out:
        blocks.append(Paragraph(left_out, "quiet"))
    if comparison.scales:
        blocks.append(scales_table(comparison))
    return blocks


def _checks(comparison: Documented, told: Circumstances) -> list[Block]:
    words = (
        "sd is the posterior standard deviation of a coefficient. MCSE is the "
        "Monte-Carlo standard error: how far an average of draws may be from the "
        "exact mean by chance."
    )
    return [checks_table(comparison), Paragraph(words, "quiet")]


def _next(comparison: Documented, told: Circumstances) -> list[Block]:
    if not has_failed(comparison):
        return []
    faults = dict.fromkeys(
        each.fault for each in shown_checks(comparison) if each.fault
    )
    return [
        Bullets([f"Failed: {fault}" for fault in faults]),
        Bullets(advice(comparison, told.wording)),
    ]


def _figures(comparison: Documented, told: Circumstances) -> list[Block]:
    return list(pictures(comparison))


def _meaning(comparison: Documented, told: Circumstances) -> list[Block]:
    if told.meaning is None:
        return []
    blocks: list[Block] = []
    for heading, sentences in sentences_of(told.meaning):
        blocks += [Paragraph(heading), Bullets(sentences)]
    return [*blocks, meaning_picture(told.meaning)]


SECTIONS: tuple[tuple[str, Callable[[Documented, Circumstances], list[Block]]], ...] = (
    ("Outcome", _outcome),
    ("Data", _data),
    ("Model", _model),
    ("Assumptions and choices", _choices),
    ("Results", _results),
    ("Checks", _checks),
    ("To try next", _next),
    ("Figures", _figures),
    ("Meaning of the penalty", _meaning),
    ("To explore", scene_section),
    ("To reproduce this", reproduction),
)
