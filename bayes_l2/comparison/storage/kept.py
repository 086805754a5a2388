"""A comparison kept in a file, and read again."""

from dataclasses import fields
from typing import Any, Self

from bayes_l2 import arguments
from bayes_l2.texts import end_of


class Kept:
    """The way of a comparison, a dataclass, to a file and back."""

    def save(self: Any, path: Any) -> None:
        """Write everything to a netCDF file, for ``load`` and for ArviZ.

        Parameters
        ----------
        path : str or path
            The file. One that is there is replaced; nothing half-written is left.

        Raises
        ------
        ValueError
            If it cannot be written, or cannot hold a term or the labels of the model.
        """
        from bayes_l2.comparison.storage.file import write

        self.model.require_in_memory("Comparison.save", "keep its to_dict() as JSON")
        parts = {each.name: getattr(self, each.name) for each in fields(self)}
        write(arguments.path(path), parts, parts.pop("mcmc"))

    @classmethod
    def load(cls, path: Any) -> Self:
        """Return the comparison of a file of ``save``, as ``bayes_l2.load`` does.

        Parameters
        ----------
        path : str or path
            The file.

        Returns
        -------
        Comparison
            An ExactComparison or an ApproximateComparison. Each of these classes loads
            its own kind only.

        Raises
        ------
        ValueError
            If the file cannot be read, is no file of a comparison, was written in
            another format, or holds the other kind of comparison.
        """
        # by its public name: this class does not know those of which it is a base
        from bayes_l2 import load

        found = load(path)
        if isinstance(found, cls):
            return found
        raise ValueError(
            f"path must be a file of {cls.__name__}.save, got "
            f"{end_of(arguments.path(path))!r}, which has the kind "
            f"{type(found).__name__}: read it by Comparison.load"
        )
