"""The model that a result of statsmodels implies."""

import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bayes_l2 import LinearModel, fit_exact, fit_laplace
from bayes_l2.estimators.implied.model_of import model_of, summary_of

sm: Any = import_module("statsmodels.api")
smf: Any = import_module("statsmodels.formula.api")
RNG = np.random.default_rng(17)
N = 60
X = pd.DataFrame(RNG.normal([0, 1, 2], size=(N, 3)), columns=["a", "b", "c"])
E = sm.add_constant(X)
y = X.to_numpy() @ [1.0, 2.0, 0.0] + 3 + RNG.normal(size=N)
WEIGHTS = RNG.uniform(0.2, 3, size=N)
CLASSES = (y + 3 * RNG.normal(size=N) > 6).astype(int)
COUNTS = RNG.poisson(np.exp(0.3 * X["a"]))
ALPHAS = [0.0, 0.1, 0.2, 0.4]
FAMILIES = sm.families


def distance(model: LinearModel) -> float:
    """Return how far the result is from the MAP in posterior sds."""
    fit = fit_exact if model.likelihood.has_statistics else fit_laplace
    posterior, origin = fit(model), model.origin
    assert origin is not None
    intercept = 0.0 if origin.intercept is None else origin.intercept
    own = model.layout.join(intercept, origin.coef)
    return float(np.max(np.abs(posterior.mean - own) / posterior.sd))


UNPENALISED: dict[str, Callable[[], Any]] = {
    "OLS": lambda: sm.OLS(y, E).fit(),
    "WLS": lambda: sm.WLS(y, E, weights=WEIGHTS).fit(),
    "no constant": lambda: sm.OLS(y, X).fit(),
    "robust": lambda: sm.OLS(y, E).fit().get_robustcov_results("HC0"),
    "formula": lambda: smf.ols("y ~ a + b * c", X.assign(y=y)).fit(),
    "GLM": lambda: sm.GLM(y, E, var_weights=WEIGHTS).fit(),
    "binomial": lambda: sm.GLM(CLASSES, E, family=FAMILIES.Binomial()).fit(tol=1e-12),
    "poisson": lambda: sm.GLM(
        COUNTS, E, family=FAMILIES.Poisson(), freq_weights=WEIGHTS
    ).fit(),
    "Logit": lambda: sm.Logit(CLASSES, E).fit(disp=0),
    "Poisson": lambda: sm.Poisson(COUNTS, E).fit(disp=0),
}


@pytest.mark.parametrize("name", UNPENALISED)
def test_a_fit_without_a_penalty_has_the_standard_errors_of_statsmodels(
    name: str,
) -> None:
    result = UNPENALISED[name]()
    model = model_of(result)
    assert distance(model) < 1e-6
    if name == "robust":  # its standard errors are not those of the model
        return
    sds = summary_of(result)["sd"].to_numpy()
    np.testing.assert_allclose(sds, np.asarray(result.bse), rtol=1e-6)


def test_names_are_those_of_the_design() -> None:
    model = model_of(UNPENALISED["formula"]())
    assert model.parameter_names == ("intercept", "a", "b", "c", "b:c")
    assert model.origin is not None
    assert model.origin.name == "OLS"


def test_a_constant_other_than_one_is_the_same_intercept() -> None:
    result = sm.OLS(y, E.assign(const=2.0)).fit()
    model = model_of(result)
    assert distance(model) < 1e-10
    mean = fit_exact(model).mean
    assert mean[0] == pytest.approx(2 * result.params["const"], rel=1e-12)


@pytest.mark.parametrize("columns", [E, X])
def test_the_rows_of_the_fit_may_be_given(columns: pd.DataFrame) -> None:
    model = model_of(sm.OLS(y, E).fit(), columns, y)
    assert model.parameter_names == ("intercept", "a", "b", "c")


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("penalised_constant", [False, True])
def test_one_alpha_is_read_off(weighted: bool, penalised_constant: bool) -> None:
    start = sm.WLS(y, E, weights=WEIGHTS) if weighted else sm.OLS(y, E)
    alpha = 0.1 if penalised_constant else [0.0, 0.1, 0.1, 0.1]
    model = model_of(start.fit_regularized(alpha=alpha, L1_wt=0), noise_sd=1.5)
    assert distance(model) < 1e-10
    total = WEIGHTS.sum() if weighted else N
    assert model.prior.sd == pytest.approx(1.5 / np.sqrt(0.1 * total), rel=1e-7)
    assert model.intercept is not penalised_constant
    first = "const" if penalised_constant else "intercept"
    assert model.parameter_names == (first, "a", "b", "c")


def test_no_penalty_is_read_off() -> None:
    model = model_of(sm.OLS(y, E).fit_regularized(alpha=0.0, L1_wt=0))
    assert repr(model.prior) == "priors.Flat()"
    assert model.intercept


@pytest.mark.parametrize("first", [0.0, 0.1])
@pytest.mark.parametrize("constant", [0.0, 0.3])
def test_an_alpha_for_each_column(constant: float, first: float) -> None:
    alpha = [constant, first, *ALPHAS[2:]]
    result = sm.OLS(y, E).fit_regularized(alpha=alpha, L1_wt=0)
    model = model_of(result, alpha=alpha)
    assert distance(model) < 1e-10
    assert model.intercept is (constant == 0)


