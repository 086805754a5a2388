"""Formulas as MathML: the same signs in the same order."""

from itertools import product
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np
import pytest

from bayes_l2 import LinearModel, likelihoods, priors
from bayes_l2.comparison.document.mathml import mathml
from bayes_l2.model.description import assumption_lines, formulas
from tests.every_pair import LIKELIHOODS, PRIORS, SCALES, responses

RNG = np.random.default_rng(0)
X = RNG.standard_normal((30, 2))
RESPONSES = responses(RNG, X[:, 0])
WEIGHTS = RNG.uniform(1, 2, 30)
PAIRS = list(product(LIKELIHOODS, PRIORS))
PAIRS += [(likelihoods.Normal(noise), prior) for noise, prior in SCALES]
PAIRS += [
    (likelihoods.Normal(1.0), priors.Normal([1.0, np.inf], mean=[1.0, 2.0])),
    (likelihoods.Poisson(), priors.Laplace([1.0, np.inf])),
]
# how MathML writes what a line of text writes by other signs
SIGNS = {"−": "-", "∼": "~", "‖": "||", "∑": "Σ", "⊤": "'", "\u2061": "", "\u2062": ""}
POWERS = {"²": "2", "⁻¹": "-1", "½": "12"}


def signs(text: str, table: dict[str, str]) -> list[str]:
    """Return the signs of a formula that are no brackets, lines or spaces."""
    for sign, other in table.items():
        text = text.replace(sign, other)
    return sorted(each for each in text if each not in "()/_ ")


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_each_formula_of_each_model_keeps_its_signs(
    intercept: bool, weights: np.ndarray | None
) -> None:
    for likelihood, prior in PAIRS:
        y = RESPONSES[type(likelihood).__name__]
        model = LinearModel(
            X, y, likelihood=likelihood, prior=prior, intercept=intercept,
            weights=weights,
        )  # fmt: skip
        headings = dict(assumption_lines(model))
        for heading, text in formulas(model):
            assert heading in headings
            found = "".join(ElementTree.fromstring(mathml(text)).itertext())
            assert signs(found, SIGNS) == signs(text, POWERS)


def test_ridge_as_mathml() -> None:
    root = ElementTree.fromstring(mathml("||y - Xb||² + α ||b||²"))
    squares = root.findall("./mrow/msup")
    assert ["".join(each[0].itertext()) for each in squares] == ["‖y−X\u2062b‖", "‖b‖"]
    assert [each[1].text for each in squares] == ["2", "2"]


@pytest.mark.parametrize(
    ("text", "above", "below"),
    [
        ("σ²/τ²", "σ2", "τ2"),
        ("54² / 20²", "542", "202"),
        ("1 / (1 + exp(b))", "1", "1+exp\u2061(b)"),
        ("Σ b_j² / (τ² s_j²)", "bj2", "τ2\u2062sj2"),
        ("||b||² / 2σ²", "‖b‖2", "2σ2"),
        ("b² / 2·0.5²", "b2", "2·0.52"),
    ],
)
def test_a_quotient_has_all_of_its_divisor(text: str, above: str, below: str) -> None:
    fraction = next(ElementTree.fromstring(mathml(text)).iter("mfrac"))
    assert ["".join(part.itertext()) for part in fraction] == [above, below]


@pytest.mark.parametrize("text", ["(a + b", "||b", "a + b)", "a /", "("])
def test_a_formula_without_its_brackets_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"formula|closes nothing"):
        mathml(text)


def outline(element: Element) -> str:
    """Return a tree in one line: what MathML calls each part, and how it is spaced."""
    inner = " ".join(map(outline, element))
    spaced = "".join(f"({element.get(key)})" for key in SPACED if element.get(key))
    name = element.tag + spaced
    return f"{name}[{inner}]" if inner else f"{name}:{element.text or ''}"


SPACED = ("form", "lspace", "rspace", "width")
TIMES, APPLY = "mo:\u2062", "mo:\u2061"
BAR, GAP = "mo(0)(0):‖", "mspace(0.3em):"
OUTLINES = {
    "||y - Xb||² + α ||b||²": f"mrow[msup[mrow[{BAR} mrow[mi:y mo:− mi:X {TIMES} mi:b] "
    f"{BAR}] mn:2] mo:+ mi:α {TIMES} msup[mrow[{BAR} mi:b {BAR}] mn:2]]",
    "σ²/(τ² s_j²)": "mfrac[msup[mi:σ mn:2] "
    f"mrow[msup[mi:τ mn:2] {TIMES} msup[msub[mi:s mi:j] mn:2]]]",
    # the minus behind a comma is a sign
    "b ~ Normal(-m0, -S0⁻¹)": f"mrow[mi:b mo:∼ mrow[mi:Normal {APPLY} mrow[mo:( "
    "mrow[mo:− msub[mi:m mn:0] mo:, mo(prefix):− msup[msub[mi:S mn:0] mn:−1]] mo:)]]]",
    "2 of the classes b": f"mrow[mn:2 {GAP} mtext:of the classes {GAP} mi:b]",
    "all of b": f"mrow[mtext:all of {GAP} mi:b]",
    "log σ - a'": f"mrow[mi:log {APPLY} mi:σ mo:− msup[mi:a mo:⊤]]",
    # a quotient ends at a space
    "a/2·b_j c": f"mrow[mfrac[mi:a mrow[mn:2 mo:· msub[mi:b mi:j]]] {TIMES} mi:c]",
    "a/b(c)/d": f"mfrac[mfrac[mi:a mrow[mi:b {APPLY} mrow[mo:( mi:c mo:)]]] mi:d]",
    "a/(b)(c)": "mfrac[mi:a mrow[mrow[mo:( mi:b mo:)] mrow[mo:( mi:c mo:)]]]",
    "Σ_k exp(a_k)": f"mrow[munder[mo:∑ mi:k] mrow[mi:exp {APPLY} "
    "mrow[mo:( msub[mi:a mi:k] mo:)]]]",
}


@pytest.mark.parametrize("text", OUTLINES)
def test_a_formula_has_the_tree_of_presentation_mathml(text: str) -> None:
    (formula,) = ElementTree.fromstring(mathml(text))
    assert isinstance(mathml(text), str)
    assert outline(formula) == OUTLINES[text]
