"""A figure that draws names as they are."""

from typing import Any, override

from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter, FuncFormatter

from bayes_l2.texts import printable


class PlainFigure(Figure):
    """A figure where a dollar sign opens no formula.

    The powers of ten of a logarithmic axis stay formulas.

    Attributes
    ----------
    alt : str
        The figure in words, for a reader who does not see it; see ``drawing.describe``.
    """

    alt: str = ""

    def _repr_mimebundle_(
        self, **_: Any
    ) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        """Return no picture, which the notebook makes itself, and its description.

        The key ``alt`` is that of ``IPython.display.Image``.
        """
        return {}, {"image/png": {"alt": self.alt}} if self.alt else {}

    @override
    def draw(self, renderer: Any) -> None:
        numbers: set[Any] = set()
        for axis in self.findobj(Axis):
            assert isinstance(axis, Axis)
            # names are ticks that are fixed
            if not isinstance(
                axis.get_major_formatter(), FixedFormatter | FuncFormatter
            ):
                numbers |= {*axis.findobj(Text)} - {axis.label}
        for text in self.findobj(Text):
            if text not in numbers:
                assert isinstance(text, Text)
                text.set(parse_math=False)
                text.set_text("\n".join(map(printable, text.get_text().split("\n"))))
        super().draw(renderer)
