"""Run one contender in a process of its own, on request.

Usage: ``python worker.py SECTION NUMBER``. A line of the input is a request: the folder
of a case and the number of its rows, or an empty line for a run of the last one. Each
has a line of the output as its reply, in JSON.
"""

import json
import os
import resource
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import data
import numpy as np
from contenders_gaussian import EXACT, HIERARCHICAL, PATH
from contenders_logistic import LOGISTIC
from contenders_sampling import NUTS
from contenders_streaming import STREAMING

SECTIONS = {
    "exact": EXACT,
    "path": PATH,
    "hierarchical": HIERARCHICAL,
    "nuts": NUTS,
    "logistic": LOGISTIC,
    "streaming": STREAMING,
}
PARAMETERS = ("intercept", "coef", "noise_sd", "prior_sd")
ADDRESS_SPACE = 14 * 2**30  # a contender that wants more gets a MemoryError


def peak() -> float:
    """Return the largest resident memory so far in MB, of this process or a child."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1024


def numbers(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer as lists; of draws the means, their errors and the ESS."""
    if "draws" not in answer:
        return {name: np.ravel(values).tolist() for name, values in answer.items()}
    import arviz as az

    draws = answer["draws"]
    if isinstance(draws, dict):
        draws = az.from_dict({"posterior": draws})
    posterior = draws["posterior"].to_dataset()
    names = [n for n in posterior.data_vars if n in PARAMETERS]
    effective = {name: np.ravel(az.ess(posterior)[name]) for name in names}
    coef = posterior["coef"].to_numpy()
    return {
        "coef": coef.mean(axis=(0, 1)).tolist(),
        "sd": coef.std(axis=(0, 1)).tolist(),
        "coef_ess": effective["coef"].tolist(),
        "ess": float(np.concatenate(list(effective.values())).min()),
    }


def main() -> None:
    """Answer requests until the input ends."""
    section, number = sys.argv[1:]
    contender = SECTIONS[section][int(number)]
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # libraries may print
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    run = None
    for line in sys.stdin:
        reply: dict[str, Any] = {}
        try:
            if line.strip():
                folder, rows = json.loads(line)
                start = time.perf_counter()
                run = contender.prepare(data.load(Path(folder), rows))
                reply["prepared"] = time.perf_counter() - start
            else:
                assert run is not None, "no case yet"
                start = time.perf_counter()
                answer = run()
                reply["seconds"] = time.perf_counter() - start
                reply["peak"] = peak()
                reply |= numbers(answer)
        except Exception as error:  # any library's: the table says what it was
            reply = {"error": f"{type(error).__name__}: {error}"[:200]}
        print(json.dumps(reply), file=answers, flush=True)


if __name__ == "__main__":
    main()
