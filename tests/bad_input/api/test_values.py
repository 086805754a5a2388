"""Each argument of each public callable refuses each bad value in one line."""

from pathlib import Path

import numpy as np
import pytest

from tests.bad_input.api.cases import CASES
from tests.bad_input.api.course import of_equivalences
from tests.bad_input.api.kinds import ALLOWED, GROUPS_OF, OTHER_WORDS
from tests.bad_input.api.values import GROUPS, value_of
from tests.bad_input.judge import fault_of, fault_of_numbers

CALLS = [(name, argument) for name, each in CASES.items() for argument in each.kinds]
# a call takes seconds, or an argument is the caller's own word for messages
LEFT_OUT = {"fit_mcmc", "compare", "prior_predictive", "conventions.find"}
LEFT_OUT |= {"compared_densities", *of_equivalences()}


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder that holds the paths of the table."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty").touch()
    (tmp_path / "binary").write_bytes(bytes(range(256)))
    (tmp_path / "cut.parquet").write_bytes(b"PAR1\0 and no more")
    (tmp_path / "locked").touch(mode=0o000)
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "dangling").symlink_to("no/file")
    monkeypatch.chdir(tmp_path)


def faults(name: str, argument: str, values: list[str]) -> dict[str, str]:
    """Return the faults of a callable by bad value of an argument."""
    each, words = CASES[name], (argument, *OTHER_WORDS.get(argument, ()))
    found = {}
    for bad in values:
        arguments = each.valid | {argument: value_of(bad)}
        found[bad] = fault_of(lambda given=arguments: each.call(**given), *words)
    return {bad: fault for bad, fault in found.items() if fault}


@pytest.mark.parametrize(("name", "argument"), CALLS)
def test_a_bad_value_is_refused_in_one_line(name: str, argument: str) -> None:
    kind = CASES[name].kinds[argument]
    values = [bad for group in GROUPS_OF[kind] for bad in GROUPS[group]]
    assert faults(name, argument, [v for v in values if v not in ALLOWED[kind]]) == {}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "argument"), CALLS)
def test_values_of_the_other_groups_are_refused_too(name: str, argument: str) -> None:
    kind = CASES[name].kinds[argument]
    others = GROUPS.keys() - set(GROUPS_OF[kind])
    values = [bad for group in sorted(others) for bad in GROUPS[group]]
    assert faults(name, argument, [v for v in values if v not in ALLOWED[kind]]) == {}


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_two_bad_values_at_once_are_refused_or_give_finite_numbers(part: int) -> None:
    """1600 pairs of values for a random callable, allowed ones among them."""
    rng = np.random.default_rng(part)
    names = [name for name, each in CASES.items() if len(each.kinds) > 1]
    names = [name for name in names if name not in LEFT_OUT]
    for _ in range(400):
        each = CASES[str(rng.choice(names))]
        given = dict(each.valid)
        chosen = [str(each) for each in rng.choice(list(each.kinds), 2, replace=False)]
        for argument in chosen:
            kind = each.kinds[argument]
            group = GROUPS[str(rng.choice(GROUPS_OF[kind]))]
            given[argument] = value_of(str(rng.choice(list(group))))
        seen = {argument: given[argument] for argument in chosen}
        fault = fault_of_numbers(lambda each=each, given=given: each.call(**given))
        assert not fault, (each.call, seen)
