"""What each section of a report says, and of what model it says it."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import xarray as xr

from bayes_l2 import Comparison, LinearModel, compare, likelihoods, priors
from bayes_l2.comparison.document import circumstances
from bayes_l2.comparison.document.blocks import (
    Block,
    Bullets,
    Code,
    Facts,
    Formula,
    Paragraph,
    Table,
    Value,
)
from bayes_l2.comparison.document.circumstances import PACKAGES, Circumstances
from bayes_l2.comparison.document.contents import SECTIONS, legend
from bayes_l2.comparison.document.tables import results_table, value_of
from bayes_l2.comparison.text.wording import PYTHON

RNG = np.random.default_rng(0)
X = RNG.standard_normal((30, 2))
Y = X @ [1.0, -0.5] + RNG.standard_normal(30)
WEIGHTS = np.full(30, 2.0)
TOLD = Circumstances("data.csv", ["a note"], ["odd"], ["the evidence chose"])

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


def made(likelihood: Any, prior: Any, routes: Sequence[str], **options: Any) -> Any:
    is_class = isinstance(likelihood, likelihoods.Bernoulli)
    y = np.where(Y > 0, "yes", "no") if is_class else Y
    model = LinearModel(X, y, likelihood=likelihood, prior=prior, **options)
    return compare(model, routes=routes)


@pytest.fixture(scope="module")
def scales() -> Comparison:
    """A Gaussian model whose prior sd is unknown."""
    prior = priors.Normal(priors.HalfNormal(2))
    return made(likelihoods.Normal(1.3), prior, ["penalised", "map"])


@pytest.fixture(scope="module")
def classes() -> Comparison:
    prior = priors.Normal(2.0)
    return made(likelihoods.Bernoulli(), prior, ["penalised"], intercept=False)


def section(name: str, comparison: Any, told: Circumstances = TOLD) -> list[Block]:
    return dict(SECTIONS)[name](comparison, told)


def test_the_outcome_has_its_tone(scales: Comparison) -> None:
    (passed,) = section("Outcome", scales)
    assert isinstance(passed, Paragraph)
    assert passed.tone == "pass"
    assert passed.text.endswith("Look next at the figure.")
    kinks = made(likelihoods.Laplace(1.3), priors.Laplace(0.5), ["penalised", "map"])
    (points,) = section("Outcome", kinks)
    assert isinstance(points, Paragraph)
    assert points.text.endswith("Look next at the figure.")
    (failed,) = section("Outcome", replace(scales, failed={"mcmc": "no memory"}))
    assert isinstance(failed, Paragraph)
    assert failed.tone == "fail"


def test_the_data_have_their_source_and_what_may_be_wrong(scales: Comparison) -> None:
    lines = ["data.csv", "30 rows, 2 features", "a note"]
    warned = Bullets(["Warning: odd"], "warning")
    assert section("Data", scales) == [Bullets(lines), warned]
    told = Circumstances(notes=["a note"])
    assert section("Data", scales, told) == [Bullets(lines[1:])]


def test_a_formula_has_the_words_that_it_does_not_say_itself(
    scales: Comparison, classes: Comparison
) -> None:
    _, rule, facts, symbols = section("Model", scales)
    law = "-log posterior = -log likelihood - log prior + constant"
    assert rule == Facts([("", Formula(law))])
    assert isinstance(facts, Facts)
    assert facts.pairs == [
        ("likelihood", Formula("y ~ Normal(a + Xb, 1.3²)")),
        ("prior", Formula("b ~ Normal(0, τ²)", "each coefficient by itself")),
        ("intercept", Formula("p(a) ∝ 1", "flat prior, never penalised")),
        ("prior_sd", Formula("τ ~ HalfNormal(sd=2)")),
        (
            "so given τ the MAP minimises",
            Formula("||y - a - Xb||² / σ² + ||b||² / τ²"),
        ),
        ("which is", "squared loss with an L2 penalty"),
    ]
    assert isinstance(symbols, Bullets)
    assert symbols.items[-2:] == ["σ: the noise sd", "τ: the prior sd"]
    facts = section("Model", classes)[2]
    assert isinstance(facts, Facts)
    words = "y = 1 stands for yes, and y = -1 for no"
    assert facts.pairs[0] == (
        "likelihood",
        Formula("P(y = 1) = 1 / (1 + exp(-(Xb)))", words),
    )
    assert [fact.words for _, fact in facts.pairs[3:] if isinstance(fact, Formula)] == [
        "",
        "",
    ]


def test_assumptions_and_choices_are_those_of_the_model(
    scales: Comparison, classes: Comparison
) -> None:
    facts, lines = section("Assumptions and choices", scales)
    evidence: Any = scales.log_evidence
    assert facts == Facts(
        [
            ("noise sd σ", Value("1.3", 1.3)),
            ("log evidence", Value(f"{evidence:.4f}", evidence)),
        ]
    )
    assert isinstance(lines, Bullets)
    assert list(lines.items[:6]) == [
        "y depends on the features by a + Xb alone.",
        "The rows are independent, given the coefficients.",
        "The posterior averages over the prior sd τ, by a prior.",
        "The noise sd σ is treated as known: no interval includes uncertainty about "
        "it.",
        "The checks compare routes. They do not test these assumptions.",
        "the evidence chose",
    ]
    starts = [line.split(":")[0] for line in lines.items[6:]]
    assert starts == ["penalised does not apply", "map does not apply"]
    failed = replace(classes, failed={"map": "no memory"}, not_applicable={})
    facts, lines = section("Assumptions and choices", failed)
    assert isinstance(facts, Facts)
    evidence = classes.log_evidence
    assert facts.pairs == [
        ("prior sd τ", Value("2", 2.0)),
        ("penalty α", Value("0.25", 0.25)),  # α = 1 / τ²
        (
            "log evidence, by the Laplace approximation",
            Value(f"{evidence:.4f}", evidence),
        ),
    ]
    assert isinstance(lines, Bullets)
    assert lines.items[0] == "y depends on the features by Xb alone."
    assert lines.items[-1] == "map ended in an error: no memory"
    known = made(likelihoods.Normal(1.3), priors.Normal(2.0), ["exact"])
    lines = section("Assumptions and choices", known)[-1]
    assert isinstance(lines, Bullets)
    assert lines.items[2] == (
        "The noise sd σ and the prior sd τ are treated as known: no interval includes "
        "uncertainty about them."
    )


def test_a_standardised_table_says_what_the_unit_of_a_column_is(
    scales: Comparison,
) -> None:
    standardised: Any = replace(scales, standardisation=object())
    lines = section("Assumptions and choices", standardised)[-1]
    assert isinstance(lines, Bullets)
    said = "The features are standardised: the unit of a column is its sd."
    assert lines.items[2] == said


def test_the_meaning_of_the_penalty_is_told_where_it_was_asked_for(
    scales: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "Meaning of the penalty"
    assert section(name, scales) == []
    home = "bayes_l2.comparison.document.contents."
    meaning: Any = object()
    told = Circumstances(meaning=meaning)
    sentences = {"Before the data": ["one", "two"], "After them": ["three"]}
    monkeypatch.setattr(f"{home}sentences_of", lambda _: sentences.items())
    monkeypatch.setattr(f"{home}meaning_picture", lambda _: Code("a picture"))
    assert section(name, scales, told) == [
        Paragraph("Before the data"),
        Bullets(["one", "two"]),
        Paragraph("After them"),
        Bullets(["three"]),
        Code("a picture"),
    ]


def test_without_a_number_there_is_no_list_of_them() -> None:
    plain = made(likelihoods.Laplace(1.3), priors.Laplace(0.5), ["map"])
    (lines,) = section("Assumptions and choices", plain)
    assert isinstance(lines, Bullets)
    assert not any("treated as known" in line for line in lines.items)


def test_results_are_tables_where_there_is_a_number(scales: Comparison) -> None:
    captions = [
        block.caption
        for block in section("Results", scales)
        if isinstance(block, Table)
    ]
    assert captions == [
        "Estimates: a coefficient is in units of y per unit of its column",
        "Exact quantiles of the unknown scales",
    ]
    none = made(likelihoods.Laplace(1.3), priors.Laplace(0.5), ["exact"])
    assert section("Results", none) == []
    with_points = made(likelihoods.Laplace(1.3), priors.Laplace(0.5), ["map"])
    (table,) = section("Results", with_points)
    assert isinstance(table, Table)
    assert table.headings == ("parameter", "MAP")
    found = [(row[0], row[1].number) for row in table.rows if isinstance(row[1], Value)]
    assert found == list(with_points.table["map"].items())


@pytest.mark.parametrize(("n_rows", "n_shown"), [(200, 200), (201, 200)])
def test_a_table_of_more_than_two_hundred_rows_has_its_ends(
    n_rows: int, n_shown: int
) -> None:
    rng = np.random.default_rng(0)
    model = LinearModel(
        rng.standard_normal((5, n_rows - 1)),
        rng.standard_normal(5),
        likelihood=likelihoods.Normal(1.0),
        prior=priors.Normal(1.0),
    )
    compared = compare(model, routes=["exact"])
    table, left_out = results_table(compared, PYTHON)
    assert len(table.rows) == n_shown
    names = [row[0] for row in table.rows]
    assert names[99:101] == ["x98", f"x{n_rows - 101}"]
    said = "Left out: 1 of 201 parameters, in the middle. .table has all."
    assert left_out == said * (n_rows == 201)
    below = section("Results", compared)[1:]
    assert below == [Paragraph(said, "quiet")] * (n_rows == 201)


def test_a_number_that_is_not_finite_has_no_digits() -> None:
    assert value_of("1.5", 1.5) == Value("1.5", 1.5)
    for number in (None, np.inf, np.nan):
        assert value_of("-", number) == Value("-", None)


def test_what_failed_is_told_once_with_what_to_try(scales: Comparison) -> None:
    assert section("To try next", scales) == []
    failed = replace(scales, failed={"mcmc": "no memory"})
    faults, advice = section("To try next", failed)
    assert faults == Bullets(["Failed: no memory"])
    assert isinstance(advice, Bullets)
    assert "other engine" in advice.items[0]
    (table, *_) = section("Checks", replace(scales, failed={"mcmc": "x" * 300}))
    assert isinstance(table, Table)
    assert "x" * 117 + "..." in [row[-1] for row in table.rows]  # 120 characters


def lines_of(comparison: Any, told: Circumstances = TOLD) -> tuple[str, list[str]]:
    code, lines = section("To reproduce this", comparison, told)
    assert isinstance(code, Code)
    assert isinstance(lines, Bullets)
    versions, *rest = lines.items
    found = [part.rsplit(" ", 1)[0] for part in versions[10:].split(", ")]
    assert found == ["Python", *PACKAGES]
    return code.text, rest


def test_versions_leave_out_a_package_that_is_not_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(circumstances, "PACKAGES", ("no-such-package", "numpy"))
    python = sys.version.split()[0]
    assert circumstances.versions() == f"Python {python}, numpy {np.__version__}"


def test_the_lines_of_python_make_the_comparison_again(
    scales: Comparison, classes: Comparison
) -> None:
    code, lines = lines_of(scales)
    assert code.split("\n")[2:] == [
        "model = LinearModel(X, y, likelihood=likelihoods.Normal(sd=1.3), "
        "prior=priors.Normal(priors.HalfNormal(sd=2)))",
        "comparison = compare(model, routes=['penalised', 'map', 'exact'])",
    ]
    assert lines == []
    failed = replace(classes, failed={"map": "no memory"}, not_applicable={})
    code, _ = lines_of(failed)
    assert "prior=priors.Normal(sd=2), intercept=False)\n" in code
    assert code.endswith("compare(model, routes=['penalised', 'map'])")
    weighted = made(
        likelihoods.Normal(1.3), priors.Normal(2.0), ["exact"], weights=WEIGHTS
    )
    assert "prior=priors.Normal(sd=2), weights=weights)\n" in lines_of(weighted)[0]
    told = Circumstances(command="bayes-l2 compare data.csv")
    assert lines_of(scales, told)[0] == told.command


def test_draws_are_told_with_their_seed_or_that_there_is_none(
    scales: Comparison,
) -> None:
    tree = xr.DataTree.from_dict(
        {"posterior": xr.Dataset({"coef": (("chain", "draw"), np.zeros((2, 5)))})}
    )
    drawn = replace(scales, mcmc=tree)
    size = "Draws: 2 chains of 5 each."
    without = "The sampler had no seed: other draws differ by chance."
    assert lines_of(drawn)[1] == [without, size]
    assert lines_of(drawn)[0].endswith("'exact', 'mcmc'])")
    tree.attrs = {"seed": 7, "draws": 5}
    code, lines = lines_of(drawn)
    assert lines == ["Seed of the sampler: 7.", size]
    assert code.endswith("'mcmc'], seed=7, draws=5)")
    told = Circumstances(seed=0)
    assert lines_of(drawn, told)[1] == ["Seed of the sampler: 0.", size]
    tree.attrs = {"given": True}
    given = "The draws were given, and come from another program."
    code, lines = lines_of(drawn)
    assert lines == [given, size]
    assert code.endswith("'mcmc'], mcmc=draws)")
