r"""The reader of a linear layer of PyTorch, which does not keep how it was trained.

.. math:: \min_{a, b} \frac1n \sum_i (y_i - a - x_i^\top b)^2
          + \tfrac12 \lambda \lVert b \rVert^2 + \tfrac12 \lambda_a a^2

for ``MSELoss`` and the weight decay :math:`\lambda`. PyTorch's optimisers decay biases
too. A bias that decays has a prior: it is the coefficient of a column of ones here, and
the model has no intercept.
"""

from typing import Any, NamedTuple

import numpy as np

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.estimators.implied import noise
from bayes_l2.estimators.implied.penalties import converted, normal_prior
from bayes_l2.estimators.implied.terms import (
    Given,
    ImpliedTerms,
    labels,
    name_of,
    no_noise,
    response,
)
from bayes_l2.floats import column_names
from bayes_l2.model import likelihoods
from bayes_l2.model.statistics.sufficient_statistics import default_names
from bayes_l2.texts import listed, record_text, shown

SETTINGS = ("loss", "weight_decay", "batch_size")
CONVENTIONS = {  # by loss and reduction
    ("MSELoss", "mean"): "torch-sgd",
    ("MSELoss", "sum"): "torch-sgd-sum",
    ("BCEWithLogitsLoss", "mean"): "torch-sgd-cross-entropy",
    ("CrossEntropyLoss", "mean"): "torch-sgd-cross-entropy",
}
# their weight decay is a part of the gradient, as that of an L2 penalty is
COUPLED = ("SGD", "Adam", "NAdam", "RAdam", "Adamax", "Adagrad", "Adadelta", "RMSprop")
ADVICE = "model_of(layer, X, y, loss=MSELoss(), weight_decay=optimiser)"
TRAINING = (
    "a layer does not say whether its training has converged: the first check of "
    "compare says how far it is from the MAP"
)


class Trained(NamedTuple):
    """A layer, and the weight decay of each of its columns.

    A bias that decays is the coefficient of a last column of ones.
    """

    X: FloatArray
    names: tuple[str, ...]
    coef: FloatArray  # (K, p)
    intercept: FloatArray | None  # (K,)
    decays: FloatArray  # (p,)
    notes: tuple[str, ...]

    __repr__ = record_text


def sequential(estimator: Any, given: Given) -> ImpliedTerms:
    """Read a Sequential of one linear layer."""
    parts = list(estimator)
    if [name_of(part) for part in parts] != ["Linear"]:
        raise ValueError(
            "model_of knows a Sequential of one Linear, got one of "
            f"{listed(map(name_of, parts)) or 'nothing'}"
        )
    return layer(parts[0], given)


def layer(estimator: Any, given: Given) -> ImpliedTerms:
    """Read torch.nn.Linear under the loss and the weight decay of its training."""
    for name in ("loss", "weight_decay"):
        if given.settings.get(name) is None:
            raise ValueError(
                f"{name} must be given for torch.nn.Linear, which does not keep it: "
                + ADVICE
            )
    if given.weights is not None:
        raise ValueError(
            "sample_weight must be left out for torch.nn.Linear: the losses that are "
            "known here give all rows one weight"
        )
    loss = given.settings["loss"]
    convention = _convention(loss)
    trained = _trained(estimator, given)
    facts = {"n": len(trained.X)}
    batch_size = given.settings.get("batch_size")
    if convention.endswith("sum"):
        facts["batch_size"] = facts["n"] if batch_size is None else batch_size
    elif batch_size is not None:
        raise ValueError(
            f"batch_size must be left out for {name_of(loss)} with reduction='mean', "
            f"whose minimum does not depend on it; got {shown(batch_size)}"
        )
    if name_of(loss) == "MSELoss":
        return _of_numbers(estimator, given, trained, convention, facts)
    return _of_classes(estimator, given, trained, convention, facts)


def _of_numbers(
    estimator: Any, given: Given, trained: Trained, convention: str, facts: Any
) -> ImpliedTerms:
    _require_outputs(trained, 1, "MSELoss")
    X, intercept = trained.X, trained.intercept
    y = response(estimator, given.y, len(X))
    center = None if intercept is None else float(intercept[0])
    fit = noise.Fit(X, y, None, trained.coef[0], center, name_of(estimator))
    penalties = converted(trained.decays, convention, "ridge", **facts).values
    found = noise.by_evidence(fit, given.noise_sd, penalties)
    facts = {**facts, "noise_sd": found.sd}
    likelihood = likelihoods.Normal(found.sd)
    terms = _terms(trained, y, likelihood, convention, facts)
    return terms.noted(found.note, TRAINING)


