r"""Products of powers, :math:`\prod_k s_k^{e_k}`, such as alpha y_sd / (2 n).

Every formula that links two penalties is such a product.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod
from typing import Any

LATEX = {
    "n": "n",
    "(n - 1)": "(n - 1)",
    "weight_sum": r"\textstyle\sum_i w_i",
    "batch_size": "B",
    "y_sd": "s_y",
    "x_sd": "s_x",
    "noise_sd": r"\sigma",
}
# the order in which factors are written; "" stands for any other name
ORDER = ("2", "", *LATEX)


@dataclass(frozen=True)
class Monomial:
    r"""A product :math:`\prod_k s_k^{e_k}` of positive symbols to rational powers.

    Arithmetic on symbols makes products: ``1 / (2 * n)``, ``value / 2``, ``sd**2``.
    Numbers are powers of the symbol "2".

    Attributes
    ----------
    powers : mapping of str to Fraction
        Every symbol and its power; symbols to the power 0 are left out.
    """

    powers: Mapping[str, Fraction] = field(default_factory=dict)

    def __mul__(self, other: "Monomial | int") -> "Monomial":
        """Return the product."""
        powers = dict(self.powers)
        for name, power in _monomial(other).powers.items():
            powers[name] = powers.get(name, Fraction(0)) + power
        return Monomial({name: power for name, power in powers.items() if power})

    __rmul__ = __mul__

    def __truediv__(self, other: "Monomial | int") -> "Monomial":
        """Return the quotient."""
        return self * _monomial(other) ** -1

    def __rtruediv__(self, other: int) -> "Monomial":
        """Return a number divided by this product."""
        return _monomial(other) / self

    def __pow__(self, power: int | Fraction) -> "Monomial":
        """Return this product to a power."""
        return Monomial({name: each * power for name, each in self.powers.items()})

    def __contains__(self, name: str) -> bool:
        """Return whether the product depends on a symbol."""
        return name in self.powers

    def replace(self, name: str, other: "Monomial") -> "Monomial":
        """Return the product with a symbol replaced by another product."""
        power = self.powers.get(name, Fraction(0))
        return self * (other / symbol(name)) ** power

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """Return the number of the product; an array where a value is an array."""
        numbers = {**values, "2": 2.0}
        return prod(
            numbers[name] ** float(power) for name, power in self.powers.items()
        )

    def text(self) -> str:
        """Return the product as plain text: ``alpha y_sd / (2 n)``."""
        top, bottom = (self._side(sign, _plain, "sqrt({})") for sign in (1, -1))
        above, below = " ".join(top) or "1", " ".join(bottom)
        if len(bottom) > 1:
            below = f"({below})"
        return f"{above} / {below}" if below else above

    def latex(self, names: Mapping[str, str] | None = None) -> str:
        """Return the product as LaTeX.

        Parameters
        ----------
        names : mapping of str to str, optional
            LaTeX of symbols that are not quantities, such as the setting.
        """
        shown = LATEX | dict(names or {})

        def power(name: str, exponent: int) -> str:
            if name == "2":
                return str(2**exponent)
            return shown.get(name, name) + ("" if exponent == 1 else f"^{exponent}")

        above, below = (
            " ".join(self._side(sign, power, r"\sqrt{{{}}}")) for sign in (1, -1)
        )
        return rf"\frac{{{above or '1'}}}{{{below}}}" if below else (above or "1")

    def _side(
        self, sign: int, power: Callable[[str, int], str], root: str
    ) -> list[str]:
        """Return the factors above (sign 1) or below (sign -1) the line.

        Halves of powers stand under one root, at the end.
        """
        chosen = [
            (name, divmod(abs(each), 1))
            for name, each in self.powers.items()
            if each * sign > 0
        ]
        chosen.sort(key=lambda factor: _place(factor[0]))
        if any(half not in (0, Fraction(1, 2)) for _, (_, half) in chosen):
            raise ValueError(
                "powers must be multiples of one half to be written, "
                f"got {dict(self.powers)}"
            )
        halves = [power(name, 1) for name, (_, half) in chosen if half]
        under_root = halves[0].strip("()") if len(halves) == 1 else " ".join(halves)
        whole = [
            power(name, int(exponent)) for name, (exponent, _) in chosen if exponent
        ]
        return [*whole, *([root.format(under_root)] if under_root else [])]


def symbol(name: str) -> Monomial:
    """Return the product of one symbol."""
    return Monomial({name: Fraction(1)})


def _place(name: str) -> int:
    return ORDER.index(name if name in ORDER else "")


def _plain(name: str, exponent: int) -> str:
    if name == "2":
        return str(2**exponent)
    return name + {1: "", 2: "²", 3: "³"}.get(exponent, f"^{exponent}")


def _monomial(value: "Monomial | int") -> Monomial:
    if isinstance(value, Monomial):
        return value
    if value not in (1, 2):
        raise ValueError(f"a number in a formula must be 1 or 2, got {value!r}")
    return Monomial({} if value == 1 else {"2": Fraction(1)})
