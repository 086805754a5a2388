"""Scripts of benchmarks/ as modules."""

import importlib.util
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


def script(name: str) -> Any:
    """Return a script of benchmarks/ as a module."""
    path = ROOT / "benchmarks" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
