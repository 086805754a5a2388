"""Results of statsmodels, by numbers that its version 0.15.0 printed.

The suite has no statsmodels. The stand-ins here have the names of its classes, what a
reader asks of them, and coefficients that it fitted. ``proofs/test_statsmodels.py``
reads its own results.
"""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bayes_l2 import compare, datasets, fit_exact, fit_laplace, model_of, summary_of

patients, response = datasets.diabetes()
X = patients[["age", "bmi", "bp"]].to_numpy()[:40]
y = response.to_numpy(dtype=float)[:40]
E = np.column_stack([np.ones(40), X])
WEIGHTS = np.tile([1.0, 2.0, 0.5, 3.0], 10)
CLASSES = (y > np.median(y)).astype(float)
NAMES = ["const", "age", "bmi", "bp"]

WLS = [149.9753166806973, -13.987489848348103, 40.70895191188376, 17.92070377083852]
WLS_ERRORS = [
    11.231024559023677,
    10.79894324233824,
    13.421551947189487,
    11.756644112685686,
]
# alpha = 0.5 of all columns but the constant, of all columns, 0.2 of bmi, and L1_wt=1
FREE = [151.2784181192598, -2.096400260771852, 24.37224512461531, 14.0084778821706]
ALL = [99.52795052242611, -7.445220977308821, 25.64687027097037, 8.484033307981504]
EACH = [151.03620735083575, -3.3779545963824456, 31.521347595988168, 12.730393837254097]
LASSO = [146.38943152230087, -1.7073291072189696, 32.11899879143221, 12.67018373491308]
LOGIT = [
    0.15776288385968007,
    -0.3911671000150956,
    0.8404459901089829,
    1.0589489144479882,
]
LOGIT_ERRORS = [
    0.38951738853461537,
    0.3540440660213723,
    0.4531424552647363,
    0.500934278551719,
]


def stand_in(kind: str, params: Any, y: Any = y, *, of: str, **more: Any) -> Any:
    """Return what a reader asks of a result of statsmodels.

    Parameters
    ----------
    kind, of : str
        The classes of the result and of its model.
    params, y : array_like
        Coefficients and response.
    **more
        Further attributes of the model.
    """
    fields = {"exog": E, "endog": y, "exog_names": NAMES} | more
    model = type(of, (SimpleNamespace,), {"__module__": "statsmodels.of"})(
        data=SimpleNamespace(const_idx=0), **fields
    )
    results = type("Results", (), {"__module__": "statsmodels.of"})
    found: Any = type(kind, (results,), {})()
    found.model, found.params = model, np.array(params)
    return found


def penalised(params: Any) -> Any:
    return stand_in("RegularizedResults", params, of="OLS", weights=np.ones(40))


def test_weighted_least_squares_has_the_standard_errors_of_statsmodels() -> None:
    result = stand_in("RegressionResults", WLS, of="WLS", weights=WEIGHTS)
    model = model_of(result)
    assert model.parameter_names == ("intercept", "age", "bmi", "bp")
    assert model.likelihood.sd == pytest.approx(88.03052256556005, rel=1e-12)
    np.testing.assert_allclose(fit_exact(model).mean, WLS, rtol=1e-10)
    np.testing.assert_allclose(summary_of(result)["sd"], WLS_ERRORS, rtol=1e-10)
    assert compare(result, routes=["map"]).checks[0].passed


def test_logit_has_the_standard_errors_of_statsmodels() -> None:
    result = stand_in("LogitResults", LOGIT, CLASSES, of="Logit")
    np.testing.assert_allclose(fit_laplace(model_of(result)).mean, LOGIT, rtol=1e-8)
    np.testing.assert_allclose(summary_of(result)["sd"], LOGIT_ERRORS, rtol=1e-8)


def test_one_penalty_is_read_off() -> None:
    free = model_of(penalised(FREE), noise_sd=50.0)
    assert free.parameter_names[0] == "intercept"
    np.testing.assert_allclose(fit_exact(free).mean, FREE, rtol=1e-10)
    every = model_of(penalised(ALL), noise_sd=50.0)
    assert every.parameter_names[0] == "const"
    np.testing.assert_allclose(fit_exact(every).mean, ALL, rtol=1e-10)
    for model in (free, every):
        assert model.prior.sd == pytest.approx(50 / np.sqrt(0.5 * 40), rel=1e-8)


def test_a_penalty_for_each_column_must_be_given() -> None:
    model = model_of(penalised(EACH), alpha=[0.0, 0.5, 0.2, 0.5])
    np.testing.assert_allclose(fit_exact(model).mean, EACH, rtol=1e-10)
    for params in (EACH, LASSO):
        with pytest.raises(ValueError, match="do not show that L1_wt was 0, with one"):
            model_of(penalised(params))


def glm(family: str, link: str, y: Any = CLASSES, **more: Any) -> Any:
    """Return a result of a generalised linear model."""
    kinds = type(family, (SimpleNamespace,), {})(link=type(link, (), {})())
    ones = np.ones(40)
    weights = {"freq_weights": ones, "var_weights": ones}
    return stand_in("GLMResults", LOGIT, y, of="GLM", family=kinds, **weights | more)


def test_a_family_with_its_link() -> None:
    model = model_of(glm("Binomial", "Logit"))
    np.testing.assert_allclose(fit_laplace(model).mean, LOGIT, rtol=1e-8)


@pytest.mark.parametrize(
    ("result", "options", "message"),
    [
        (
            stand_in("Results", WLS, of="RLM"),
            {},
            "know RLM of statsmodels; it knows OL",
        ),
        (
            glm("Binomial", "Probit"),
            {},
            "the family Binomial and the link Probit; it k",
        ),
        (
            glm("Binomial", "Logit", y / 500),
            {},
            "GLM of shares: y must be 0 or 1, a row",
        ),
        (
            stand_in("PoissonResults", WLS, of="Poisson", offset=np.ones(40)),
            {},
            "model_of does not know Poisson with an offset or an exposure",
        ),
        (
            stand_in("RegularizedResults", WLS, of="Logit"),
            {},
            "Logit.fit_regularized: its result keeps no penalty",
        ),
        (
            penalised(FREE),
            {"alpha": [1.0, 2.0]},
            "one for each of the 4 columns const,",
        ),
        (
            penalised(FREE),
            {"X": X[::-1]},
            "or be the rows of its fit, with the columns",
        ),
        (
            penalised(FREE),
            {"sample_weight": WEIGHTS},
            "for OLS: its result holds its we",
        ),
        (
            penalised(FREE),
            {"weight_decay": 1.0},
            "weight_decay must be left out for Reg",
        ),
        (
            stand_in("OLSResults", WLS, of="OLS", exog=None),
            {},
            "the result of OLS must hold its rows: remove_data\\(\\) took them",
        ),
    ],
)
def test_refusals(result: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        model_of(result, **options)
    assert "\n" not in str(caught.value)


def test_a_model_that_is_not_fitted() -> None:
    kind = type("Model", (), {"__module__": "statsmodels.base.model"})
    with pytest.raises(
        ValueError, match="it is not fitted; call model_of for what its"
    ):
        model_of(kind())
