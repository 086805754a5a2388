"""From the options of ``bayes-l2 compare`` to data and a model."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from bayes_l2 import datasets
from bayes_l2.cli import terms
from bayes_l2.cli.terms import LIKELIHOODS, PRIORS, Typed
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.scales import Known, Scale
from bayes_l2.selection.choose import Choice, choose_penalty
from bayes_l2.texts import shown

if TYPE_CHECKING:
    import pandas as pd

DIABETES_PRIOR_SD, DIABETES_NOISE_SD = Known(20.0), Known(54.0)
ANY_PRIOR_SD = Known(1.0)  # of a model whose penalty is to be chosen


@dataclass(frozen=True)
class Options:
    """The options that state the problem, as typed."""

    csv: str | None
    target: str | None
    standardise: bool
    intercept: bool
    likelihood: str
    noise_sd: str | None
    prior: str
    prior_sd: str | None
    choose: Literal["evidence", "loo", "gcv", "cv", "hierarchical"] | None


class Problem(NamedTuple):
    """A model, the origin of its data in one line, and the choice of its penalty."""

    model: LinearModel
    source: str
    choice: Choice | None


def problem_of(options: Options) -> Problem:
    """Return the problem that the options state, or raise ValueError."""
    likelihood = terms.typed(options.likelihood, "--likelihood", LIKELIHOODS)
    X, y, source = _data(options, likelihood)
    prior = terms.typed(options.prior, "--prior", PRIORS)
    if options.prior_sd is not None and not prior.term.has_sd_option:
        raise ValueError(
            "--prior-sd is of the normal prior: give it or --prior, not both"
        )
    if options.noise_sd is not None and not likelihood.term.has_sd_option:
        raise ValueError(
            f"--noise-sd is for --likelihood normal, got it with {likelihood.name}"
        )
    if likelihood.term.has_sd_option and prior.term.has_sd_option:
        model, by = _gaussian(X, y, options)
    else:
        model, by = _other(X, y, options, likelihood, prior)
    if by is None:
        model.propriety.require_proper()
        return Problem(model, source, None)
    choice = choose_penalty(model, by=by)
    return Problem(choice.model, source, choice)


def _data(options: Options, likelihood: Typed) -> "tuple[pd.DataFrame, pd.Series, str]":
    """Return features, response and one line on their origin."""
    csv, target, example = options.csv, options.target, likelihood.term.example
    if csv is None:
        if options.standardise:
            raise ValueError(
                "--standardise is for a CSV file; the data of scikit-learn's are "
                "standardised already"
            )
        if target not in (None, example.target):
            known = f", and that of these data is {example.target}"
            raise ValueError(
                "--target names a column of a CSV file; give the file first"
                + (known if example.target else "")
            )
        X, y = example.load()
        return X, y, f"{example.source}, features standardised (divisor n)"
    if target is None:
        raise ValueError(
            "with a CSV file, --target must be given: the column to predict"
        )
    table = datasets.read_table(csv, target, labels=example.has_labels)
    X, y = table.X, table.y
    source = f"{csv}, target {target}"
    if not options.standardise:
        return X, y, source
    return datasets.standardise(X), y, f"{source}, features standardised (divisor n)"


def _gaussian(
    X: "pd.DataFrame", y: "pd.Series", options: Options
) -> tuple[LinearModel, Any]:
    """Return a model with a normal likelihood and prior, and a criterion or None.

    Its scales may be unknown, or chosen.
    """
    noise = _scale(options.noise_sd, "--noise-sd")
    spread = _scale(options.prior_sd, "--prior-sd")
    by, is_csv = options.choose, options.csv is not None
    if by is None and is_csv and spread is None:
        by = "evidence"
    if by is None:
        if is_csv and noise is None:
            raise ValueError(
                "--noise-sd must be given with --prior-sd, or neither, and both are "
                "chosen by evidence"
            )
        noise, spread = noise or DIABETES_NOISE_SD, spread or DIABETES_PRIOR_SD
    elif spread is not None and spread.is_known:
        raise ValueError(
            "--choose chooses the prior sd: leave out --prior-sd, or give it a prior "
            "such as halfcauchy:20"
        )
    elif by == "hierarchical" and spread is None:
        raise ValueError(
            "--choose hierarchical needs a prior on the prior sd, such as --prior-sd "
            "halfcauchy:20"
        )
    unknown = priors.FlatLogScale()
    model = LinearModel(
        X,
        y,
        likelihood=likelihoods.Normal(noise or unknown),
        prior=priors.Normal(spread or unknown),
        intercept=options.intercept,
    )
    return model, by


def _other(
    X: "pd.DataFrame",
    y: "pd.Series",
    options: Options,
    likelihood: Typed,
    prior: Typed,
) -> tuple[LinearModel, Any]:
    """Return a model with another likelihood or prior, and a criterion or None."""
    is_csv, by = options.csv is not None, options.choose
    if likelihood.term.has_sd_option:
        default = None if is_csv else DIABETES_NOISE_SD
        density = likelihoods.Normal(_number(options.noise_sd, "--noise-sd", default))
    else:
        density = likelihood.build()
    has_evidence = density.is_smooth and not density.has_statistics
    if has_evidence and by not in (None, "evidence"):
        raise ValueError(
            f"--choose must be evidence for --likelihood {likelihood.name}, got {by}"
        )
    is_open = prior.term.has_sd_option and options.prior_sd is None
    choosing = has_evidence and is_open
    if by is not None and not choosing:
        raise ValueError(
            "--choose needs a normal prior without --prior-sd, and a --likelihood "
            "other than laplace"
        )
    if prior.term.has_sd_option:
        default = None if is_csv else DIABETES_PRIOR_SD
        default = ANY_PRIOR_SD if choosing else default
        belief = priors.Normal(_number(options.prior_sd, "--prior-sd", default))
    else:
        belief = prior.build()
    model = LinearModel(
        X, y, likelihood=density, prior=belief, intercept=options.intercept
    )
    return model, "evidence" if choosing else None


def _scale(text: str | None, option: str) -> Scale | None:
    return None if text is None else terms.scale(text, option)


def _number(text: str | None, option: str, default: Scale | None) -> Scale:
    """Return an option that must be a number here, or its default."""
    scale = _scale(text, option) or default
    if scale is None:
        raise ValueError(
            f"{option} must be given with a CSV file and another likelihood or prior "
            "than normal"
        )
    if not scale.is_known:
        raise ValueError(
            f"{option} must be a number with this likelihood or prior, got "
            f"{shown(text)}"
        )
    return scale
