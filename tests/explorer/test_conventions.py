"""The explorer's conversions against ``convert``, over all pairs of records."""

import importlib.util
from typing import Any

import numpy as np
import pytest

from bayes_l2 import convert
from bayes_l2.conventions.catalogue import RECORDS
from bayes_l2.conventions.quantities import quantities_of
from tests.explorer.node import EXPLORER, needs_node, run_node

pytestmark = needs_node
QUANTITIES = {
    "n": 120,
    "weight_sum": 97.5,
    "batch_size": 8,
    "y_sd": 3.7,
    "x_sd": 0.45,
    "noise_sd": 2.2,
}
NAMES = [record.name for record in RECORDS]


@pytest.fixture(scope="module")
def records() -> dict[str, Any]:
    """Return what ``explorer/export.py`` gives the page."""
    spec = importlib.util.spec_from_file_location("export", EXPLORER / "export.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.conventions()


@pytest.mark.parametrize("share", [0.1, pytest.param(1.0, marks=pytest.mark.slow)])
def test_pairs_convert_to_the_same_number_and_formula(
    records: dict[str, Any], share: float
) -> None:
    rng = np.random.default_rng(4)
    pairs = [
        (source, target)
        for source in NAMES
        for target in NAMES
        if rng.uniform() < share
    ]
    values = 10 ** rng.uniform(-4, 4, len(pairs))
    tasks, expected = [], []
    for (source, target), value in zip(pairs, values.tolist(), strict=True):
        given = {name: QUANTITIES[name] for name in quantities_of(source, target)}
        if rng.integers(2):
            given.pop("weight_sum", None)
        tasks.append(("convertBy", (value, source, target, given)))
        try:
            expected.append(convert(value, source, target, **given))
        except ValueError as error:
            expected.append(str(error))
    found = run_node([("useRecords", records), *tasks])[1:]
    converted = 0
    for want, got in zip(expected, found, strict=True):
        if isinstance(want, str):
            assert "cannot express the penalty" in got["error"]
            continue
        converted += 1
        assert got["value"] == pytest.approx(want.value, rel=1e-12)
        assert got["formula"] == want.formula
        if want.prior_scale is not None:
            assert got["prior_scale"] == pytest.approx(want.prior_scale, rel=1e-12)
    assert converted > len(pairs) / 2


def test_what_cannot_be_converted_is_one_line(records: dict[str, Any]) -> None:
    tasks = [
        (0.0, "ridge", "logistic-regression", {"noise_sd": 1.0}),
        (1.0, "ridge", "elastic-net", {}),
        (-1.0, "ridge", "elastic-net", {"n": 10}),
        (1.0, "ridge", "nowhere", {}),
    ]
    calls = [("convertBy", task) for task in tasks]
    found = run_node([("useRecords", records), *calls])[1:]
    expected = [
        "infinite",
        "n must be given",
        "not negative",
        "no convention is called",
    ]
    for message, result in zip(expected, found, strict=True):
        assert message in result["error"]
        assert "\n" not in result["error"]
