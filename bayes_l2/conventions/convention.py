"""What one library minimises, as two factors: loss times a sum over rows, plus penalty times ||b||² or ||b||₁."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from bayes_l2.conventions.monomial import Monomial, symbol

VALUE = symbol("value")  # the setting itself: alpha, C, lambda, ...
n, n_minus_1, weight_sum, batch_size, y_sd, x_sd, noise_sd = map(
    symbol, ("n", "(n - 1)", "weight_sum", "batch_size", "y_sd", "x_sd", "noise_sd")
)


class Loss(StrEnum):
    """What is summed over the rows."""

    SQUARED = "||y - a - Xb||²"
    LOGISTIC = "Σ log(1 + exp(-y (a + x'b)))"
    ANY = "-log p(y | a + Xb)"

    @property
    def latex(self) -> str:
        """The sum as LaTeX."""
        return {
            Loss.SQUARED: r"\lVert y - a - Xb \rVert^2",
            Loss.LOGISTIC: r"\sum_i \log\left(1 + e^{-y_i (a + x_i^\top b)}\right)",
            Loss.ANY: r"-\log p(y \mid a + Xb)",
        }[self]


class Norm(StrEnum):
    """Of what the penalty is a multiple, and so which prior it is."""

    L2 = "Gaussian prior"
    L1 = "Laplace prior"

    @property
    def unit_power(self) -> Fraction:
        """The power of a column's squared unit by which the penalty is multiplied."""
        return Fraction(1) if self is Norm.L2 else Fraction(1, 2)


class Columns(StrEnum):
    """In which units of the columns the coefficients are penalised."""

    AS_GIVEN = "as given"
    SD = "sd, divisor n"
    SAMPLE_SD = "sd, divisor n - 1"
    UNIT_LENGTH = "length"

    @property
    def factor(self) -> Monomial:
        """The square of the unit, by which the penalty on b as given is larger."""
        return {
            Columns.AS_GIVEN: Monomial(),
            Columns.SD: x_sd**2,
            Columns.SAMPLE_SD: x_sd**2 * n / n_minus_1,
            Columns.UNIT_LENGTH: x_sd**2 * n,
        }[self]

    @property
    def norm(self) -> str:
        """What is squared, as text."""
        return {Columns.AS_GIVEN: "b", Columns.SD: "x_sd b"}.get(self, "s b")

    @property
    def norm_latex(self) -> str:
        """What is squared, as LaTeX."""
        return {Columns.AS_GIVEN: "b", Columns.SD: "s_x b"}.get(self, "s b")


class Intercept(StrEnum):
    """What becomes of the intercept, or of the bias."""

    FREE = "not penalised"
    PENALISED = "penalised"
    NONE = "none: centre X and y, at weighted means where rows have weights"
    YOURS = "has the prior that you give it; flat here"


class Evidence(StrEnum):
    """What shows that a record is right."""

    FIT = "by fit"
    STORED = "by stored output"
    DOCUMENTATION = "by documentation"


