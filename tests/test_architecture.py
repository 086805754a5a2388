"""The public face of the package: its names, and the libraries that an import loads.

``pyproject.toml`` has the contract of imports; ``uv run lint-imports`` checks it.
"""

import inspect
import pkgutil
import subprocess
import sys
from importlib import import_module

import pytest

import bayes_l2

MODULES = {
    "conventions",
    "datasets",
    "exercises",
    "likelihoods",
    "partitions",
    "priors",
}


def loaded(statement: str, libraries: str) -> str:
    """Return a list, as text, of the libraries that a statement loads."""
    names = f"[n for n in '{libraries}'.split() if n in sys.modules]"
    code = f"import sys; {statement}; print({names})"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return result.stdout.strip()


def test_importing_the_package_imports_no_library() -> None:
    heavy = "pymc arviz sklearn matplotlib nutpie pandas scipy numpy"
    assert loaded("import bayes_l2", heavy) == "[]"


def test_the_command_line_loads_libraries_only_when_it_needs_them() -> None:
    assert loaded("from bayes_l2.cli import main", "pymc sklearn pandas") == "[]"


def test_public_names_are_modules_or_objects_as_listed() -> None:
    # the import of a submodule sets an attribute of the package; it must hide no name
    for module in pkgutil.walk_packages(bayes_l2.__path__, "bayes_l2."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    for name in bayes_l2.__all__:
        assert inspect.ismodule(getattr(bayes_l2, name)) == (name in MODULES), name
    assert set(bayes_l2.__all__) <= set(dir(bayes_l2))
    unknown = "fit_lasso"
    with pytest.raises(AttributeError, match=r"bayes_l2.* attribute .*fit_lasso"):
        getattr(bayes_l2, unknown)


def test_every_public_name_is_documented() -> None:
    for name in bayes_l2.__all__:
        assert inspect.getdoc(getattr(bayes_l2, name)), name
