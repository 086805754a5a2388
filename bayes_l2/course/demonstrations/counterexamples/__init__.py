"""Counterexamples: cases in which fit, MAP and posterior mean are not the same.

Each function measures a disagreement with the fits of the package, and predicts it by a
formula. ``CASES`` holds the functions by name. Cases on real data use the diabetes
data, noise sd 54 and prior sd 20.
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from bayes_l2.course.demonstrations.counterexamples.cases import CASES as CASES

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["disagreement", "networks", "one_coefficient", "units"],
    submod_attrs={"cases": ["CASES"]},
)
