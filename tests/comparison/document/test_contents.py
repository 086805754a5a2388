"""The legend of a report: each symbol of its formulas, and no other."""

import pytest

from bayes_l2.comparison.document.contents import legend

LEGENDS = {
    "y ~ Normal(a + Xb, 54²)": "yXba",
    "Σ (log Σ_k exp(a_k + Xb_k) - that of y's class) + ½ α ||b||²": "Xbakα",
    "||y - Xb||² / σ² + Σ (b_j - m0_j)² / (τ² s_j²)": "yXbmsjστ",
    "y ~ Laplace(Xb, 0.8 / weight)": "yXb",
    "(b - m0)' S0⁻¹ (b - m0)": "bmS",
    "σ ~ HalfStudentT(df=3, scale=1)": "σ",
}


@pytest.mark.parametrize("formula", LEGENDS)
def test_a_legend_has_the_symbols_of_its_formulas(formula: str) -> None:
    found = {line[0] for line in legend([formula])}
    assert found == set(LEGENDS[formula])
