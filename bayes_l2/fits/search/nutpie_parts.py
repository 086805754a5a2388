"""The two functions of nutpie that sample, without the libraries that they do not use.

nutpie imports PyMC and Numba for models of PyMC, and ArviZ for two functions of
``arviz_base``. ArviZ imports its plots, and these import pyplot. All that takes 2.4 of
the 5.2 CPU seconds that ``bayes-l2 compare`` takes with plain imports.

So the two packages wait in ``sys.modules``: their modules are imported, and their
``__init__`` runs for the first name that it alone has. Where a new version of nutpie or
ArviZ does not bear that, both are imported whole.
"""

import sys
import threading
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any, NamedTuple, override

_one_at_a_time = threading.RLock()


class Parts(NamedTuple):
    """``nutpie.compiled_pyfunc.from_pyfunc`` and ``nutpie.sample``."""

    from_pyfunc: Callable[..., Any]
    sample: Callable[..., Any]


def nutpie_parts() -> Parts:
    """Return the functions; whoever imports nutpie or ArviZ later gets all of them."""
    with _one_at_a_time:
        try:
            return _parts_alone()
        except (ImportError, AttributeError):
            return _parts_of_all()


def _parts_alone() -> Parts:
    """Return the functions, and leave both packages waiting."""
    base, arviz = import_module("arviz_base"), _waiting("arviz")
    for name in ("from_dict", "dict_to_dataset"):
        vars(arviz).setdefault(name, getattr(base, name))
    package = _waiting("nutpie")
    # its draws carry it
    vars(package).setdefault("__version__", version("nutpie"))
    compiled = import_module("nutpie.compiled_pyfunc")
    module = import_module("nutpie.sample")
    # the package has a function of the name that an import gave to the module
    if vars(package).get("sample") is module:
        vars(package)["sample"] = module.sample
    return Parts(compiled.from_pyfunc, module.sample)


def _parts_of_all() -> Parts:
    """Return the functions by plain imports; no package waits any longer."""
    for name in ("arviz", "nutpie"):
        package = import_module(name)
        if isinstance(package, _WaitingPackage):
            package.run()
    compiled = import_module("nutpie.compiled_pyfunc")
    return Parts(compiled.from_pyfunc, import_module("nutpie").sample)


class _WaitingPackage(ModuleType):
    """A package that runs its ``__init__`` for the first name that it does not have.

    A private module of it, such as one of compiled code, is imported for its name.

    The modules of ``importlib.util.LazyLoader`` run already where a module of theirs is
    imported, or where they are imported a second time.
    """

    def __getattr__(self, name: str) -> Any:
        if "_waits" in vars(self) and name.startswith("_") and name[1:2] != "_":
            module = f"{self.__name__}.{name}"
            if find_spec(module) is not None:
                return import_module(module)
        self.run()
        return super().__getattribute__(name)

    @override
    def __dir__(self) -> list[str]:
        self.run()
        return sorted(vars(self))

    def run(self) -> None:
        """Run ``__init__`` if it has not run."""
        with _one_at_a_time:
            spec = vars(self).pop("_waits", None)
            if spec is None:
                return
            try:
                spec.loader.exec_module(self)
            except BaseException:
                vars(self)["_waits"] = spec
                raise


def _waiting(name: str) -> ModuleType:
    """Return a package, as it is if it was imported before, else waiting."""
    if name not in sys.modules:
        spec = find_spec(name)
        if spec is None:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        package = module_from_spec(spec)
        package.__class__ = _WaitingPackage
        vars(package)["_waits"] = spec
        sys.modules[name] = package
    return sys.modules[name]
