"""The same L2 penalty in every library's units: ``find`` a record, ``convert`` between two."""

from bayes_l2.conventions.catalogue import CONVENTIONS, find
from bayes_l2.conventions.convention import Convention
from bayes_l2.conventions.conversion import Conversion, convert

__all__ = ["CONVENTIONS", "Convention", "Conversion", "convert", "find"]
