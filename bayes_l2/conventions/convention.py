r"""The objective of a library, :math:`l \cdot L(y, a + Xb) + p(v) \lVert s b \rVert^2`.

A ``Convention`` records the factors l and p, so that the setting v can be read as a
prior. An L1 penalty has the L1 norm in place of the squared L2 norm.
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Self

from bayes_l2.conventions.monomial import Monomial, symbol

VALUE = symbol("value")  # the setting itself: alpha, C, lambda, ...
n, n_minus_1, weight_sum, batch_size, y_sd, x_sd, noise_sd = map(
    symbol, ("n", "(n - 1)", "weight_sum", "batch_size", "y_sd", "x_sd", "noise_sd")
)
ONE = Monomial()
HALF = 1 / (2 * ONE)

# the usual LaTeX symbol of a setting, by its name
LATEX = {
    "alpha": r"\alpha",
    "C": "C",
    "k": "k",
    "l1": r"\lambda",
    "l2": r"\lambda",
    "lambda": r"\lambda",
    "lambda_": r"\lambda",
    "linear_lambda": r"\lambda",
    "regParam": r"\lambda",
    "weight_decay": r"\lambda",
    "constant_value": "c",
    "scale": "t",
    "sd": r"\tau",
    "sigma": r"\tau",
}


class SummedLoss(StrEnum):
    """The function L of the rows, before its factor."""

    SQUARED = "||y - a - Xb||²"
    LOGISTIC = "Σ log(1 + exp(-y (a + x'b)))"
    ANY = "-log p(y | a + Xb)"

    @property
    def latex(self) -> str:
        """The sum as LaTeX."""
        return {
            SummedLoss.SQUARED: r"\lVert y - a - Xb \rVert^2",
            SummedLoss.LOGISTIC: r"\sum_i \log"
            r"\left(1 + e^{-y_i (a + x_i^\top b)}\right)",
            SummedLoss.ANY: r"-\log p(y \mid a + Xb)",
        }[self]

    @property
    def factor(self) -> Monomial:
        """The negative log-likelihood as a multiple of L."""
        return {
            SummedLoss.SQUARED: 1 / (2 * noise_sd**2),
            SummedLoss.LOGISTIC: ONE,
            SummedLoss.ANY: ONE,
        }[self]


class Norm(StrEnum):
    """The norm that is penalised, and the prior that it stands for."""

    L2 = "Gaussian prior"
    L1 = "Laplace prior"

    @property
    def mark(self) -> str:
        """The mark behind the bars of the norm, as plain text."""
        return {Norm.L2: "²", Norm.L1: "₁"}[self]

    @property
    def mark_latex(self) -> str:
        """The mark behind the bars of the norm, as LaTeX."""
        return {Norm.L2: "^2", Norm.L1: "_1"}[self]

    @property
    def unit_power(self) -> Fraction:
        """The power of a column's squared unit that multiplies the penalty."""
        return {Norm.L2: Fraction(1), Norm.L1: Fraction(1, 2)}[self]

    @property
    def factor(self) -> Monomial:
        """The strength of the prior where its negative logarithm is the norm itself."""
        return {Norm.L2: 2 * ONE, Norm.L1: ONE}[self]

    @property
    def scale_name(self) -> str:
        """The name of the prior's scale."""
        return {Norm.L2: "sd", Norm.L1: "Laplace scale"}[self]

    @property
    def scale_power(self) -> Fraction:
        """The power of the strength that is the prior's scale."""
        return {Norm.L2: Fraction(-1, 2), Norm.L1: Fraction(-1)}[self]


