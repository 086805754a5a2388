"""The content of a report that can be handed in, whatever its format."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from bayes_l2.comparison.check import Check, Claim
from bayes_l2.comparison.document.blocks import (
    Block,
    Bullets,
    Code,
    Document,
    Facts,
    Formula,
    Paragraph,
    Section,
    Value,
)
from bayes_l2.comparison.document.circumstances import Circumstances, versions
from bayes_l2.comparison.document.pictures import pictures
from bayes_l2.comparison.document.tables import (
    checks_table,
    results_table,
    scales_table,
)
from bayes_l2.comparison.report import Reported, has_failed
from bayes_l2.comparison.text.pictures import Drawn
from bayes_l2.comparison.text.verdict import advice, shown_checks, verdict
from bayes_l2.comparison.text.wording import with_figure
from bayes_l2.model.description import assumption_lines, formulas

if TYPE_CHECKING:
    import xarray as xr

TITLE = "A linear model, fitted by several routes"
RULE = "-log posterior = -log likelihood - log prior + constant"
SYMBOLS = (
    ("y", "the target, a number or a label for each row"),
    ("X", "the table of features, with a column for each coefficient"),
    ("b", "the coefficients"),
    ("a", "the intercept"),
    ("σ", "the noise sd"),
    ("τ", "the prior sd"),
    ("α", "the penalty"),
)


class Documented(Reported, Drawn, Protocol):
    """The parts of a comparison that the document shows."""

    @property
    def claims(self) -> Sequence[Claim]:
        """The claims of theory."""
        ...

    @cached_property
    def checks(self) -> list[Check]:
        """All checks."""
        ...

    @property
    def log_evidence(self) -> float | None:
        """The log marginal density of y, or None."""
        ...

    @property
    def not_applicable(self) -> dict[str, str]:
        """Reason by route."""
        ...

    @property
    def failed(self) -> dict[str, str]:
        """Error by route."""
        ...


def document_of(comparison: Documented, circumstances: Circumstances) -> Document:
    """Return the report of a comparison.

    Sections without content are left out.
    """
    found = ((name, write(comparison, circumstances)) for name, write in SECTIONS)
    return Document(TITLE, [Section(name, blocks) for name, blocks in found if blocks])


def _outcome(comparison: Documented, told: Circumstances) -> list[Block]:
    line = verdict(comparison, with_figure(told.wording))
    tone = "fail" if has_failed(comparison) else "pass"
    if not any(check.passed for check in comparison.checks):
        tone = "fail"
    return [Paragraph(line, tone)]


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
            pairs.append((heading, Formula(formula, _beyond(line, formula))))
    used = " ".join(by_heading.values())
    legend = [f"{symbol}: {words}" for symbol, words in SYMBOLS if symbol in used]
    return [
        Paragraph(
            "A loss is a negative log-likelihood, and a penalty is a negative "
            "log-prior. So a penalised fit is the point of highest posterior density, "
            "the MAP:"
        ),
        Facts([("", Formula(RULE))]),
        Facts(pairs),
        Bullets(legend, "quiet"),
    ]


def _beyond(line: str, formula: str) -> str:
    """Return the words of a line that its formula does not say."""
    return line.removeprefix(formula).removeprefix(", ").removeprefix(": ")


def _choices(comparison: Documented, told: Circumstances) -> list[Block]:
    model = comparison.model
    facts: dict[str, Any] = {
        "noise sd σ": model.likelihood.sd,
        "prior sd τ": model.prior.sd,
        "penalty α": model.penalty if _has_penalty(comparison) else None,
        "log evidence": comparison.log_evidence,
    }
    numbers = [
        (name, Value(f"{value:.6g}", float(value)))
        for name, value in facts.items()
        if isinstance(value, float)
    ]
    lines = [*told.choices]
    lines += [f"{route} does not apply: {why}" for route, why in _without(comparison)]
    lines += [
        f"{route} ended in an error: {e}" for route, e in comparison.failed.items()
    ]
    blocks: list[Block] = []
    if numbers:
        blocks.append(Facts(numbers))
    if lines:
        blocks.append(Bullets(lines))
    return blocks


def _has_penalty(comparison: Documented) -> bool:
    return any(name == "with the penalty" for name, _ in formulas(comparison.model))


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
    blocks: list[Block] = []
    for heading, sentences in told.meaning:
        blocks += [Paragraph(heading), Bullets(sentences)]
    return blocks


def _reproduction(comparison: Documented, told: Circumstances) -> list[Block]:
    lines = [f"Versions: {versions()}."]
    drawn = _of_draws(comparison.mcmc)
    seed = told.seed if told.seed is not None else drawn.get("seed")
    if comparison.mcmc is not None:
        if "given" in drawn:
            lines.append("The draws were given, and come from another program.")
        elif seed is None:
            lines.append("The sampler had no seed: other draws differ by chance.")
        else:
            lines.append(f"Seed of the sampler: {seed}.")
        sizes = comparison.mcmc["posterior"].sizes
        lines.append(f"Draws: {sizes['chain']} chains of {sizes['draw']} each.")
    return [Code(told.command or _in_python(comparison, seed)), Bullets(lines)]


def _of_draws(tree: "xr.DataTree | None") -> Mapping[str, Any]:
    return {} if tree is None else dict(tree.attrs)


def _in_python(comparison: Documented, seed: int | None) -> str:
    """Return the lines of Python that make the comparison; X and y are the reader's."""
    model = comparison.model
    routes = [
        name
        for name in ("penalised", "map", "exact", "mcmc")
        if getattr(comparison, name) is not None or name in comparison.failed
    ]
    terms = f"likelihood={model.likelihood!r}, prior={model.prior!r}"
    intercept = "" if model.intercept else ", intercept=False"
    given = "" if seed is None else f", seed={seed}"
    return (
        "from bayes_l2 import LinearModel, compare, likelihoods, priors\n\n"
        f"model = LinearModel(X, y, {terms}{intercept})\n"
        f"comparison = compare(model, routes={routes}{given})"
    )


# A scene of the explorer would be one more entry before the last.
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
    ("To reproduce this", _reproduction),
)
