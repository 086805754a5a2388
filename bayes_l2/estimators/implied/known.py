"""The estimators that ``model_of`` knows, and those that are the MAP of no model here.

An estimator is looked up by the package and the name of its class, so that no package
has to be installed for it. To add one: a reader in the module of its kind, which returns
``ImpliedTerms``, and an entry here.
"""

from collections.abc import Callable
from typing import Any

from bayes_l2.estimators.implied import linear
from bayes_l2.estimators.implied.terms import Given, ImpliedTerms, name_of
from bayes_l2.texts import listed, shown

Reader = Callable[[Any, Given], ImpliedTerms]
Key = tuple[str, str]  # the package, and the name of the class

READERS: dict[Key, Reader] = {
    ("sklearn", "LinearRegression"): linear.least_squares,
    ("sklearn", "Ridge"): linear.ridge,
}
REFUSED: dict[Key, str] = {}


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
    known = listed(name for _, name in READERS)
    raise ValueError(f"model_of does not know {name_of(estimator)}; it knows {known}")
