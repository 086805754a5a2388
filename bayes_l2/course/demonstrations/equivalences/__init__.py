"""Equivalences: L2 regularisation in disguise, each thing computed by two codes.

``CASES`` holds them by name: functions with a seed and sizes, each of which returns an
:class:`~bayes_l2.course.demonstrations.equivalences.equivalence.Equivalence`.
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from bayes_l2.course.demonstrations.equivalences.cases import CASES as CASES

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=[
        "conformal",
        "ensembles",
        "equivalence",
        "filters",
        "linear_algebra",
        "mixed",
        "networks",
        "noise",
        "shrinkage",
        "splines",
        "stopping",
    ],
    submod_attrs={"cases": ["CASES"]},
)
