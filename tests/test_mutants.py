"""The mutants of a small module, and their names, which edits elsewhere leave alone."""

from pathlib import Path
from typing import Any

import pytest

AREA = '''
def area(radius: float) -> float:
    """Return the area of a shape; 2 in a docstring is no number of the code."""
    if radius < 0:
        raise ValueError(f"radius must be at least {0 + 0}")
    return 2.5 * radius**2
'''
MUTANTS = {
    "return [[2.5 → 3.5]] * radius ** 2": 14.0,
    "return 2.5 [[* → /]] radius ** 2": 0.625,
    "return 2.5 * [[radius ** 2 → (radius * 2)]]": 10.0,
    "return 2.5 * radius ** [[2 → 3]]": 20.0,
    "if radius [[< → <=]] 0:": 10.0,
    "if radius < [[0 → 1]]:": 10.0,
}  # each with the area at radius 2, which is 10 without a change


def test_names_hold_the_change_and_not_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "mutants")
    from changes import mutants_of

    path = tmp_path / "area.py"
    path.write_text(AREA)
    found = mutants_of(path, "area.py", set())
    assert {mutant.change for mutant in found} == set(MUTANTS)
    for mutant in found:
        names: dict[str, Any] = {}
        exec(mutant.compiled(path), names)
        assert names["area"](2) == pytest.approx(MUTANTS[mutant.change])
        refuses_zero = {"if radius [[< → <=]] 0:", "if radius < [[0 → 1]]:"}
        if mutant.change in refuses_zero:
            with pytest.raises(ValueError, match="at least 0"):
                names["area"](0)
    path.write_text("def first(x):\n    return -x\n\n" + AREA)
    after = mutants_of(path, "area.py", set())
    assert {m.name for m in found} == {m.name for m in after if m.function == "area"}
