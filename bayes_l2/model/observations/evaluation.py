"""A log likelihood with its derivatives at one point, and the last ones of a model."""

from dataclasses import dataclass

from bayes_l2.arrays import FloatArray
from bayes_l2.model.layout import Parameters
from bayes_l2.texts import record_text

KEPT = 3  # evaluations: the last point of a search, the one before and a trial


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Value, gradient and Hessian of a log likelihood at one point, and its rows."""

    n_rows: int
    value: float
    slopes: FloatArray
    curvature: FloatArray

    __repr__ = record_text

    def __add__(self, other: "Evaluation") -> "Evaluation":
        """Return the evaluation of the rows of both."""
        return Evaluation(
            self.n_rows + other.n_rows,
            self.value + other.value,
            self.slopes + other.slopes,
            self.curvature + other.curvature,
        )


class Memory:
    """The last evaluations, and a mode; all observations of a model share it.

    Attributes
    ----------
    kept : tuple
        Pairs of a point, as bytes, and its evaluation; the last is the first.
    mode : Parameters or None
        The mode, with intercepts at the mean row.
    """

    def __init__(self) -> None:
        self.kept: tuple[tuple[bytes, Evaluation], ...] = ()
        self.mode: Parameters | None = None

    def find(self, key: bytes) -> Evaluation | None:
        """Return the evaluation at a point, None if it was not among the last."""
        return dict(self.kept).get(key)

    def keep(self, key: bytes, found: Evaluation) -> None:
        """Keep an evaluation in the place of the oldest one."""
        self.kept = ((key, found), *self.kept[: KEPT - 1])


def key_of(origin: FloatArray, parts: Parameters) -> bytes:
    """Return a point, with the origin of its rows, as a key of the memory."""
    return b"".join(each.tobytes() for each in (origin, parts.intercept, parts.coef))
