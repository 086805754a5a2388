r"""Proofs by the correct digits, :math:`-\log_{10} \max_j |\Delta b_j| / \max_j |b_j|`.

A proof compares the coefficients of a library, at a converted setting, with the exact
ones. A library that is not installed is not run.
"""

import time
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from shutil import which
from typing import assert_never

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
DIFFERENT = 1.0  # a library that is no Gaussian MAP must agree to fewer digits


@dataclass(frozen=True)
class ProofResult:
    """The result of one proof.

    Attributes
    ----------
    convention : Convention
        The record that was to be proved.
    passed : bool or None
        Whether the coefficients agree to the digits that the record asks for, or, for a
        library that is no Gaussian MAP, whether they differ. None where nothing ran.
    digits : float or None
        Correct digits of the coefficients, the fewest where several fits were compared.
    note : str
        The fits that were compared, or the reason why none was.
    seconds : float
        Duration of the proof.
    """

    convention: Convention
    passed: bool | None
    digits: float | None
    note: str
    seconds: float = 0.0

    @property
    def asked(self) -> str:
        """The digits that the proof must have, as text."""
        if self.convention.no_map:
            return f"< {DIFFERENT:g}"
        return f"≥ {self.convention.digits:g}"

    def to_dict(self) -> dict[str, str | float | bool | None]:
        """Return the result as texts and numbers, for JSON."""
        return {
            "convention": self.convention.name,
            "passed": self.passed,
            "digits": self.digits,
            "asked": self.convention.digits,
            "note": self.note,
            "seconds": self.seconds,
        }


def verify(records: Iterable[Convention] = RECORDS) -> Iterator[ProofResult]:
    """Prove conventions one after the other.

    Parameters
    ----------
    records : iterable of Convention
        The conventions to prove; all by default.

    Yields
    ------
    ProofResult
        One for each record, as soon as it is known.
    """
    for record in records:
        start = time.perf_counter()
        try:
            result = prove(record)
        except Exception as error:  # the other libraries must still be tried
            note = f"{type(error).__name__}: {error}"
            result = ProofResult(record, False, None, note)
        yield replace(result, seconds=time.perf_counter() - start)


def prove(record: Convention) -> ProofResult:
    """Prove one convention by the evidence that its record names."""
    match record.verified:
        case Evidence.DOCUMENTATION:
            note = f"by documentation: {record.source}"
            return ProofResult(record, None, None, note)
        case Evidence.STORED:
            return _by_stored_output(record)
        case Evidence.FIT:
            return _by_fit(record)
        case _:
            assert_never(record.verified)


def _by_stored_output(record: Convention) -> ProofResult:
    """Compare the stored output of our own runs with the exact coefficients."""
    found = [
        (output.fitted, output.exact())
        for output in outputs()
        if output.ours and output.convention == record.name
    ]
    return _result(record, found, f"stored output of {outputs()[0].source}")


def _by_fit(record: Convention) -> ProofResult:
    """Fit the library, without and with row weights where it takes them."""
    proof = PROOFS[record.name]
    missing = [name for name in proof.modules if find_spec(name) is None]
    missing += [name for name in proof.programs if which(name) is None]
    if missing:
        note = f"not installed: {', '.join(missing)}"
        return ProofResult(record, None, None, note)
    problems, note = [patients()], "without row weights"
    if proof.weighted:
        problems.append(patients().weighted())
        note = "without and with row weights"
    found = []
    for problem in problems:
        with warnings.catch_warnings():
            # libraries warn of tolerances out of reach and of future changes
            warnings.simplefilter("ignore")
            fitted = proof.fit(problem, problem.setting(record))
        found.append((fitted, problem.solve(record, problem.prior_scales(record))))
    return _result(record, found, note)


def _result(
    record: Convention, found: list[tuple[Fitted, Fitted]], note: str
) -> ProofResult:
    """Return the result of a proof from pairs of fitted and exact coefficients."""
    fewest = float(np.min([digits(fitted, exact) for fitted, exact in found]))
    if not record.no_map:
        return ProofResult(record, fewest >= record.digits, fewest, note)
    finite = all(np.isfinite(fitted.coef).all() for fitted, _ in found)
    note = "differs from the MAP at the nominal value"
    return ProofResult(record, finite and fewest < DIFFERENT, fewest, note)


def digits(fitted: Fitted, exact: Fitted) -> float:
    r"""Return the correct digits of intercept and coefficients, the fewer of the two.

    The digits of the coefficients are
    :math:`-\log_{10} \max_j |\Delta b_j| / \max_j |b_j|`. The error of the intercept is
    divided by the intercept or by the largest coefficient, the larger of the two. There
    are at most 16 digits, and minus infinity if the fit is not finite.
    """
    largest = np.abs(exact.coef).max()
    unit = max(abs(exact.intercept), largest)
    error = np.max(
        [
            np.abs(fitted.coef - exact.coef).max() / largest,
            abs(fitted.intercept - exact.intercept) / unit,
        ]
    )
    if not np.isfinite(error):
        return -np.inf
    return float(-np.log10(max(error, 10**-MOST_DIGITS)))
