"""Data of the explorer, from the package: the formulas of the conventions."""

import json
from typing import Any

from bayes_l2.conventions.assumptions import LIKELIHOODS
from bayes_l2.conventions.catalogue import RECORDS
from bayes_l2.conventions.convention import Convention


def conventions() -> dict[str, dict[str, Any]]:
    """Return the records by name; see ``explorer/src/numbers/conventions.js``."""
    return {record.name: _formulas(record) for record in RECORDS}


def _formulas(record: Convention) -> dict[str, Any]:
    powers = record.strength.powers
    return {
        "name": record.name,
        "library": record.library,
        "setting": record.setting,
        "parameter": record.parameter,
        "norm": record.norm.value,
        "scale_power": float(record.norm.scale_power),
        "strength": {name: float(power) for name, power in powers.items()},
        "objective": record.objective,
        "no_map": record.no_map,
        "likelihood": LIKELIHOODS.get(record.summed, ("any", ""))[0],
        "intercept": record.intercept.value,
        "weights": record.weights,
        "assumes": record.assumes,
    }


if __name__ == "__main__":
    print(json.dumps(conventions(), indent=1))
