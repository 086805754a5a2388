"""The fitted estimator that a model was read from."""

from dataclasses import dataclass, replace
from typing import Any

from bayes_l2.arrays import FixedArrays, FloatArray
from bayes_l2.texts import record_text
from bayes_l2.validation import set_fields


@dataclass(frozen=True, eq=False, repr=False)
class Origin(FixedArrays):
    """The fitted estimator whose MAP a model claims to have.

    Attributes
    ----------
    name : str
        The estimator's class.
    coef : ndarray of shape (K, p)
        Its coefficients.
    intercept : ndarray of shape (K,) or None
        Its intercepts, None where it has none.
    notes : tuple of str
        Sentences: how its settings were converted, and how the noise sd was chosen.
    """

    name: str
    coef: FloatArray
    intercept: FloatArray | None
    notes: tuple[str, ...]

    __repr__ = record_text

    @property
    def text(self) -> str:
        """The name and the notes in one line."""
        return f"{self.name}, {'; '.join(self.notes)}"


def with_origin[T: Any](model: T, origin: Origin) -> T:
    """Return the same model, a LinearModel, which says what estimator it comes from.

    The origin is no argument of a model. So ``dataclasses.replace`` leaves it out: a
    changed model does not go on claiming it.
    """
    claiming = replace(model)
    set_fields(claiming, origin=origin)
    return claiming
