"""A scale as it is typed: a number, or a prior and its parameters."""

from dataclasses import fields

from bayes_l2.model.priors import (
    Exponential,
    FlatLogScale,
    FlatScale,
    HalfCauchy,
    HalfNormal,
    HalfStudentT,
    InverseGamma,
    ScalePrior,
)
from bayes_l2.validation import positive_number

BY_NAME = {
    "halfnormal": HalfNormal,
    "halfstudentt": HalfStudentT,
    "halfcauchy": HalfCauchy,
    "exponential": Exponential,
    "inversegamma": InverseGamma,
    "flat": FlatScale,
    "flatlog": FlatLogScale,
}


def parse(text: str, name: str) -> float | ScalePrior:
    """Return the scale that a text says: a number, or a prior and its parameters such as "halfstudentt:3,50".

    Parameters
    ----------
    text : str
        A positive number, or one of the names of ``BY_NAME``, a colon and the parameters in the order of the class,
        separated by commas.
    name : str
        What to call it in an error.

    Returns
    -------
    float or ScalePrior
        The known sd, or the prior on it.

    Raises
    ------
    ValueError
        If the text says neither, or a parameter is missing or not valid.
    """
    word, _, rest = text.strip().lower().partition(":")
    if word in BY_NAME:
        prior, wanted = BY_NAME[word], [field.name for field in fields(BY_NAME[word])]
        try:
            values = [float(value) for value in rest.split(",")] if rest else []
        except ValueError:
            values = None
        if values is None or len(values) != len(wanted):
            form = (
                f"the form {word}:{','.join(wanted)} with numbers"
                if wanted
                else f"no numbers after {word}"
            )
            raise ValueError(f"{name} must have {form}, got {text!r}")
        try:
            return prior(*values)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    try:
        number = float(word)
    except ValueError:
        forms = ", ".join(BY_NAME)
        raise ValueError(
            f"{name} must be a number or a prior such as halfnormal:50 ({forms}); got {text!r}"
        ) from None
    return positive_number(number, name)