class Columns(StrEnum):
    """The units of the columns in which the coefficients are penalised."""

    AS_GIVEN = "as given"
    SD = "sd, divisor n"
    SAMPLE_SD = "sd, divisor n - 1"
    UNIT_LENGTH = "length"

    @property
    def factor(self) -> Monomial:
        """The square of the unit: it multiplies the penalty on b as given."""
        return {
            Columns.AS_GIVEN: ONE,
            Columns.SD: x_sd**2,
            Columns.SAMPLE_SD: x_sd**2 * n / n_minus_1,
            Columns.UNIT_LENGTH: x_sd**2 * n,
        }[self]

    @property
    def coefficients(self) -> str:
        """The coefficients that are penalised, as plain text."""
        return {
            Columns.AS_GIVEN: "b",
            Columns.SD: "x_sd b",
            Columns.SAMPLE_SD: "s b",
            Columns.UNIT_LENGTH: "s b",
        }[self]

    @property
    def coefficients_latex(self) -> str:
        """The coefficients that are penalised, as LaTeX."""
        return self.coefficients.replace("x_sd", "s_x")


class Intercept(StrEnum):
    """The treatment of the intercept, or of the bias."""

    FREE = "not penalised"
    PENALISED = "penalised"
    NONE = "none: centre X and y, at weighted means where rows have weights"
    YOURS = "has the prior that you give it; flat here"


class Scale(StrEnum):
    """What a library divides y or a column by where there is no intercept."""

    ABOUT_MEAN = "the sd about the mean"
    ABOUT_ZERO = "the root mean square"


class Evidence(StrEnum):
    """The evidence that a record is right."""

    FIT = "by fit"
    STORED = "by stored output"
    DOCUMENTATION = "by documentation"


