"""The shape of the package: which module may import which, what an import costs, what the names are."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import bayes_l2

PACKAGE = Path(bayes_l2.__file__).parent
# From the ground up. A module imports only from lower layers; within one layer, only what is listed before it.
LAYERS = [
    ["validation"],
    [
        "conventions.monomial",
        "conventions.convention",
        "conventions.scikit_learn",
        "conventions.probabilistic",
        "conventions.statistics",
        "conventions.training",
        "conventions.catalogue",
        "conventions.conversion",
        "conventions.listing",
    ],
    ["parameters", "scale_priors", "likelihoods", "priors", "sufficient_statistics", "distributions", "marginals"],
    ["separation", "observations", "density", "model", "propriety"],
    ["pymc_model"],
    [
        "posteriors.draws",
        "posteriors.eigenbasis",
        "posteriors.scale_density",
        "posteriors.quadrature",
        "posteriors.gaussian_mixture",
    ],
    ["posteriors.covariances"],
    ["posteriors.gaussian", "posteriors.normal_inverse_gamma", "posteriors.mixture"],
    ["fits.coordinates", "fits.marginal_density", "fits.point_estimate", "fits.interior_point"],
    ["fits.penalised", "fits.map_estimate", "fits.exact", "fits.mcmc"],
    ["fits.laplace"],
    ["plots", "report"],
    [
        "checks",
        "comparisons.figure",
        "comparisons.base",
        "comparisons.exact",
        "comparisons.approximate",
        "comparisons.own_draws",
        "comparison",
    ],
    ["penalty_paths", "selection"],
    ["datasets"],
    [
        "teaching.gradient_descent",
        "teaching.absolute_deviations",
        "teaching.gauss_markov",
        "teaching.classification",
        "teaching.networks",
        "teaching.samplers",
        "teaching.prequential",
        "teaching.counterexamples",
        "teaching.figures",
        "teaching.posterior_figures",
    ],
    [
        "proofs.modes",
        "proofs.problem",
        "proofs.scikit_learn",
        "proofs.probabilistic",
        "proofs.statistics",
        "proofs.boosting",
        "proofs.spark",
        "proofs.training",
        "proofs.stored",
        "proofs.verify",
    ],
    [
        "exercises.exercise",
        "exercises.losses",
        "exercises.ridge",
        "exercises.conjugacy",
        "exercises.sampling",
        "exercises.penalties",
        "exercises.noise",
        "exercises.units",
        "exercises.classes",
        "exercises.networks",
        "exercises.limits",
        "exercises.catalogue",
        "exercises.grading",
        "exercises.assignment",
    ],
    ["cli_conventions", "cli_exercises", "cli_models", "cli"],
]
ROUTES = {"fits.penalised", "fits.map_estimate", "fits.exact", "fits.mcmc"}


def modules() -> dict[str, Path]:
    paths = sorted(PACKAGE.rglob("*.py"))
    names = [".".join(path.relative_to(PACKAGE).with_suffix("").parts) for path in paths]
    return {name: path for name, path in zip(names, paths, strict=True) if not name.endswith("__")}


def imports(path: Path) -> set[str]:
    """Modules of the package that a module imports, anywhere but under TYPE_CHECKING."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = []
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: no relative imports"
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "bayes_l2":
            base = node.module.removeprefix("bayes_l2").lstrip(".")
            found |= (
                {base}
                if base in modules()
                else {f"{base}.{alias.name}".lstrip(".") for alias in node.names if not alias.name.startswith("__")}
            )
        elif isinstance(node, ast.Import):
            assert not any(alias.name.startswith("bayes_l2") for alias in node.names), f"{path}: use from ... import"
    return found


def test_every_module_has_a_layer() -> None:
    assert sorted(modules()) == sorted(name for layer in LAYERS for name in layer)


@pytest.mark.parametrize("name", [name for layer in LAYERS for name in layer])
def test_imports_point_down(name: str) -> None:
    order = [each for layer in LAYERS for each in layer]
    allowed = set(order[: order.index(name)])
    if name in ROUTES:
        allowed -= ROUTES
    assert imports(modules()[name]) <= allowed


def test_importing_the_package_imports_no_library() -> None:
    heavy = "pymc arviz sklearn matplotlib nutpie pandas scipy numpy"
    code = f"import bayes_l2, sys; print([name for name in '{heavy}'.split() if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_the_command_line_loads_libraries_only_when_it_needs_them() -> None:
    code = "from bayes_l2 import cli; import sys; print([n for n in ('pymc', 'sklearn', 'pandas') if n in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_public_names_are_what_they_are_listed_as() -> None:
    for name in modules():  # importing a submodule sets an attribute of the package, which must not hide a name
        __import__(f"bayes_l2.{name}")
    assert sorted(bayes_l2.__all__) == sorted(bayes_l2._HOMES)
    for name, home in bayes_l2._HOMES.items():
        assert inspect.ismodule(getattr(bayes_l2, name)) == (home is None), name
    assert set(bayes_l2.__all__) <= set(dir(bayes_l2))
    unknown = "fit_lasso"
    with pytest.raises(AttributeError, match="module 'bayes_l2' has no attribute 'fit_lasso'"):
        getattr(bayes_l2, unknown)


def test_every_public_name_is_documented() -> None:
    for name in bayes_l2.__all__:
        assert inspect.getdoc(getattr(bayes_l2, name)), name
