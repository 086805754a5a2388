"""From the options of ``bayes-l2 compare`` to data and a model."""

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

    from bayes_l2.model.likelihoods import Likelihood
    from bayes_l2.model.linear_model import LinearModel
    from bayes_l2.model.priors import Prior
    from bayes_l2.selection.choose import Choice

DIABETES_PRIOR_SD, DIABETES_NOISE_SD = 20.0, 54.0
KINDS = ("normal", "laplace", "bernoulli", "categorical")
CLASSES = ("bernoulli", "categorical")


class CriterionName(StrEnum):
    """What the penalty is chosen by."""

    EVIDENCE = "evidence"
    LOO = "loo"
    GCV = "gcv"
    CV = "cv"
    HIERARCHICAL = "hierarchical"


class Options(NamedTuple):
    """What was typed of the prior and of the noise, and the scale of a Laplace likelihood."""

    scale: float
    noise_sd: str | None
    prior: str | None
    prior_sd: str | None
    choose: CriterionName | None


def likelihood_of(text: str) -> tuple[str, float]:
    """Return which likelihood ``--likelihood`` names, and the scale of a Laplace one, NaN for another."""
    name, scale = _named(text, "--likelihood", KINDS)
    if (name == "laplace") != (scale is not None):
        wanted = "laplace:SCALE" if name == "laplace" else name
        raise ValueError(f"--likelihood must be {wanted}, got {text!r}")
    return name, float("nan") if scale is None else scale


def _named(text: str, option: str, names: tuple[str, ...]) -> tuple[str, float | None]:
    """Return the name and the number of a text such as laplace:1.5."""
    name, colon, number = text.strip().lower().partition(":")
    if name not in names:
        raise ValueError(f"{option} must be one of {', '.join(names)}, got {text!r}")
    try:
        scale = float(number) if colon else None
    except ValueError:
        scale = -1.0
    if scale is not None and not 0 < scale < float("inf"):
        raise ValueError(
            f"{option}: the scale must be a positive number, got {number!r}"
        )
    return name, scale


def data(
    csv: str | None, target: str | None, standardise: bool, kind: str
) -> "tuple[pd.DataFrame, pd.Series, str]":
    """Return features, response and one line on where they come from."""
    from bayes_l2 import datasets

    if csv is None:
        if standardise:
            raise ValueError(
                "--standardise is for a CSV file; the data of scikit-learn's are standardised already"
            )
        examples = {
            "bernoulli": (
                datasets.breast_cancer,
                "benign",
                "Breast cancer data (Street et al. 1993)",
            ),
            "categorical": (datasets.iris, "species", "Iris data (Fisher 1936)"),
        }
        load, column, name = examples.get(
            kind, (datasets.diabetes, "", "Diabetes data (Efron et al. 2004)")
        )
        if target not in (None, column):
            known = f", and that of these data is {column}" if column else ""
            raise ValueError(
                f"--target names a column of a CSV file; give the file first{known}"
            )
        return *load(), f"{name}, features standardised (divisor n)"
    if target is None:
        raise ValueError(
            "with a CSV file, --target must be given: the column to predict"
        )
    X, y = datasets.read_csv(csv, target, labels=kind in CLASSES)
    X = datasets.standardise(X) if standardise else X
    return (
        X,
        y,
        f"{csv}, target {target}"
        + (", features standardised (divisor n)" if standardise else ""),
    )