@dataclass(frozen=True)
class Convention:
    r"""One library's penalty: a setting v, and the objective at that setting.

    .. math:: l \cdot L(y, a + Xb) + p(v) \cdot \lVert s \, b \rVert^2

    L is the squared error or the negative log-likelihood. The factors l and p are
    products of powers. s is 1, or the unit of each column where the library
    standardises. The minimiser is the mode of the posterior under
    :math:`b_j \sim N(0, \tau^2)` with :math:`\tau^{-2} = p s^2 / (l \sigma^2)` for
    squared error with noise sd :math:`\sigma`, and :math:`\tau^{-2} = 2 p s^2 / l` for
    a negative log-likelihood. An L1 penalty has :math:`\lVert s \, b \rVert_1` instead.
    It is a Laplace prior of density proportional to
    :math:`e^{-\lvert b_j \rvert / t}`, with :math:`t^{-1} = p s / (2 l \sigma^2)` or
    :math:`t^{-1} = p s / l`.

    Attributes
    ----------
    name : str
        Short name, which ``convert`` takes.
    setting : str
        The call in the library's language, with the setting among its arguments.
    parameter : str
        Name of the setting.
    loss, penalty : Monomial
        The factors l and p.
    source : str
        The document that states the objective.
    latex : str
        LaTeX symbol of the setting; the usual one of its name where this is empty.
    norm : Norm
        Whether the penalty is a multiple of the squared L2 norm or of the L1 norm.
    summed : SummedLoss
        The function L.
    columns : Columns
        The unit s.
    intercept : Intercept
        Whether the intercept is penalised.
    weights : str
        How row weights enter; "none" where rows have none.
    per_column : bool
        Whether the setting may differ between columns.
    assumes : tuple of str
        Other options that the record needs, and its further assumptions.
    y_without, x_without : Scale or None
        The y_sd and x_sd of a fit without an intercept; None where that is not known.
        They do not count where the objective has no y_sd, or no x_sd.
    no_map : str
        Why no value of the setting is a MAP under that prior; empty where one is.
    verified : Evidence
        The evidence that the record is right.
    digits : float
        Correct digits of the coefficients that the proof must reach. Not used where
        ``no_map`` is given: there the proof shows that the coefficients differ.
    limit : str
        Why the proof does not reach 8 digits.
    aliases : tuple of str
        Further names.
    """

    name: str
    setting: str
    parameter: str
    loss: Monomial
    penalty: Monomial
    source: str
    latex: str = ""
    norm: Norm = Norm.L2
    summed: SummedLoss = SummedLoss.SQUARED
    columns: Columns = Columns.AS_GIVEN
    intercept: Intercept = Intercept.FREE
    weights: str = "none"
    per_column: bool = False
    assumes: tuple[str, ...] = ()
    y_without: Scale | None = None
    x_without: Scale | None = None
    no_map: str = ""
    verified: Evidence = Evidence.FIT
    digits: float = 8.0
    limit: str = ""
    aliases: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Convention({self.name}: {self.setting} minimises {self.objective})"

    def scale_without(self, name: str) -> Scale | None:
        """Return the scale "y_sd" or "x_sd" of a fit without an intercept."""
        return {"y_sd": self.y_without, "x_sd": self.x_without}[name]

    @property
    def library(self) -> str:
        """The library of the setting: the first word of the call."""
        return self.setting.split(".")[0].split("::")[0].split("(")[0]

    @property
    def latex_parameter(self) -> str:
        """The setting as LaTeX."""
        return self.latex or LATEX[self.parameter]

    @cached_property
    def strength(self) -> Monomial:
        r"""The prior precision :math:`1/\tau^2`, or the inverse Laplace scale 1/t."""
        unit = self.columns.factor**self.norm.unit_power
        ratio = self.penalty / self.loss
        return ratio * unit * self.summed.factor * self.norm.factor

    @property
    def power(self) -> Fraction:
        """The power of the setting in the strength.

        It is 1 for a penalty, -1 for its inverse, -2 for a prior sd.
        """
        return self.strength.powers["value"]

    @property
    def prior_scale(self) -> Monomial:
        """The prior sd or the Laplace scale of a coefficient as a formula in ``value``.

        The coefficient belongs to a column as given, in y per unit of the column.
        """
        return self.strength**self.norm.scale_power

    def in_setting_of(self, other: Self) -> Monomial:
        """Return this setting as a formula in the setting of another record.

        The two strengths are set equal and solved for this setting.
        """
        at_one = self.strength.replace("value", ONE)
        return (other.strength / at_one) ** (1 / self.power)

    @property
    def prior(self) -> str:
        """The prior sd or the Laplace scale as plain text, a formula in the setting."""
        formula = self.prior_scale.replace("value", symbol(self.parameter))
        return f"{self.norm.scale_name} = {formula.replace('weight_sum', n).text()}"

    @property
    def objective(self) -> str:
        """The objective as plain text."""
        return self.objective_with(self.parameter)

    def objective_with(self, setting: str, rows: Monomial = n) -> str:
        """Return the objective as plain text.

        Parameters
        ----------
        setting : str
            A name or a number for the setting.
        rows : Monomial
            The symbol of the number of rows or of the sum of their weights.
        """
        loss, penalty = (each.text() for each in self._factors(setting, rows))
        norm = f"||{self.columns.coefficients}||{self.norm.mark}"
        norm = f"({norm} + a²)" if self.intercept is Intercept.PENALISED else norm
        return (
            f"{_times(loss, self.summed.value, ' · ')} + {_times(penalty, norm, ' · ')}"
        )

    @property
    def objective_latex(self) -> str:
        """The objective as LaTeX."""
        names = {self.parameter: self.latex_parameter}
        factors = self._factors(self.parameter, n)
        loss, penalty = (each.latex(names) for each in factors)
        norm = rf"\lVert {self.columns.coefficients_latex} \rVert{self.norm.mark_latex}"
        if self.intercept is Intercept.PENALISED:
            norm = rf"\left({norm} + a^2\right)"
        return f"{_times(loss, self.summed.latex)} + {_times(penalty, norm)}"

    def _factors(self, setting: str, rows: Monomial) -> list[Monomial]:
        """Return the factors of loss and penalty, with a name for the setting."""
        return [
            each.replace("value", symbol(setting)).replace("weight_sum", rows)
            for each in (self.loss, self.penalty)
        ]


def _times(factor: str, term: str, sign: str = " ") -> str:
    return term if factor == "1" else f"{factor}{sign}{term}"
