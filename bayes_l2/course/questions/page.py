"""The page of all questions, as Markdown."""

import re
from collections.abc import Iterator
from posixpath import relpath

from bayes_l2.course.questions.catalogue import QUESTIONS, kinds
from bayes_l2.course.questions.question import Question, anchor

BY_LIBRARY = "By library"
# no links are put into code, headings and links
KEPT = re.compile(
    r"(^```.*?^```$|^#[^\n]*|`[^`]*`|\[[^]]*\]\([^)]*\))", re.MULTILINE | re.DOTALL
)
# how the page uses a term of the glossary, by the anchor of its entry
TERMS = {
    "blue": r"\bBLUE\b",
    "conjugate-prior": r"\bconjugate\b",
    "cross-entropy": r"(?i)\bcross-entropy\b",
    "cross-validation": r"(?i)\b(leave-one-out|cross-validation)\b",
    "effective-sample-size-ess": r"\bESS\b",
    "elastic-net": r"(?i)\belastic net\b",
    "evidence": r"(?i)\bevidence\b",
    "flat-prior": r"(?i)\bflat\b",
    "generalised-cross-validation-gcv": r"\bGCV\b",
    "hamiltonian-monte-carlo-nuts": r"\bNUTS\b",
    "hierarchical-model": r"(?i)\bhierarchical\b",
    "improper": r"(?i)\bimproper\b",
    "laplace-approximation": r"(?i)\bLaplace approximation\b",
    "lasso": r"(?i)\blasso\b",
    "likelihood": r"(?i)(?<!maximum )\blikelihoods?\b",
    "loss": r"(?i)\bloss(es)?\b(?! of)",
    "map": r"\bMAP\b",
    "markov-chain-monte-carlo-mcmc": r"\bMCMC\b",
    "monte-carlo-standard-error-mcse": r"\bMonte-Carlo standard error|\bMCSE",
    "one-hot-encoding": r"(?i)\bone-hot\b",
    "posterior": r"(?i)\bposteriors?\b",
    "quadrature": r"(?i)\bquadrature\b",
    "ridge-regression": r"(?i)\bridge\b",
    "softmax": r"(?i)\bsoftmax\b",
    "weight-decay": r"(?i)\bweight decay\b",
}
HEADING = """\
# Questions that people ask

Each question has a short answer and one snippet. A line with `bayes-l2` is a command,
and all other lines are Python. The tests run every snippet and compare its output with
the page. For a command, the page shows a part of the output. `bayes-l2 ask WORDS` finds
the nearest questions in a terminal.

σ is the noise sd, and τ is the [prior](glossary.md#prior) sd of a coefficient. α, or
`alpha`, is the [penalty](glossary.md#penalty) of ||y − a − Xb||² + α||b||², so
α = σ²/τ². λ is a penalty in other units. The [glossary](glossary.md) has the other
terms.

`uv run bayes-l2 ask --markdown` writes this page from the records in
`bayes_l2/course/questions/`.
"""


def markdown() -> str:
    """Return the page: kinds, all questions, and an index by library."""
    blocks = [HEADING, _contents()]
    for kind in kinds():
        blocks.append(f"## {kind}\n")
        blocks += [_entry(each) for each in QUESTIONS.values() if each.kind == kind]
    return _with_links("\n".join([*blocks, *_index()]))


def _with_links(page: str) -> str:
    """Link the first use of each term of the glossary."""
    pieces = KEPT.split(page)  # what is kept has odd numbers
    for entry, pattern in TERMS.items():
        for place, piece in enumerate(pieces):
            found = None if place % 2 else re.search(pattern, piece)
            if found is not None:
                link = f"[{found[0]}](glossary.md#{entry})"
                rest = [piece[: found.start()], link, piece[found.end() :]]
                pieces[place : place + 1] = rest
                break
    return "".join(pieces)


def _contents() -> str:
    counts = kinds().items()
    lines = [f"- [{kind}](#{anchor(kind)}) ({many})" for kind, many in counts]
    return "\n".join([*lines, f"- [{BY_LIBRARY}](#{anchor(BY_LIBRARY)})", ""])


def _index() -> Iterator[str]:
    """Yield the index by library: a paragraph of links for each."""
    yield f"## {BY_LIBRARY}\n"
    names = {name for each in QUESTIONS.values() for name in each.libraries}
    for name in sorted(names, key=str.casefold):
        about = [each for each in QUESTIONS.values() if name in each.libraries]
        links = [f"[{each.name.replace('-', ' ')}](#{each.anchor})" for each in about]
        yield f"**{name}**: {', '.join(links)}\n"


def _entry(each: Question) -> str:
    language = "sh" if each.is_command else "python"
    to = relpath(each.read_on, "docs")
    return (
        f"### {each.question}\n\n{each.answer}\n\n"
        f"```{language}\n{each.snippet}\n```\n\n"
        f"```text\n{each.prints}\n```\n\n"
        f"Read on: [{each.read_on.partition('#')[0]}]({to})\\\n"
        f"Other words: {each.words}\n"
    )
