"""Run the proofs of what is installed, and say by how many digits each library agrees."""

import time
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from shutil import which

import numpy as np

from bayes_l2.conventions.catalogue import RECORDS
from bayes_l2.conventions.convention import Convention, Evidence
from bayes_l2.conventions.proofs import (
    boosting,
    probabilistic,
    scikit_learn,
    spark,
    statistics,
    training,
)
from bayes_l2.conventions.proofs.problem import Fitted, Proof, patients
from bayes_l2.conventions.proofs.stored import outputs

PROOFS: dict[str, Proof] = {
    **scikit_learn.PROOFS,
    **probabilistic.PROOFS,
    **statistics.PROOFS,
    **boosting.PROOFS,
    **spark.PROOFS,
    **training.PROOFS,
}
MOST_DIGITS = 16.0
DIFFERENT = 1.0  # coefficients of a library that is no Gaussian MAP agree to fewer digits than this


@dataclass(frozen=True)
class Verdict:
    """What became of one proof.

    Attributes
    ----------
    convention : Convention
        What was to be proved.
    passed : bool or None
        Whether the coefficients agree to the digits that the record asks for, or, for a library that is no Gaussian
        MAP, whether they differ; None where nothing ran.
    digits : float or None
        Correct digits of the coefficients, the fewest where several fits were compared.
    note : str
        What was compared, or why nothing was.
    seconds : float
        How long it took.
    """

    convention: Convention
    passed: bool | None
    digits: float | None
    note: str
    seconds: float = 0.0

    def to_dict(self) -> dict[str, str | float | bool | None]:
        """Return the verdict as texts and numbers, for JSON."""
        return {
            "convention": self.convention.name,
            "passed": self.passed,
            "digits": self.digits,
            "asked": self.convention.digits,
            "note": self.note,
            "seconds": self.seconds,
        }


def verify(records: Iterable[Convention] = RECORDS) -> Iterator[Verdict]:
    """Prove conventions one after the other: each library at a converted setting against the exact coefficients.

    Parameters
    ----------
    records : iterable of Convention
        Which to prove; all of them unless given.

    Yields
    ------
    Verdict
        One for each record, as soon as it is known.
    """
    for record in records:
        start = time.perf_counter()
        try:
            verdict = prove(record)
        except (
            Exception
        ) as error:  # one library that fails must not keep the others from being tried
            verdict = Verdict(record, False, None, f"{type(error).__name__}: {error}")
        yield Verdict(
            record,
            verdict.passed,
            verdict.digits,
            verdict.note,
            time.perf_counter() - start,
        )


def prove(record: Convention) -> Verdict:
    """Prove one convention, in the way that its record says."""
    if record.verified is Evidence.DOCUMENTATION:
        return Verdict(record, None, None, f"by documentation: {record.source}")
    if record.verified is Evidence.STORED:
        found = [
            (output.fitted, output.exact())
            for output in outputs()
            if output.ours and output.convention == record.name
        ]
        note = f"stored output of {outputs()[0].source}"
    else:
        proof = PROOFS[record.name]
        missing = [name for name in proof.modules if find_spec(name) is None]
        missing += [name for name in proof.programs if which(name) is None]
        if missing:
            return Verdict(record, None, None, f"not installed: {', '.join(missing)}")
        problems = (
            [patients(), patients().weighted()] if proof.weighted else [patients()]
        )
        found = []
        for problem in problems:
            with warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore"
                )  # of tolerances out of reach, and libraries' own of what they will change
                fitted = proof.fit(problem, problem.setting(record))
            found.append((fitted, problem.solve(record, problem.prior_scales(record))))
        note = (
            "without and with row weights" if proof.weighted else "without row weights"
        )
    fewest = float(np.min([digits(fitted, exact) for fitted, exact in found]))
    if record.no_map:
        finite = all(np.isfinite(fitted.coef).all() for fitted, _ in found)
        return Verdict(
            record,
            finite and fewest < DIFFERENT,
            fewest,
            "differs from the MAP at the nominal value",
        )
    return Verdict(record, fewest >= record.digits, fewest, note)


def digits(fitted: Fitted, exact: Fitted) -> float:
    r"""Return the correct digits of intercept and coefficients, the fewer of the two, at most 16.

    Those of the coefficients are :math:`-\log_{10} \max_j |\Delta b_j| / \max_j |b_j|`; the intercept is measured by
    itself or by the largest coefficient, whichever is larger. A fit that is not finite has none, minus infinity.
    """
    largest = np.abs(exact.coef).max()
    errors = [np.abs(fitted.coef - exact.coef).max() / largest]
    errors.append(
        abs(fitted.intercept - exact.intercept) / max(abs(exact.intercept), largest)
    )
    error = np.max(errors)
    return (
        float(-np.log10(max(error, 10**-MOST_DIGITS)))
        if np.isfinite(error)
        else -np.inf
    )
