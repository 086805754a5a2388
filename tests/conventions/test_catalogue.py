"""The records are complete, are found by their usual names, and are listed in full."""

import re
from enum import Enum
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from bayes_l2 import Convention, conventions
from bayes_l2.conventions import listing
from bayes_l2.conventions.catalogue import CONVENTIONS, RECORDS, find
from bayes_l2.conventions.convention import Columns, Evidence, Norm, SummedLoss, n
from bayes_l2.conventions.monomial import Monomial, symbol

DOCUMENT = Path(__file__).parents[2] / "docs" / "conventions.md"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ridge", "ridge"),
        ("Ridge", "ridge"),
        ("RidgeCV", "ridge"),
        ("sklearn.linear_model.Ridge(alpha)", "ridge"),
        ("sklearn.linear_model.ElasticNet", "elastic-net"),
        ("elastic_net", "elastic-net"),
        ("lm.ridge", "lm-ridge"),
        ("MASS::lm.ridge", "lm-ridge"),
        ("GLMNET", "glmnet"),
        ("LogisticRegressionCV", "logistic-regression"),
        ("linear_lambda", "lightgbm"),
        (
            "regParam",
            "spark, spark-unstandardised, spark-logistic, "
            "spark-logistic-unstandardised, spark-lasso",
        ),
        ("Ridge(alpha=1.0)", "ridge"),
        ("SAS", "hoerl-kennard"),
        ("sklearn Ridge", "did you mean ridge or"),
        ("glmnet in R", "did you mean glmnet"),
        ("pytorch", "did you mean torch-sgd or"),
        ("glmnet-lasso in R", "did you mean glmnet-lasso or glmnet or lasso?"),
        (
            "pspark.ml.regression.LinearRegression",
            "did you mean spark or spark-lasso or spark-unstandardised?",
        ),
        ("catboost", "`bayes-l2 conventions` lists them all"),
        ("torch.optim.SGD", "torch-sgd, torch-sgd-sum, torch-sgd-cross-entropy"),
        ("C", "logistic-regression, linear-svr"),
        ("AdamW", "torch-adamw-sum, torch-adamw, optax-adamw"),
        ("sklearn", "ridge, ridge-classifier"),
        ("rigde", "did you mean ridge"),
        ("statmodels", "did you mean statsmodels-"),
        ("lightbgm", "did you mean lightgbm?"),
        ("Lasso", "lasso"),
        ("LassoCV", "lasso"),
        ("xyzzy", "`bayes-l2 conventions` lists them all"),
    ],
)
def test_usual_names_are_found(name: str, expected: str) -> None:
    if expected in CONVENTIONS:
        assert find(name) is CONVENTIONS[expected]
    else:
        with pytest.raises(ValueError, match=re.escape(expected)):
            find(name)


@pytest.mark.parametrize("name", ["", "  ", "::", None, 3])
def test_a_name_without_letters_is_refused(name: object) -> None:
    with pytest.raises(
        ValueError, match="name must be the name of a convention, such as ridge, got"
    ):
        find(name)


def test_names_are_unique_and_lead_to_their_records() -> None:
    assert len(CONVENTIONS) == len(RECORDS)
    assert all(conventions.find(record.name) is record for record in RECORDS)


@pytest.mark.parametrize("kind", [SummedLoss, Norm, Columns])
def test_every_kind_has_all_its_facts(kind: type[Enum]) -> None:
    facts = [name for name, each in vars(kind).items() if isinstance(each, property)]
    assert len(facts) >= 2
    for member, name in product(kind, facts):
        assert getattr(member, name) is not None


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
class TestEachRecord:
    def test_is_complete(self, record: Convention) -> None:
        words = (
            record.setting,
            record.parameter,
            record.latex_parameter,
            record.source,
            record.weights,
        )
        assert all(word.strip() == word and word for word in words)
        assert record.parameter in record.setting
        assert record.power in (1, -1, -2)
        assert (record.digits < 8) == bool(record.limit)
        assert all(
            name.isidentifier() or name in ("2", "(n - 1)")
            for name in record.strength.powers
        )

    def test_its_objective_has_the_ratio_of_its_strength(
        self, record: Convention
    ) -> None:
        """Python reads the factors from the text; their ratio is that of the prior."""
        numbers = {
            "n": 9.0,
            "batch_size": 3.0,
            "y_sd": 2.5,
            "noise_sd": 1.3,
            python(record.parameter): 0.37,
        }
        text = record.objective.replace(record.summed.value, "L")
        text = re.sub(r"\(\|\|b\|\|² \+ a²\)|\|\|[^|]*\|\|[²₁]", "P", text)
        text = python(text.replace("·", "*"))
        loss, penalty = (
            eval(text, {}, numbers | {"L": L, "P": 1.0 - L}) for L in (1.0, 0.0)
        )
        squared = record.summed is SummedLoss.SQUARED
        scale = 1 / numbers["noise_sd"] ** 2 if squared else 2.0
        scale /= 1 if record.norm is Norm.L2 else 2
        strength = (
            record.strength.replace("weight_sum", n)
            / record.columns.factor**record.norm.unit_power
        )
        expected = strength.evaluate({**numbers, "value": 0.37})
        assert penalty / loss * scale == pytest.approx(expected, rel=1e-14)

    def test_its_prior_is_that_of_its_strength(self, record: Convention) -> None:
        numbers = {
            "n": 9.0,
            "batch_size": 3.0,
            "y_sd": 2.5,
            "x_sd": 1.7,
            "noise_sd": 1.3,
            "(n - 1)": 8.0,
        }
        text = python(record.prior.split(" = ")[1])
        scale = eval(
            text, {"sqrt": np.sqrt}, {**numbers, python(record.parameter): 0.37}
        )
        strength = record.strength.replace("weight_sum", n).evaluate(
            {**numbers, "value": 0.37}
        )
        assert scale == pytest.approx(
            strength ** (-0.5 if record.norm is Norm.L2 else -1), rel=1e-14
        )
        assert record.prior.startswith(
            "sd = " if record.norm is Norm.L2 else "Laplace scale = "
        )

    def test_is_listed_in_full(self, record: Convention) -> None:
        text = " ".join(line for _, line in listing.details(record))
        objective = "no objective of this form" if record.no_map else record.objective
        prior = "differs from the MAP" if record.no_map else record.prior
        for part in (
            record.setting,
            objective,
            prior,
            record.source,
            record.no_map,
            record.limit,
            *record.assumes,
        ):
            assert part in text
        assert listing.plain(record)["objective"] == record.objective
        assert (record.verified is Evidence.DOCUMENTATION or bool(record.no_map)) == (
            listing.plain(record)["digits"] is None
        )


def python(text: str) -> str:
    """Return the formula as Python, where lambda cannot be a name."""
    text = re.sub(r"\blambda\b", "lambda_", text.replace("²", "**2"))
    return re.sub(r"(?<=[\w)]) (?=[\w(])", "*", text)


def test_the_document_is_equal_to_the_records() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == listing.markdown(RECORDS), (
        "bayes-l2 conventions --markdown"
    )


def test_a_formula_is_read_as_python() -> None:
    assert python((symbol("n") / (2 * symbol("y_sd") ** 2)).text()) == "n / (2*y_sd**2)"
    assert python(Monomial().text()) == "1"
