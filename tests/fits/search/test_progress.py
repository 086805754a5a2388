"""The bar over the draws of all chains."""

from types import SimpleNamespace

import pytest

from bayes_l2.fits.search.progress import progress_bar


def test_the_bar_counts_the_draws_of_all_chains_and_goes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")  # rich reads this variable
    with progress_bar(400, shown=True) as report:
        report([SimpleNamespace(finished_draws=n) for n in (100, 200)])
    _, last = capsys.readouterr().err.rsplit(" 75 %", 1)
    assert "\x1b[2K" in last  # the line is erased
