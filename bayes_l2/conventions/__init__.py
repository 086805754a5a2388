"""One penalty in the units of every library.

``find`` returns the record of a library's convention, ``convert`` a setting in the
units of another library.
"""

from bayes_l2.conventions.catalogue import CONVENTIONS, find
from bayes_l2.conventions.convention import Convention
from bayes_l2.conventions.conversion import Conversion, convert

__all__ = ["CONVENTIONS", "Convention", "Conversion", "convert", "find"]
__dir__ = __all__.copy
