"""The records: complete, found by the names that people use, and listed as they are."""

import re
from pathlib import Path

import numpy as np
import pytest

from bayes_l2 import Convention, conventions
from bayes_l2.conventions import listing
from bayes_l2.conventions.catalogue import CONVENTIONS, RECORDS, find
from bayes_l2.conventions.convention import Evidence, Norm, SummedLoss, n
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
            "spark, spark-unstandardised, spark-logistic, spark-logistic-unstandardised, spark-lasso",
        ),
        ("Ridge(alpha=1.0)", "ridge"),
        ("SAS", "hoerl-kennard"),
        ("sklearn Ridge", "did you mean ridge or"),
        ("glmnet in R", "did you mean glmnet"),
        ("pytorch", "did you mean torch-sgd or"),
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
def test_names_that_people_write(name: str, expected: str) -> None:
    if expected in CONVENTIONS:
        assert find(name) is CONVENTIONS[expected]
    else:
        with pytest.raises(ValueError, match=re.escape(expected)):
            find(name)


@pytest.mark.parametrize("name", ["", "  ", "::", None, 3])
def test_what_is_no_name(name: object) -> None:
    with pytest.raises(
        ValueError, match="name must be the name of a convention, such as ridge, got"
    ):
        find(name)


def test_names_are_unique_and_lead_to_their_records() -> None:
    assert len(CONVENTIONS) == len(RECORDS)
    assert all(conventions.find(record.name) is record for record in RECORDS)


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

    def test_minimises_what_its_objective_says(self, record: Convention) -> None:
        """The factors as Python reads them from the text have the ratio that the formula of the prior takes."""
        numbers = {
            "n": 9.0,
            "batch_size": 3.0,
            "y_sd": 2.5,
            "noise_sd": 1.3,
            python(record.parameter): 0.37,
        }
        text = record.objective.replace(record.summed.value, "L")
        text = python(
            re.sub(r"\(\|\|b\|\|² \+ a²\)|\|\|[^|]*\|\|[²₁]", "P", text).replace(
                "·", "*"
            )
        )
        loss, penalty = (
            eval(text, {}, numbers | {"L": L, "P": 1.0 - L}) for L in (1.0, 0.0)
        )
        scale = 1 / numbers["noise_sd"] ** 2 if record.summed is SummedLoss.SQUARED else 2.0
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

    def test_is_listed_with_all_that_it_says(self, record: Convention) -> None:
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
    """The formula as Python, in which lambda is no name."""
    text = re.sub(r"\blambda\b", "lambda_", text.replace("²", "**2"))
    return re.sub(r"(?<=[\w)]) (?=[\w(])", "*", text)


def test_the_document_is_what_the_records_say() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == listing.markdown(RECORDS), (
        "bayes-l2 conventions --markdown"
    )


def test_a_formula_reads_as_it_computes() -> None:
    assert python((symbol("n") / (2 * symbol("y_sd") ** 2)).text()) == "n / (2*y_sd**2)"
    assert python(Monomial().text()) == "1"
