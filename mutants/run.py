"""Change the package in small ways, one by one, and report what no test notices.

Each mutant lives in a process forked from one that has imported everything and has
collected the tests. There the code of the changed functions is exchanged; no file
changes. Only tests that run the changed statement are run, the quickest first, up to
the first failure: the tests of the module's folder, and those of ``tests/*.py``.

mutmut 3.8.1 was considered. It skips functions with decorators, which have 18 % of the
statements in functions here, and 32 % in ``posteriors/``. It makes 27 000 mutants, most
of them dropped arguments. Each collects its tests anew, and is known by a number that
shifts.
"""

import argparse
import mmap
import pkgutil
import sys
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256
from importlib import import_module
from itertools import accumulate
from pathlib import Path

import process
import pytest
import reach
import tables
from changes import Mutant, mutants_of
from tables import Verdict

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "bayes_l2"
CACHE = Path(__file__).parent / "cache"
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mutants"]
LEFT_OUT = set[str](CONFIG["left_out"])
BUDGET = 20.0  # CPU seconds of tests that a mutant meets
SIZE = 40  # mutants of the sample
UNMET = "no test reaches it", "the tests that reach it fail without it"
QUICK = 0.5  # CPU seconds that one of them may take
ARGUMENTS = ["-o", "addopts=", "-m", "not slow", "-p", "no:xdist", "-p", "no:zarr"]
ARGUMENTS += ["-q", "--no-header", "--tb=native", "-p", "no:cacheprovider"]


