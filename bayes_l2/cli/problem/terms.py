"""Likelihoods, priors and scales as they are typed: a name, and numbers after a colon.

``halfstudentt:3,50`` stands for ``priors.HalfStudentT(3, 50)``: the numbers are the
fields of the class, in order. A new likelihood, prior or scale is one entry of a table.
"""

from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any, NamedTuple

from bayes_l2 import datasets
from bayes_l2.cli.numbers import number
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.scales import Known, Scale
from bayes_l2.texts import shown
from bayes_l2.validation import positive_number


class Example(NamedTuple):
    """Data of scikit-learn's, for a likelihood without a CSV file."""

    load: Callable[[], Any]
    source: str
    target: str = ""
    has_labels: bool = False


DIABETES = Example(datasets.diabetes, "Diabetes data (Efron et al. 2004)")
TUMOURS = Example(
    datasets.breast_cancer, "Breast cancer data (Street et al. 1993)", "benign", True
)
FLOWERS = Example(datasets.iris, "Iris data (Fisher 1936)", "species", True)


class Term(NamedTuple):
    """A likelihood or a prior that can be typed.

    The sd of a Normal one may be unknown, and has an option of its own.
    """

    make: Callable[..., Any]
    has_sd_option: bool = False
    example: Example = DIABETES


class Typed(NamedTuple):
    """A typed term, and the numbers after its name."""

    name: str
    term: Term
    numbers: list[float]
    option: str

    def build(self) -> Any:
        """Return the likelihood or the prior."""
        return _built(self.term.make, self.numbers, self.option)


LIKELIHOODS = {
    "normal": Term(likelihoods.Normal, has_sd_option=True),
    "laplace": Term(likelihoods.Laplace),
    "bernoulli": Term(likelihoods.Bernoulli, example=TUMOURS),
    "categorical": Term(likelihoods.Categorical, example=FLOWERS),
    "poisson": Term(likelihoods.Poisson),
}
PRIORS = {
    "normal": Term(priors.Normal, has_sd_option=True),
    "laplace": Term(priors.Laplace),
    "elasticnet": Term(priors.ElasticNet),
    "flat": Term(priors.Flat),
}
SCALES = {
    "halfnormal": priors.HalfNormal,
    "halfstudentt": priors.HalfStudentT,
    "halfcauchy": priors.HalfCauchy,
    "exponential": priors.Exponential,
    "inversegamma": priors.InverseGamma,
    "flat": priors.FlatScale,
    "flatlog": priors.FlatLogScale,
}


def typed(text: str, option: str, table: Mapping[str, Term]) -> Typed:
    """Return the term of a table that an option names, or raise ValueError."""
    name = _name(text)
    if name not in table:
        raise ValueError(
            f"{option} must be one of {', '.join(table)}, got {shown(text)}"
        )
    term = table[name]
    wanted = [] if term.has_sd_option else _parameters(term.make)
    return Typed(name, term, _numbers(text, option, wanted), option)


def scale(text: str, option: str) -> Scale:
    """Return the scale that an option states: a number, or a prior on it.

    Parameters
    ----------
    text : str
        A positive number, or a name of ``SCALES``, a colon and numbers between commas.
    option : str
        The option, for an error.

    Returns
    -------
    Scale

    Raises
    ------
    ValueError
        If the text states no scale, or a number is missing or not valid.
    """
    name = _name(text)
    if name in SCALES:
        make = SCALES[name]
        return _built(make, _numbers(text, option, _parameters(make)), option)
    try:
        value = number(text)
    except ValueError:
        raise ValueError(
            f"{option} must be a number or a prior such as halfnormal:50 "
            f"({', '.join(SCALES)}); got {shown(text)}"
        ) from None
    return Known(positive_number(value, option))


def _name(text: str) -> str:
    return text.partition(":")[0].strip().lower()


def _parameters(make: Any) -> list[str]:
    return list(signature(make).parameters)


def _numbers(text: str, option: str, wanted: list[str]) -> list[float]:
    """Return the numbers after the colon, if they are as many as are wanted."""
    name, _, rest = text.strip().lower().partition(":")
    try:
        numbers = [number(each) for each in rest.split(",")] if rest else []
    except ValueError:
        numbers = None
    if numbers is not None and len(numbers) == len(wanted):
        return numbers
    form = f"no numbers after {name}"
    if wanted:
        form = f"the form {name}:{','.join(wanted)} with numbers"
    raise ValueError(f"{option} must have {form}, got {shown(text)}")


def _built(make: Callable[..., Any], numbers: list[float], option: str) -> Any:
    try:
        return make(*numbers)
    except ValueError as error:
        raise ValueError(f"{option}: {error}") from None
