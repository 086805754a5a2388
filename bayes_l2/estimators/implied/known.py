"""The estimators that ``model_of`` knows, and those that are the MAP of no model here.

An estimator is looked up by the package and the name of its class, so that no package
has to be installed for it. To add one: a reader in the module of its kind, which
returns ``ImpliedTerms``, and an entry here.
"""

from collections.abc import Callable, Iterable
from typing import Any

from bayes_l2.estimators.implied import (
    classifiers,
    descent,
    generalised,
    layers,
    linear,
    statsmodels,
)
from bayes_l2.estimators.implied.terms import Given, ImpliedTerms, name_of
from bayes_l2.texts import listed, shown

Reader = Callable[[Any, Given], ImpliedTerms]
Key = tuple[str, str]  # the package, and the name of the class

READERS: dict[Key, Reader] = {
    ("sklearn", "LinearRegression"): linear.least_squares,
    ("sklearn", "Ridge"): linear.ridge,
    ("sklearn", "RidgeCV"): linear.ridge_of_choice,
    ("sklearn", "Lasso"): linear.lasso,
    ("sklearn", "LassoCV"): linear.lasso_of_choice,
    ("sklearn", "LassoLars"): linear.lasso,
    ("sklearn", "LassoLarsCV"): linear.lasso_of_choice,
    ("sklearn", "LassoLarsIC"): linear.lasso_of_choice,
    ("sklearn", "ElasticNet"): linear.elastic_net,
    ("sklearn", "ElasticNetCV"): linear.elastic_net_of_choice,
    ("sklearn", "BayesianRidge"): linear.bayesian_ridge,
    ("sklearn", "ARDRegression"): linear.relevance,
    ("sklearn", "TweedieRegressor"): generalised.tweedie,
    ("sklearn", "PoissonRegressor"): generalised.poisson,
    ("sklearn", "QuantileRegressor"): generalised.median,
    ("sklearn", "LogisticRegression"): classifiers.logistic,
    ("sklearn", "LogisticRegressionCV"): classifiers.logistic_of_choice,
    ("sklearn", "SGDRegressor"): descent.regressor,
    ("sklearn", "SGDClassifier"): descent.classifier,
    ("torch", "Linear"): layers.layer,
    ("torch", "Sequential"): layers.sequential,
    ("statsmodels", "Results"): statsmodels.result,
    ("statsmodels", "ResultsWrapper"): statsmodels.result,
}
# packages whose results hold the rows of their fit
WITH_ROWS = ("statsmodels",)
# settings that an estimator does not keep, which model_of takes
SETTINGS: dict[Reader, tuple[str, ...]] = {
    layers.layer: layers.SETTINGS,
    layers.sequential: layers.SETTINGS,
    statsmodels.result: ("alpha",),
}

NO_DENSITY = "its loss is no negative log-likelihood of this package"
NETWORK = (
    "a network's posterior is not Gaussian and has many modes, and neither the mean "
    "nor the sd of a weight says anything"
)
TREE = "a tree has no coefficients, so there is no prior on them"
NEIGHBOURS = "it has no coefficients, so there is no prior on them"
HINGE = (
    "its loss ignores errors below a margin, which is no negative log-likelihood here"
)
ROWS = "it fits samples of the rows, and its coefficients maximise no posterior of them"
GREEDY = "it adds columns one by one and minimises no loss plus penalty"
SEVERAL = "it fits several responses with one penalty; fit Lasso or ElasticNet to each"
LABELS = (
    "its squared error on labels is no likelihood of classes; use LogisticRegression"
)
PROCESS = "it has no coefficients; use Ridge, or a linear model of the same penalty"
OTHER_Y = (
    "it was fitted to another y; call model_of for its regressor_ and the y that "
    "transformer_ returns"
)

_REASONS: dict[str, tuple[str, ...]] = {
    NO_DENSITY: (
        "GammaRegressor",
        "HuberRegressor",
        "Perceptron",
        "PassiveAggressiveClassifier",
        "PassiveAggressiveRegressor",
        "LinearDiscriminantAnalysis",
    ),
    NETWORK: ("MLPRegressor", "MLPClassifier"),
    TREE: (
        "BaseDecisionTree",
        "BaseForest",
        "BaseGradientBoosting",
        "BaseHistGradientBoosting",
    ),
    NEIGHBOURS: ("NeighborsBase",),
    HINGE: ("BaseLibSVM", "LinearSVR", "LinearSVC"),
    ROWS: (
        "BaseBagging",
        "BaseWeightBoosting",
        "RANSACRegressor",
        "TheilSenRegressor",
    ),
    GREEDY: ("Lars", "OrthogonalMatchingPursuit", "OrthogonalMatchingPursuitCV"),
    SEVERAL: (
        "MultiTaskElasticNet",
        "MultiTaskElasticNetCV",
        "MultiTaskLasso",
        "MultiTaskLassoCV",
    ),
    LABELS: ("RidgeClassifier", "RidgeClassifierCV"),
    OTHER_Y: ("TransformedTargetRegressor",),
    PROCESS: ("GaussianProcessRegressor", "GaussianProcessClassifier", "KernelRidge"),
}
# by the names of classes, or of those that they are derived from
REFUSED: dict[Key, str] = {
    ("sklearn", name): reason for reason, names in _REASONS.items() for name in names
} | {
    ("torch", "Module"): "it may be more than one layer; call model_of for its "
    "torch.nn.Linear if that is all of it",
    ("statsmodels", "Model"): "it is not fitted; call model_of for what its fit() "
    "returns",
}


def reader_of(estimator: object) -> Reader:
    """Return the reader of an estimator, or raise the reason why there is none.

    A class that is derived from a known one is read as that one.

    Raises
    ------
    ValueError
        If there is none.
    """
    if isinstance(estimator, type):
        raise ValueError(
            f"estimator must be fitted, got the class {estimator.__name__}: make one, "
            "and call its fit(X, y)"
        )
    for kind in type(estimator).__mro__:
        key = kind.__module__.partition(".")[0], kind.__name__
        if key in READERS:
            return READERS[key]
        if key in REFUSED:
            raise ValueError(
                f"model_of does not know {name_of(estimator)}: {REFUSED[key]}"
            )
    if not callable(getattr(estimator, "fit", None)):
        raise ValueError(
            f"estimator must be a fitted estimator, got {shown(estimator)}"
        )
    known = listed(name for package, name in READERS if package == "sklearn")
    raise ValueError(f"model_of does not know {name_of(estimator)}; it knows {known}")


def holds_rows(estimator: object) -> bool:
    """Return whether an estimator holds the rows of its fit."""
    kinds = type(estimator).__mro__
    return any(kind.__module__.partition(".")[0] in WITH_ROWS for kind in kinds)


def require_settings(estimator: object, read: Reader, names: Iterable[str]) -> None:
    """Refuse settings that a reader does not take."""
    allowed = SETTINGS.get(read, ())
    unknown = [name for name in names if name not in allowed]
    if unknown:
        raise ValueError(
            f"{listed(unknown)} must be left out for {name_of(estimator)}: model_of "
            f"takes noise_sd, sample_weight{''.join(f', {each}' for each in allowed)}"
        )