def _of_classes(
    estimator: Any, given: Given, trained: Trained, convention: str, facts: Any
) -> ImpliedTerms:
    loss = name_of(given.settings["loss"])
    no_noise(estimator, given, "classes have no noise sd")
    n_classes = 2
    likelihood: likelihoods.Likelihood = likelihoods.Bernoulli()
    if loss == "CrossEntropyLoss":
        n_classes, likelihood = len(trained.coef), likelihoods.Categorical()
    _require_outputs(trained, 1 if n_classes == 2 else n_classes, loss)
    y = labels(estimator, given.y, len(trained.X), np.arange(n_classes))
    return _terms(trained, y, likelihood, convention, facts).noted(TRAINING)


def _require_outputs(trained: Trained, wanted: int, loss: str) -> None:
    found = len(trained.coef)
    if found != wanted:
        way_out = "take one output for one response"
        if loss == "CrossEntropyLoss":
            way_out = "take one output and BCEWithLogitsLoss for two classes"
        elif loss == "BCEWithLogitsLoss":
            way_out = "take CrossEntropyLoss for three or more classes"
        raise ValueError(f"model_of does not know {loss} of {found} outputs; {way_out}")


def _terms(
    trained: Trained,
    y: Any,
    likelihood: likelihoods.Likelihood,
    convention: str,
    facts: dict[str, Any],
) -> ImpliedTerms:
    sds = converted(trained.decays, convention, "prior-sd", **facts)
    return ImpliedTerms(
        trained.X,
        trained.names,
        y,
        likelihood,
        normal_prior(sds.values),
        trained.coef,
        trained.intercept,
        None,
        (*trained.notes, sds.note),
    )


def _trained(estimator: Any, given: Given) -> Trained:
    """Return the columns, coefficients and decays of a layer."""
    X = validation.matrix(given.X)
    coef, intercept = _numbers(estimator.weight), None
    if X.shape[1] != coef.shape[1]:
        raise ValueError(
            f"X must have the {coef.shape[1]} columns that Linear was trained on, got "
            f"{X.shape[1]}"
        )
    names = column_names(given.X) or default_names(X.shape[1])
    setting = given.settings["weight_decay"]
    decays = np.full(X.shape[1], _decay(setting, estimator.weight, "weight"))
    if estimator.bias is None:
        return Trained(X, names, coef, None, decays, ())
    intercept = _numbers(estimator.bias)
    own = _decay(setting, estimator.bias, "bias")
    if not own:
        return Trained(X, names, coef, intercept, decays, ())
    note = (
        "the bias decays too, so it has a prior: it is the coefficient of a column of "
        "ones, and the model has no intercept"
    )
    if not hasattr(setting, "param_groups"):
        note += (
            "; PyTorch's optimisers decay a bias unless it stands in a group with "
            "weight_decay=0, for which give the optimiser as weight_decay"
        )
    return Trained(
        np.column_stack([X, np.ones(len(X))]),
        (*names, "bias"),
        np.column_stack([coef, intercept]),
        None,
        np.append(decays, own),
        (note,),
    )


def _decay(setting: Any, parameter: Any, name: str) -> float:
    """Return the weight decay of a parameter, from a number or an optimiser."""
    if not hasattr(setting, "param_groups"):
        if isinstance(setting, int | float) and setting == 0:
            return 0.0
        return validation.positive_number(setting, "weight_decay")
    kind = name_of(setting)
    for group in setting.param_groups:
        if not any(each is parameter for each in group["params"]):
            continue
        decay = float(group.get("weight_decay", 0.0))
        if decay and (kind == "AdamW" or group.get("decoupled_weight_decay")):
            raise ValueError(
                f"model_of does not know a layer that {kind} trained: its decay is no "
                "part of the gradient, so that its limit is no MAP of a Gaussian prior;"
                " train by SGD or Adam"
            )
        if decay and kind not in COUPLED:
            raise ValueError(
                f"model_of does not know the weight decay of {kind}; it knows that of "
                f"{listed(COUPLED)}"
            )
        if group.get("maximize"):
            raise ValueError(f"weight_decay: {kind} must minimise, got maximize=True")
        return decay
    raise ValueError(
        f"weight_decay: {kind} must train the {name} of this layer, and does not hold "
        "it"
    )


def _convention(loss: Any) -> str:
    """Return the convention of a loss, if it is a negative log-likelihood here."""
    key = name_of(loss), getattr(loss, "reduction", "")
    if key not in CONVENTIONS:
        known = ", ".join(f"{name}(reduction={how!r})" for name, how in CONVENTIONS)
        raise ValueError(f"loss must be one of {known}; got {shown(loss)}")
    for name in ("weight", "pos_weight", "label_smoothing"):
        value = getattr(loss, name, None)
        if value is not None and np.any(np.asarray(value) != 0):
            raise ValueError(
                f"loss: {name} of {key[0]} must be left out: each row of the model has "
                "one weight and one certain label"
            )
    return CONVENTIONS[key]


def _numbers(parameter: Any) -> FloatArray:
    """Return a parameter of a layer as an array of doubles."""
    return np.array(parameter.detach().cpu().tolist(), dtype=float)