@dataclass(frozen=True)
class Convention:
    r"""One library's penalty: a setting v, and what the library minimises at that setting.

    .. math:: l \cdot L(y, a + Xb) + p(v) \cdot \lVert s \, b \rVert^2

    L is the squared error or the negative log-likelihood, the factors l and p are products of powers, and s is 1, or
    the unit of each column where the library standardises. The minimiser is the mode of the posterior under
    :math:`b_j \sim N(0, \tau^2)` with :math:`\tau^{-2} = p s^2 / (l \sigma^2)` for squared error with noise sd
    :math:`\sigma`, and :math:`\tau^{-2} = 2 p s^2 / l` for a negative log-likelihood. An L1 penalty has
    :math:`\lVert s \, b \rVert_1` instead and is a Laplace prior, of density proportional to
    :math:`e^{-\lvert b_j \rvert / t}`, with :math:`t^{-1} = p s / (2 l \sigma^2)` or :math:`p s / l`.

    Attributes
    ----------
    name : str
        Short name, as ``convert`` takes it.
    setting : str
        The call as users write it, the setting among its arguments.
    parameter, latex_parameter : str
        Name of the setting, plain and as LaTeX.
    loss, penalty : Monomial
        The factors l and p.
    norm : Norm
        Whether the penalty is a multiple of the squared L2 norm or of the L1 norm.
    summed : Loss
        What is summed over the rows, L.
    columns : Columns
        The unit s.
    intercept : Intercept
        Whether it is penalised.
    weights : str
        How row weights enter; "none" where rows have none.
    per_column : bool
        Whether the setting may differ between columns.
    assumes : tuple of str
        Other options that the record needs, and what else it takes for granted.
    no_map : str
        Why no value of the setting is a MAP under that prior; empty where one is.
    verified : Evidence
        What shows that the record is right.
    digits : float
        Correct digits of the coefficients that its proof must reach; of one that is no MAP, more than it may.
    limit : str
        Why the proof does not reach 8.
    source : str
        Where the objective is documented.
    aliases : tuple of str
        Further names.
    """

    name: str
    setting: str
    parameter: str
    latex_parameter: str
    loss: Monomial
    penalty: Monomial
    source: str
    norm: Norm = Norm.L2
    summed: Loss = Loss.SQUARED
    columns: Columns = Columns.AS_GIVEN
    intercept: Intercept = Intercept.FREE
    weights: str = "none"
    per_column: bool = False
    assumes: tuple[str, ...] = ()
    no_map: str = ""
    verified: Evidence = Evidence.FIT
    digits: float = 8.0
    limit: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def library(self) -> str:
        """The system that the setting belongs to: the first word of the call."""
        return self.setting.split(".")[0].split("::")[0].split("(")[0]

    @property
    def strength(self) -> Monomial:
        r"""The prior precision :math:`1 / \tau^2`, or the inverse Laplace scale :math:`1 / t`, in ``value``."""
        per_loss = (
            1 / noise_sd**2
            if self.summed is Loss.SQUARED
            else Monomial({"2": Fraction(1)})
        )
        per_norm = Monomial() if self.norm is Norm.L2 else 1 / (2 * Monomial())
        return (
            self.penalty
            / self.loss
            * self.columns.factor**self.norm.unit_power
            * per_loss
            * per_norm
        )

    @property
    def power(self) -> Fraction:
        """The power of the setting in the strength: 1 for a penalty, -1 for its inverse, -2 for a prior sd."""
        return self.strength.powers["value"]

    @property
    def prior_scale(self) -> Monomial:
        """The prior sd of a coefficient in y per unit of its column as given, or its Laplace scale, in ``value``."""
        return self.strength ** (Fraction(-1, 2) if self.norm is Norm.L2 else -1)

    @property
    def prior(self) -> str:
        """The prior as plain text: the prior sd or the Laplace scale as a formula in the setting."""
        formula = (
            self.prior_scale.replace("value", symbol(self.parameter))
            .replace("weight_sum", n)
            .text()
        )
        return f"{'sd' if self.norm is Norm.L2 else 'Laplace scale'} = {formula}"

    @property
    def objective(self) -> str:
        """What is minimised, as plain text."""
        return self.objective_with(self.parameter)

    def objective_with(self, setting: str, rows: Monomial = n) -> str:
        """Return what is minimised as plain text, with a name or a number for the setting, and n or Σw for the rows."""
        loss, penalty = self._factors(setting, rows)
        norm = f"||{self.columns.norm}||{'²' if self.norm is Norm.L2 else '₁'}"
        norm = f"({norm} + a²)" if self.intercept is Intercept.PENALISED else norm
        return (
            f"{_times(loss.text(), self.summed.value)} + {_times(penalty.text(), norm)}"
        )

    @property
    def objective_latex(self) -> str:
        """What is minimised, as LaTeX."""
        loss, penalty = (
            each.latex({self.parameter: self.latex_parameter})
            for each in self._factors(self.parameter)
        )
        norm = rf"\lVert {self.columns.norm_latex} \rVert{'^2' if self.norm is Norm.L2 else '_1'}"
        norm = (
            rf"\left({norm} + a^2\right)"
            if self.intercept is Intercept.PENALISED
            else norm
        )
        return f"{'' if loss == '1' else loss} {self.summed.latex} + {'' if penalty == '1' else penalty} {norm}".strip()

    def _factors(self, setting: str, rows: Monomial = n) -> tuple[Monomial, Monomial]:
        """Return the factors of loss and penalty, in a setting's name."""
        loss, penalty = (
            each.replace("value", symbol(setting)) for each in (self.loss, self.penalty)
        )
        return loss.replace("weight_sum", rows), penalty.replace("weight_sum", rows)


def _times(factor: str, what: str) -> str:
    return what if factor == "1" else f"{factor} · {what}"
