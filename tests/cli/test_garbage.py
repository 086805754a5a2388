import gc
import subprocess
import sys

import pytest

from bayes_l2.cli.main import main

COLLECTIONS = """
import atexit, gc, sys
from bayes_l2.cli.main import main
# handlers run in the order opposite to theirs: this one is after the command's
atexit.register(lambda: print(sum(each["collections"] for each in gc.get_stats()),
                              gc.get_freeze_count(), file=sys.stderr))
before = sum(each["collections"] for each in gc.get_stats())
print(before, file=sys.stderr)
main(["compare", "--routes", "ridge,exact"])
"""


@pytest.mark.slow
def test_a_command_collects_rarely_and_not_at_its_end() -> None:
    run = subprocess.run(
        [sys.executable, "-c", COLLECTIONS], capture_output=True, text=True, check=True
    )
    before, after, frozen = map(int, run.stderr.split())
    assert after - before <= 30  # of 130
    assert frozen > 100_000


def test_a_command_leaves_the_collector_of_its_caller_as_it_was() -> None:
    before = gc.get_threshold(), gc.get_freeze_count()
    with pytest.raises(SystemExit):
        main(["--version"])
    assert (gc.get_threshold(), gc.get_freeze_count()) == before