def _quiet(fit: Callable[[], Any]) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return fit()


REFUSED: dict[str, tuple[Callable[[], Any], dict[str, Any], str]] = {
    "unfitted": (lambda: sm.OLS(y, E), {}, "know OLS: it is not fitted; call model_of"),
    "RLM": (lambda: sm.RLM(y, E).fit(), {}, "know RLM of statsmodels; it knows OLS, W"),
    "quantile": (
        lambda: sm.QuantReg(y, E).fit(),
        {},
        "model_of does not know QuantReg of statsmodels",
    ),
    "GLS": (
        lambda: sm.GLS(y, E).fit(),
        {},
        "model_of does not know GLS of statsmodels",
    ),
    "Gaussian GLM": (
        lambda: sm.GLM(y, E).fit_regularized(alpha=0.1, L1_wt=0),
        {},
        "its objective and its gradient disagree, so its coefficients are no MAP",
    ),
    "binomial GLM": (
        lambda: sm.GLM(CLASSES, E, family=FAMILIES.Binomial()).fit_regularized(
            alpha=0.1
        ),
        {},
        "model_of does not know GLM.fit_regularized: its result keeps no penalty",
    ),
    "L1 Logit": (
        lambda: sm.Logit(CLASSES, E).fit_regularized(alpha=0.1, disp=0),
        {},
        "model_of does not know Logit.fit_regularized: its result keeps no penalty",
    ),
    "lasso": (
        lambda: sm.OLS(y, E).fit_regularized(alpha=0.1, L1_wt=1),
        {},
        "knows OLS.fit_regularized with L1_wt=0 alone: this result is of another L1_wt",
    ),
    "weighted lasso": (
        lambda: sm.WLS(y, E, weights=WEIGHTS).fit_regularized(alpha=0.1, L1_wt=1),
        {},
        "its coefficients do not show that L1_wt was 0, with one alpha",
    ),
    "lasso of one column": (
        lambda: sm.WLS(y, E[["const", "a"]], weights=WEIGHTS).fit_regularized(
            alpha=[0.0, 0.1], L1_wt=1
        ),
        {},
        "its coefficients do not show that L1_wt was 0, with one alpha",
    ),
    "refit": (
        lambda: sm.OLS(y, E).fit_regularized(alpha=0.5, L1_wt=1, refit=True),
        {},
        "know OLS.fit_regularized\\(refit=True\\): it chose columns by a penalty",
    ),
    "several alphas": (
        lambda: sm.OLS(y, E).fit_regularized(alpha=ALPHAS, L1_wt=0),
        {},
        "alpha must be given for this OLS.fit_regularized, one penalty or one for each",
    ),
    "alphas of another length": (
        lambda: sm.OLS(y, E).fit_regularized(alpha=ALPHAS, L1_wt=0),
        {"alpha": [1.0, 2.0]},
        "alpha must be one penalty, or one for each of the 4 columns const, a, b, c",
    ),
    "alpha of no penalty": (
        lambda: sm.OLS(y, E).fit(),
        {"alpha": 1.0},
        "alpha must be left out for OLS.fit, which has no penalty",
    ),
    "constrained": (
        lambda: sm.GLM(COUNTS, E, family=FAMILIES.Poisson()).fit_constrained("a = b"),
        {},
        "model_of does not know GLM.fit_constrained: no prior here keeps constraints",
    ),
    "probit": (
        lambda: sm.GLM(
            CLASSES, E, family=FAMILIES.Binomial(FAMILIES.links.Probit())
        ).fit(),
        {},
        "know GLM with the family Binomial and the link Probit; it knows Gaussian",
    ),
    "exposure": (
        lambda: sm.GLM(COUNTS, E, family=FAMILIES.Poisson(), exposure=WEIGHTS).fit(),
        {},
        "know GLM with an offset or an exposure",
    ),
    "offset": (
        lambda: sm.Poisson(COUNTS, E, offset=WEIGHTS).fit(disp=0),
        {},
        "know Poisson with an offset or an exposure",
    ),
    "shares": (
        lambda: sm.GLM(CLASSES / 2, E, family=FAMILIES.Binomial()).fit(),
        {},
        "know GLM of shares: y must be 0 or 1, a row for each trial",
    ),
    "constant alone": (
        lambda: sm.OLS(y, E[["const"]]).fit(),
        {},
        "OLS must have a column beside its constant, got the constant alone",
    ),
    "noise of labels": (
        lambda: sm.Logit(CLASSES, E).fit(disp=0),
        {"noise_sd": 1.0},
        "noise_sd must be left out for Logit",
    ),
    "weights": (
        lambda: sm.OLS(y, E).fit(),
        {"sample_weight": WEIGHTS},
        "sample_weight must be left out for OLS: its result holds its weights",
    ),
    "other rows": (
        lambda: sm.OLS(y, E).fit(),
        {"X": X[::-1]},
        "X and y must be left out for OLS, or be the rows of its fit, with the columns",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name: str) -> None:
    fit, options, message = REFUSED[name]
    result = _quiet(fit)
    with pytest.raises(ValueError, match=message) as caught:
        model_of(result, **options)
    assert "\n" not in str(caught.value)


def test_a_result_without_its_rows() -> None:
    result = sm.OLS(y, E).fit()
    result.remove_data()
    with pytest.raises(ValueError, match="OLS must hold its rows: remove_data"):
        model_of(result)
