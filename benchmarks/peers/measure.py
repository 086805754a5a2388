"""Run the contenders of a section in turn, each in a process of its own."""

import json
import math
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

from contender import Contender
from worker import SECTIONS

HERE = Path(__file__).parent
TIMEOUT = 60.0  # seconds of one run, after which its process is ended
ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"
)


def environment() -> dict[str, str]:
    """Return an environment with one thread of BLAS and byte code cached."""
    named = {**os.environ, **ONE_THREAD, "JAX_PLATFORMS": "cpu"}
    named.pop("PYTHONDONTWRITEBYTECODE", None)
    return named


def python(script: str, *arguments: str) -> str:
    """Run a script of this folder and return its output."""
    command = [sys.executable, str(HERE / script), *arguments]
    return subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, env=environment()
    ).stdout


def truth(kind: str, folder: Path) -> dict[str, list[str]]:
    """Return the answers of a case with 50 digits."""
    return json.loads(python("truth.py", kind, str(folder)))


@dataclass
class Entry:
    """A contender that runs, and what it has measured.

    Attributes
    ----------
    prepared, first, seconds : float, float and list of float
        Time to import and take the case, of the first run, and of the later ones.
    peak : float
        Largest resident memory of its process in MB after the first run.
    answer, shifted : dict
        Its numbers by name, and those of the case with shifted columns.
    error : str
        Why it stopped; empty as long as it runs.
    """

    section: str
    number: int
    prepared: float = math.nan
    first: float = math.nan
    seconds: list[float] = field(default_factory=list)
    peak: float = math.nan
    answer: dict[str, Any] = field(default_factory=dict)
    shifted: dict[str, Any] = field(default_factory=dict)
    error: str = ""

    def __post_init__(self) -> None:
        command = [sys.executable, str(HERE / "worker.py"), self.section]
        self.process = subprocess.Popen(
            [*command, str(self.number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
            start_new_session=True,  # so that its own processes end with it
        )

    @property
    def contender(self) -> Contender:
        """The contender."""
        return SECTIONS[self.section][self.number]

    def ask(self, request: str = "") -> dict[str, Any]:
        """Return the reply to a request; none within the time limit is an error."""
        if self.error:
            return {}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{request}\n".encode())
        self.process.stdin.flush()
        ready, *_ = select.select([self.process.stdout], [], [], TIMEOUT)
        line = self.process.stdout.readline() if ready else b""
        if line:
            reply = json.loads(line)
            self.error = reply.get("error", "")
        else:
            reply = {}
            self.error = "the process ended" if ready else f"over {TIMEOUT:.0f} s"
        return reply

    def take(self, folder: Path, rows: int | None = None) -> None:
        """Take a case, and forget the times of another."""
        self.seconds = []
        reply = self.ask(json.dumps([str(folder), rows]))
        self.prepared = reply.get("prepared", math.nan)

    def start(self) -> None:
        """Run for the first time."""
        reply = self.ask()
        self.first = reply.pop("seconds", math.nan)
        self.peak = reply.pop("peak", math.nan)
        self.answer = reply

    def again(self) -> None:
        """Run once more."""
        self.seconds.append(self.ask().get("seconds", math.nan))

    def ask_about(self, folder: Path) -> None:
        """Solve the case with shifted columns, once."""
        self.ask(json.dumps([str(folder), None]))
        self.shifted = self.ask()

    def end(self) -> None:
        """End the process, and those that it has started."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def in_turn(
    entries: Sequence[Entry], folder: Path, rounds: int, say: Callable[[str], object]
) -> None:
    """Run each entry once, and then once in every round."""
    for entry in entries:
        entry.take(folder)
        entry.start()
        name = f"{entry.section}, {entry.contender.name}"
        say(f"{name}: {entry.first:.3g} s {entry.error}")
    for _ in range(rounds):
        for entry in entries:
            if not entry.error:
                entry.again()


def ratio(entry: Entry, base: Entry) -> float:
    """Return the median over rounds of an entry's time over the base's."""
    pairs = zip(entry.seconds, base.seconds, strict=True)
    return median([own / other for own, other in pairs])


def digits(found: Sequence[float], exact: Sequence[str]) -> float:
    """Return the correct digits of the worst number, from 0 to 16."""
    errors = [
        abs(Decimal(own) - Decimal(other)) / abs(Decimal(other))
        for own, other in zip(found, exact, strict=True)
    ]
    worst = float(max(errors))
    return min(16.0, max(0.0, -math.log10(worst))) if worst else 16.0


def error_in_mcse(answer: dict[str, Any], exact: dict[str, list[str]]) -> float:
    """Return the largest error of a mean, in its Monte-Carlo standard error."""
    columns = zip(
        answer["coef"], exact["coef"], exact["sd"], answer["coef_ess"], strict=True
    )
    return max(
        abs(own - float(mean)) / (float(sd) / math.sqrt(ess))
        for own, mean, sd, ess in columns
    )
