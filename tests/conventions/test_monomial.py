"""Products of powers: their arithmetic, and their text as Python reads it."""

import re
from fractions import Fraction

import pytest

from bayes_l2.conventions.monomial import Monomial, symbol

n, alpha, sd = symbol("n"), symbol("alpha"), symbol("y_sd")
VALUES = {"n": 7.0, "alpha": 3.0, "y_sd": 0.3}


def read(text: str) -> float:
    """Return the number of a text with squares, roots and spaces for products."""
    text = (
        text.replace("²", "**2")
        .replace("³", "**3")
        .replace("^", "**")
        .replace("sqrt", "SQRT")
    )
    text = re.sub(r"(?<=[\w)]) (?=[\w(S])", "*", text)
    return eval(text.replace("SQRT", "sqrt"), {"sqrt": lambda x: x**0.5}, dict(VALUES))


@pytest.mark.parametrize(
    ("product", "number", "text", "latex"),
    [
        (Monomial(), 1, "1", "1"),
        (alpha, 3, "alpha", r"\alpha"),
        (1 / (2 * n), 1 / 14, "1 / (2 n)", r"\frac{1}{2 n}"),
        (
            alpha * sd / (2 * n),
            3 * 0.3 / 14,
            "alpha y_sd / (2 n)",
            r"\frac{\alpha s_y}{2 n}",
        ),
        (alpha**2 / sd**3, 9 / 0.027, "alpha² / y_sd³", r"\frac{\alpha^2}{s_y^3}"),
        (
            (alpha / n) ** Fraction(1, 2),
            (3 / 7) ** 0.5,
            "sqrt(alpha) / sqrt(n)",
            r"\frac{\sqrt{\alpha}}{\sqrt{n}}",
        ),
        (
            (2 * alpha) ** Fraction(-1, 2),
            6**-0.5,
            "1 / sqrt(2 alpha)",
            r"\frac{1}{\sqrt{2 \alpha}}",
        ),
        (alpha ** Fraction(3, 2), 3**1.5, "alpha sqrt(alpha)", r"\alpha \sqrt{\alpha}"),
        (2 * (2 * n), 28, "4 n", "4 n"),
        (2 * (2 * (2 * n)), 56, "8 n", "8 n"),
    ],
)
def test_a_product_is_its_number_and_its_text(
    product: Monomial, number: float, text: str, latex: str
) -> None:
    assert product.evaluate(VALUES) == pytest.approx(number, rel=1e-15)
    assert product.text() == text
    assert read(text) == pytest.approx(number, rel=1e-15)
    assert product.latex({"alpha": r"\alpha"}) == latex


def test_equal_symbols_cancel() -> None:
    assert alpha * n / n == alpha
    assert "n" not in (n**2 / (n * n))
    assert (alpha / n).replace("n", sd**2) == alpha / sd**2


def test_only_ones_and_twos_are_numbers() -> None:
    with pytest.raises(ValueError, match="must be 1 or 2, got 3"):
        _ = 3 * n


def test_powers_that_no_formula_has_are_refused() -> None:
    with pytest.raises(ValueError, match="multiples of one half"):
        (n ** Fraction(1, 4)).text()