class Runner:
    """A plugin of pytest that runs mutants in the place of the tests."""

    def __init__(self, modules: Sequence[str], options: argparse.Namespace) -> None:
        self.modules = modules
        self.options = options
        self.faults = list[str]()
        self._sound = dict[str, bool]()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the mutants, each against those tests that reach it."""
        if session.testsfailed:
            raise session.Interrupted("a file of tests cannot be read")
        from hypothesis import Phase, settings  # after pytest has started

        quick = settings(
            settings.get_profile("repeatable"), phases=(Phase.explicit, Phase.generate)
        )
        settings.register_profile("mutants", quick)
        settings.load_profile("mutants")
        for folder in CONFIG["folders"]:
            place = [str(PACKAGE / folder)]
            for found in pkgutil.walk_packages(place, f"bayes_l2.{folder}."):
                import_module(found.name)
        self.items = {item.nodeid: item for item in session.items}
        self.functions = process.live_functions(str(PACKAGE))
        self.reached = dict[str, reach.Reached]()
        if self.options.sample:
            self._run_sample()
            return True
        self.reached = self._reached()
        for module in self.modules:
            self._run_module(module)
        return True

    def _reached(self) -> dict[str, reach.Reached]:
        """Return what each test runs; the tests run where that is not known."""
        path = CACHE / "reached"
        known = reach.load(path)
        new = [
            item
            for name, item in self.items.items()
            if name not in known or not known[name].is_current()
        ]
        if new:
            print(f"\n{len(new)} tests are run once, to see which lines they run.")

            def work(_: object) -> int:
                recorder = reach.Recorder(self.functions)
                new[0].config.pluginmanager.register(recorder)
                for item, following in zip(new, [*new[1:], None], strict=True):
                    item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
                reach.save(path, reach.load(path) | recorder.reached)
                return 0

            if process.forked(work).status:
                raise RuntimeError("the tests did not end, so no mutant can be run")
            known = reach.load(path)
        return {name: known[name] for name in self.items if name in known}

    def _run_module(self, module: str) -> None:
        """Run the mutants of a module, and write what is found into the tables."""
        mutants = mutants_of(PACKAGE / module, module, LEFT_OUT)
        text = reach.digest(str(PACKAGE / module))
        before = [r for r in tables.read("campaign.csv") if r["module"] == module]
        run = mutants
        if self.options.open and before and before[0]["text"] == text:
            was_open = {tables.name_of(row) for row in tables.read("open.csv")}
            run = [mutant for mutant in mutants if mutant.name in was_open]
        verdicts = self._verdicts(run)
        listed = {name for name in tables.equivalent() if name[0] == module}
        equal = listed & {mutant.name for mutant in mutants}
        for name in sorted(listed - equal):
            self._fault("is listed as equivalent and does not exist any more", name)
        for verdict in verdicts:
            if verdict.test and verdict.name in listed:
                test = verdict.test
                self._fault(
                    f"is listed as equivalent, but {test} kills it", verdict.name
                )
        kills = [verdict for verdict in verdicts if verdict.test]
        left = [v for v in verdicts if not v.test and v.name not in listed]
        for verdict in left:
            what = f"survives its tests, {verdict.tests} of them"
            what = verdict.tests if verdict.tests in UNMET else what
            self._fault(what, verdict.name)
        seconds = sum(verdict.seconds for verdict in verdicts)
        if run is mutants:
            tables.replace("cache/kills.csv", tables.KILLS, module, kills)
        elif before:
            seconds += float(before[0]["seconds"])
        n_killed = len(mutants) - len(equal) - len(left)
        if self.options.tests and run is mutants:
            text = ""  # not done: other tests may kill what is left
        counts = module, text, len(mutants), n_killed, len(equal), len(left)
        print(f"{module}: {len(mutants)} mutants, {len(left)} open", flush=True)
        row = *counts, round(seconds, 1)
        tables.replace("campaign.csv", tables.CAMPAIGN, module, [row])
        tables.replace("open.csv", tables.OPEN, module, [v[:4] for v in left])

    def _verdicts(self, mutants: Sequence[Mutant]) -> list[Verdict]:
        """Run mutants, each against the tests that reach it and fit in the budget."""
        killers = defaultdict[str, list[str]](list)
        verdicts = list[Verdict]()
        for mutant in mutants:
            reaching = self._tests(mutant, killers[mutant.function])
            tests = [test for test in reaching if self.reached[test].passed]
            spent = accumulate(self.reached[test].seconds for test in tests)
            budget = self.options.budget
            within = [t for t, s in zip(tests, spent, strict=True) if s < budget]
            killer, seconds = self._killer(mutant, within or tests[:1])
            if killer:
                killers[mutant.function].insert(0, killer)
            n_tests = f"{len(within)}/{len(tests)}"
            if not tests:
                n_tests = UNMET[bool(reaching)]
            verdicts.append(Verdict(*mutant.name, n_tests, killer, round(seconds, 2)))
        return verdicts

    def _tests(self, mutant: Mutant, killers: list[str]) -> list[str]:
        """Return the tests that run a mutant: recent killers, then the quickest."""
        folder, path = mutant.module.split("/")[0], str(PACKAGE / mutant.module)

        def meets(test: str) -> bool:
            own = test.startswith(f"tests/{folder}/") or test.count("/") == 1
            return own and self.reached[test].lines.get(path, 0) & mutant.lines != 0

        found = [test for test in self.reached if meets(test)]
        first = [test for test in dict.fromkeys(killers) if test in set(found)]
        rest = sorted(
            set(found) - set(first), key=lambda t: (self.reached[t].seconds, t)
        )
        return first + rest

    def _killer(self, mutant: Mutant, tests: list[str]) -> tuple[str, float]:
        """Return the test that fails with a mutant, if any, and the CPU seconds."""
        path, seconds = PACKAGE / mutant.module, 0.0
        functions = [f for f in self.functions if f.__code__.co_filename == str(path)]
        code = mutant.compiled(path)
        while tests:
            run = process.run([self.items[test] for test in tests], self.reached)

            def work(last: mmap.mmap, run: process.Work = run) -> int:
                process.exchange(functions, code)
                return run(last)

            ended = process.forked(work)
            seconds += ended.seconds
            if ended.status == 0:
                return "", seconds
            killer = tests[ended.last]
            if self._is_sound(killer):
                return killer, seconds
            tests = [test for test in tests if test != killer]
        return "", seconds

    def _is_sound(self, test: str) -> bool:
        """Return whether a test passes alone, without any mutant."""
        if test not in self._sound:
            ended = process.forked(process.run([self.items[test]], self.reached))
            self._sound[test] = ended.status == 0
        return self._sound[test]

    def _run_sample(self) -> None:
        """Run each mutant of the sample against the test that is known to kill it."""
        cache = dict[str, dict[tables.Name, Mutant]]()
        for row in tables.read("sample.csv"):
            name, test = tables.name_of(row), row["test"]
            module = name[0]
            if module not in cache:
                all_of_it = mutants_of(PACKAGE / module, module, LEFT_OUT)
                cache[module] = {mutant.name: mutant for mutant in all_of_it}
            again = f"run mutants/run.py {module}, then mutants/run.py --pick"
            if name not in cache[module]:
                self._fault(f"of the sample does not exist any more: {again}", name)
            elif test not in self.items:
                self._fault(f"of the sample has lost its test {test}: {again}", name)
            elif not self._killer(cache[module][name], [test])[0]:
                self._fault(
                    f"of the sample survives {test}: mend the test, or {again}", name
                )

    def _fault(self, what: str, name: tables.Name) -> None:
        module, function, change = name
        self.faults.append(change)
        print(f"{module} {function}: {change}\n    {what}", flush=True)


def pick() -> None:
    """Write the sample: of each module the killed mutants whose names hash lowest.

    The rows of the sample stay where their modules have not been run here.
    """
    kills = {tables.name_of(row): row for row in tables.read("cache/kills.csv")}
    ran = {name[0] for name in kills}
    pool = {tables.name_of(row): row["test"] for row in tables.read("sample.csv")}
    pool = {name: test for name, test in pool.items() if name[0] not in ran}
    pool |= {n: r["test"] for n, r in kills.items() if float(r["seconds"]) < QUICK}
    order = sorted(pool, key=lambda name: sha256(repr(name).encode()).digest())
    rows = list[tuple[str, ...]]()
    for number, folder in enumerate(CONFIG["folders"]):
        size = (SIZE + number) // len(CONFIG["folders"])
        found = [name for name in order if name[0].startswith(f"{folder}/")]
        rank = {n: [m for m in found if m[0] == n[0]].index(n) for n in found}
        found.sort(key=rank.__getitem__)  # the first of each module, then the second
        rows += [(*name, pool[name]) for name in found[:size]]
    tables.write("sample.csv", tables.SAMPLE, rows)


def modules_of(targets: Sequence[str]) -> list[str]:
    """Return the modules of folders that are not done, and those that are named."""
    done = {(row["module"], row["text"]) for row in tables.read("campaign.csv")}
    modules = list[str]()
    for target in targets:
        path = PACKAGE / target.removeprefix("bayes_l2/")
        if not path.exists():
            raise SystemExit(f"TARGET must be a path below bayes_l2/, got {target}")
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            name = str(file.relative_to(PACKAGE))
            if path.is_file() or (name, reach.digest(str(file))) not in done:
                modules.append(name)
    return list(dict.fromkeys(modules))


def files_of(modules: Sequence[str]) -> list[str]:
    """Return the folders and files of the tests that modules meet."""
    folders = {f"tests/{module.split('/')[0]}" for module in modules}
    top = {str(path.relative_to(ROOT)) for path in ROOT.glob("tests/test_*.py")}
    return sorted(folders) + sorted(top)


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description="Changes that no test notices.")
    add = parser.add_argument
    add("targets", metavar="TARGET", nargs="*", help="a folder or a module")
    add("--open", action="store_true", help="only what survived the last run")
    add("--tests", nargs="+", help="fewer tests, which is quicker")
    add("--budget", type=float, default=BUDGET, help="CPU seconds of tests a mutant")
    add("--sample", action="store_true", help="the fixed sample, as .ci/run does")
    add("--pick", action="store_true", help="write the sample anew from the last runs")
    options = parser.parse_args()
    if options.pick:
        pick()
        return 0
    targets = options.targets or CONFIG["folders"]
    if options.open:
        places = tuple(target.removeprefix("bayes_l2/") for target in targets)
        modules = sorted({row["module"] for row in tables.read("open.csv")})
        modules = [module for module in modules if module.startswith(places)]
    else:
        modules = modules_of(targets)
    files = options.tests or files_of(modules)
    if options.sample:
        tests = [row["test"] for row in tables.read("sample.csv")]
        files = sorted({test.split("::")[0] for test in tests})
    runner = Runner(modules, options)
    status = pytest.main([*ARGUMENTS, f"--rootdir={ROOT}", *files], plugins=[runner])
    return int(status) or int(bool(runner.faults))


if __name__ == "__main__":
    sys.exit(main())