def model_of(
    X: "pd.DataFrame",
    y: "pd.Series",
    intercept: bool,
    kind: str,
    options: Options,
    *,
    is_csv: bool,
) -> "tuple[LinearModel, Choice | None]":
    """Return the model to compare on, and how its penalty was chosen if it was."""
    from bayes_l2.model import likelihoods
    from bayes_l2.model.linear_model import LinearModel

    if options.prior is not None:
        if options.prior.strip().lower() == "normal":
            options = options._replace(prior=None)
        else:
            _ = _prior(
                options, is_csv=is_csv, choosing=False
            )  # what is wrong with it comes first
    if kind == "normal" and options.prior is None:
        return _gaussian(X, y, intercept, options, is_csv=is_csv)
    likelihood: Likelihood
    match kind:
        case "normal":
            likelihood = likelihoods.Normal(
                _number(
                    options.noise_sd,
                    "--noise-sd",
                    None if is_csv else DIABETES_NOISE_SD,
                )
            )
        case "laplace":
            likelihood = likelihoods.Laplace(options.scale)
        case "bernoulli":
            likelihood = likelihoods.Bernoulli()
        case _:
            likelihood = likelihoods.Categorical()
    if kind != "normal" and options.noise_sd is not None:
        raise ValueError(f"--noise-sd is for --likelihood normal, got it with {kind}")
    if kind in CLASSES and options.choose not in (None, CriterionName.EVIDENCE):
        raise ValueError(
            f"--choose must be evidence for --likelihood {kind}, got {options.choose.value}"
        )
    choosing = kind in CLASSES and options.prior is None and options.prior_sd is None
    if options.choose is not None and not choosing:
        raise ValueError(
            "--choose needs a normal prior without --prior-sd, and --likelihood normal or classes"
        )
    prior = _prior(options, is_csv=is_csv, choosing=choosing)
    model = LinearModel(X, y, likelihood=likelihood, prior=prior, intercept=intercept)
    if not choosing:
        model.propriety.require_proper()
        return model, None
    from bayes_l2.selection.choose import choose_penalty

    choice = choose_penalty(model, by=(options.choose or CriterionName.EVIDENCE).value)
    return choice.model, choice


def _prior(options: Options, *, is_csv: bool, choosing: bool) -> "Prior":
    from bayes_l2.model import priors

    if options.prior is None:
        default = 1.0 if choosing else None if is_csv else DIABETES_PRIOR_SD
        return priors.Normal(_number(options.prior_sd, "--prior-sd", default))
    if options.prior_sd is not None:
        raise ValueError(
            "--prior-sd is of the normal prior: give it or --prior, not both"
        )
    name, scale = _named(options.prior, "--prior", ("normal", "laplace", "flat"))
    if name == "normal" or (name == "laplace") != (scale is not None):
        raise ValueError(
            f"--prior must be laplace:SCALE, flat or normal (see --prior-sd), got {options.prior!r}"
        )
    return priors.Flat() if scale is None else priors.Laplace(scale)


def _number(text: str | None, option: str, default: float | None) -> float:
    """Return an option that must be a number here, or its default."""
    from bayes_l2.cli import scales

    if text is None and default is None:
        raise ValueError(
            f"{option} must be given with a CSV file and another likelihood or prior than normal"
        )
    scale = default if text is None else scales.parse(text, option)
    if not isinstance(scale, float):
        raise ValueError(
            f"{option} must be a number with this likelihood or prior, got {text!r}"
        )
    return scale


def _gaussian(
    X: "pd.DataFrame",
    y: "pd.Series",
    intercept: bool,
    options: Options,
    *,
    is_csv: bool,
) -> "tuple[LinearModel, Choice | None]":
    """Return a model with a normal likelihood and a normal prior, whose scales may be unknown or chosen."""
    from bayes_l2.cli import scales
    from bayes_l2.model import likelihoods, priors
    from bayes_l2.model.linear_model import LinearModel

    noise = (
        None
        if options.noise_sd is None
        else scales.parse(options.noise_sd, "--noise-sd")
    )
    prior = (
        None
        if options.prior_sd is None
        else scales.parse(options.prior_sd, "--prior-sd")
    )
    choose = options.choose
    if choose is None and is_csv and prior is None:
        choose = CriterionName.EVIDENCE
    if choose is None:
        if is_csv and noise is None:
            raise ValueError(
                "--noise-sd must be given with --prior-sd, or neither, and both are chosen by evidence"
            )
        noise, prior = noise or DIABETES_NOISE_SD, prior or DIABETES_PRIOR_SD
    elif isinstance(prior, float):
        raise ValueError(
            "--choose chooses the prior sd: leave out --prior-sd, or give it a prior such as halfcauchy:20"
        )
    elif choose is CriterionName.HIERARCHICAL and prior is None:
        raise ValueError(
            "--choose hierarchical needs a prior on the prior sd, such as --prior-sd halfcauchy:20"
        )
    unknown = priors.FlatLogScale()
    model = LinearModel(
        X,
        y,
        likelihood=likelihoods.Normal(noise or unknown),
        prior=priors.Normal(prior or unknown),
        intercept=intercept,
    )
    if choose is None:
        model.propriety.require_proper()
        return model, None
    from bayes_l2.selection.choose import choose_penalty

    choice = choose_penalty(model, by=choose.value)
    return choice.model, choice
