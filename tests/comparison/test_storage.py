"""Comparisons written to a file, read again, and held against what was written."""

import json
import os
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import arviz as az
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from rich.console import Console

from bayes_l2 import (
    ApproximateComparison,
    Comparison,
    ExactComparison,
    LinearModel,
    MixturePosterior,
    PointEstimate,
    SufficientStatistics,
    compare,
    datasets,
    fit_exact,
    fit_map,
    likelihoods,
    load,
    priors,
)
from bayes_l2.comparison.storage.file import FORMAT
from bayes_l2.comparison.storage.records import Packer, Unpacker
from bayes_l2.datasets.standardisation import Standardisation
from bayes_l2.fits import exact as exact_route
from tests.every_pair import LIKELIHOODS, PRIORS, SCALES, name_of, responses

RNG = np.random.default_rng(7)
X = pd.DataFrame(RNG.normal(size=(40, 2)), columns=["age", "dose (µg)"])
RESPONSES = responses(RNG, 1.0 + X.to_numpy() @ [0.8, -0.5])


def model_of(likelihood: Any, prior: Any, **options: Any) -> LinearModel:
    y = options.pop("y", RESPONSES[type(likelihood).__name__])
    return LinearModel(
        options.pop("X", X), y, likelihood=likelihood, prior=prior, **options
    )


def draws_of(model: LinearModel) -> dict[str, Any]:
    """Return draws of the right shape, in the place of a slow sampler's."""
    rng, mode = np.random.default_rng(3), fit_map(model, max_iterations=50)
    size = (2, 50, *np.shape(mode.coef))
    draws: dict[str, Any] = {"coef": mode.coef + 0.2 * rng.normal(size=size)}
    if model.intercept:
        size = (2, 50, *np.shape(mode.intercept))
        draws["intercept"] = mode.intercept + 0.2 * rng.normal(size=size)
    for name in model.unknown_scales:
        draws[name] = rng.gamma(9.0, 0.1, size=(2, 50))
    return draws


def text_of(comparison: Comparison) -> str:
    console = Console(width=120, file=None, record=True, quiet=True)
    console.print(comparison)
    return console.export_text()


def require_same(found: Any, wanted: Any, place: str = "value") -> None:
    """Hold two results against each other, down to the last bit of each number."""
    assert type(found) is type(wanted), place
    if isinstance(wanted, np.ndarray) and wanted.dtype.kind != "O":
        assert found.dtype == wanted.dtype, place
        np.testing.assert_array_equal(found, wanted, err_msg=place)
    elif isinstance(wanted, MixturePosterior):
        require_same(found.parts, wanted.parts, place)
    elif is_dataclass(wanted):
        for name in (each.name for each in fields(wanted)):
            where = f"{place}.{name}"
            require_same(getattr(found, name), getattr(wanted, name), where)
    elif isinstance(wanted, tuple):
        assert len(found) == len(wanted), place
        for number, pair in enumerate(zip(found, wanted, strict=True)):
            require_same(*pair, f"{place}[{number}]")
    elif isinstance(wanted, float) and np.isnan(wanted):
        assert np.isnan(found), place
    elif isinstance(wanted, xr.DataTree):
        xr.testing.assert_identical(found, wanted)
    elif isinstance(wanted, np.ndarray):
        assert found.tolist() == wanted.tolist(), place
    else:
        assert found == wanted, place


def reloaded(
    comparison: Comparison, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Comparison:
    """Return a comparison from its file; whoever fits while it is read fails."""
    path = folder / "fit.nc"
    comparison.save(path)

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a fit was made")

    with monkeypatch.context() as patch:
        for kind in set(exact_route.POSTERIORS.values()):
            patch.setattr(exact_route, kind.__name__, refuse)
        patch.setattr(MixturePosterior, "__init__", refuse)
        patch.setattr(PointEstimate, "_certified", refuse)
        patch.setattr("bayes_l2.comparison.compare.fit_exact", refuse)
        patch.setattr("bayes_l2.comparison.compare.fit_mcmc", refuse)
        patch.setattr("bayes_l2.comparison.compare.fit_laplace", refuse)
        found = load(path)
        pd.testing.assert_frame_equal(found.table, comparison.table)
        assert found.checks == comparison.checks
    assert type(found) is type(comparison)
    require_same(found, comparison)
    assert found.to_dict() == comparison.to_dict()
    assert text_of(found) == text_of(comparison)
    assert found._repr_html_() == comparison._repr_html_()
    return found


@pytest.mark.parametrize("prior", PRIORS, ids=name_of)
@pytest.mark.parametrize("likelihood", LIKELIHOODS, ids=name_of)
def test_a_model_of_every_pair_comes_back(likelihood: Any, prior: Any) -> None:
    weights = np.random.default_rng(0).uniform(0.5, 2, size=40)
    for options in ({}, {"intercept": False, "weights": weights}):
        model, packer = model_of(likelihood, prior, **options), Packer()
        packed = json.loads(json.dumps(packer.pack(model, "model")))
        require_same(Unpacker(packer.arrays).unpack(packed), model)


@pytest.mark.parametrize(
    ("likelihood", "prior"),
    [*zip(LIKELIHOODS, [*PRIORS, PRIORS[1]], strict=True), (LIKELIHOODS[4], PRIORS[0])],
)
def test_a_comparison_comes_back(
    likelihood: Any, prior: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = model_of(likelihood, prior)
    comparison = compare(model, mcmc=draws_of(model))
    found = reloaded(comparison, tmp_path, monkeypatch)
    pd.testing.assert_frame_equal(found.predict(X[:3]), comparison.predict(X[:3]))


@pytest.mark.parametrize(
    ("noise", "prior"),
    # the kinds of scales of the others are in these three too
    [
        pytest.param(*each, marks=[pytest.mark.slow] * (k in (2, 3, 5)))
        for k, each in enumerate(SCALES)
    ],
)
def test_unknown_scales_come_back_without_another_quadrature(
    noise: Any, prior: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = model_of(likelihoods.Normal(noise), prior)
    exact = fit_exact(model)
    draws = exact.to_datatree(draws=50, chains=2, seed=1)
    comparison = compare(model, mcmc=draws)
    found = reloaded(comparison, tmp_path, monkeypatch)
    assert found.exact is not None
    pd.testing.assert_frame_equal(found.exact.summary(), exact.summary())
    np.testing.assert_array_equal(found.exact.sample(3, 5), exact.sample(3, 5))
    pd.testing.assert_frame_equal(found.predict(X[:3]), comparison.predict(X[:3]))
    more = exact.condition(X[:5], RESPONSES["Normal"][:5])
    again = found.exact.condition(X[:5], RESPONSES["Normal"][:5])
    np.testing.assert_array_equal(again.mean, more.mean)


@pytest.mark.parametrize(
    "fixture", ["nutpie_draws", pytest.param("pymc_draws", marks=pytest.mark.slow)]
)
def test_sampled_draws_come_back_with_all_groups(
    fixture: str,
    diabetes: LinearModel,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tree = request.getfixturevalue(fixture)
    comparison = replace(compare(diabetes, routes=["map"]), mcmc=tree)
    reloaded(comparison, tmp_path, monkeypatch)
    tree.to_netcdf(tmp_path / "draws.nc")
    xr.testing.assert_identical(xr.load_datatree(tmp_path / "draws.nc"), tree)


def test_draws_by_class_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = model_of(likelihoods.Categorical(), priors.Normal(1.0))
    sampled = compare(
        model, seed=0, draws=30, tune=60, chains=2, routes=["mcmc"], progress=False
    )
    reloaded(sampled, tmp_path, monkeypatch)


def test_draws_of_an_exact_posterior_are_written_by_xarray(tmp_path: Path) -> None:
    tree = fit_exact(model_of(LIKELIHOODS[0], PRIORS[0])).to_datatree(draws=20)
    tree.to_netcdf(tmp_path / "draws.nc")
    xr.testing.assert_identical(xr.load_datatree(tmp_path / "draws.nc"), tree)


def test_a_label_longer_than_an_attribute_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    y = np.where(RESPONSES["Bernoulli"] == "yes", "y" * 100_000, "no")
    model = model_of(likelihoods.Bernoulli(), priors.Normal(1.0), y=y)
    reloaded(compare(model, routes=["map"]), tmp_path, monkeypatch)


def test_attributes_of_draws_come_back(tmp_path: Path) -> None:
    model = model_of(LIKELIHOODS[0], PRIORS[0])
    tree = fit_exact(model).to_datatree(draws=20)
    tree.attrs = {"dims": ["chain", "draw"], "seconds": np.float64(0.1)}
    tree.attrs |= {f"steps {k}": np.arange(k) for k in range(4)}
    held = ExactComparison(model, fit_exact(model), mcmc=tree)
    held.save(tmp_path / "fit.nc")
    found = load(tmp_path / "fit.nc").mcmc
    assert found is not None
    require_same(tuple(found.attrs.items()), tuple(tree.attrs.items()))


def test_arviz_reads_the_draws_and_the_attributes_say_the_model(tmp_path: Path) -> None:
    model = model_of(likelihoods.Poisson(), priors.Laplace(1.0))
    comparison = compare(model, mcmc=draws_of(model))
    comparison.save(tmp_path / "fit.nc")
    with az.from_netcdf(tmp_path / "fit.nc") as tree:
        assert tree["posterior"].sizes == {"chain": 2, "draw": 50, "feature": 2}
        assert list(tree["posterior"]["feature"].to_numpy()) == ["age", "dose (µg)"]
        assert tree.attrs["likelihood"] == "y ~ Poisson(exp(a + Xb))"
        assert tree.attrs["prior"].startswith("b ~ Laplace(0")
        assert tree.attrs["rows"] == 40


def test_statistics_without_rows_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    statistics = SufficientStatistics.from_rows(X, RESPONSES["Normal"])
    model = LinearModel.from_statistics(
        statistics, likelihood=LIKELIHOODS[0], prior=PRIORS[0]
    )
    reloaded(compare(model, routes=["map"]), tmp_path, monkeypatch)


def test_decimals_and_wide_models_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Columns that all but depend on each other are solved in decimals."""
    twin = X.assign(age2=X["age"] * (1 + 1e-15), age3=X["age"] + 1e-14)
    near = compare(
        model_of(likelihoods.Normal(1e-3), priors.Normal(1e6), X=twin), routes=["map"]
    )
    reloaded(near, tmp_path, monkeypatch)
    assert '"decimals"' in records_of(tmp_path / "fit.nc")
    wide = np.random.default_rng(0).normal(size=(12, 1001))
    model = model_of(LIKELIHOODS[0], PRIORS[0], X=wide, y=wide[:, 0])
    exact = fit_exact(model)
    assert isinstance(exact, MixturePosterior)
    held = ExactComparison(model, exact)
    held.save(tmp_path / "wide.nc")
    require_same(load(tmp_path / "wide.nc"), held)


def records_of(path: Path) -> str:
    return xr.load_datatree(path)["comparison"]["records"].item()


def test_failures_and_refusals_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = model_of(likelihoods.Bernoulli(), priors.Normal(1.0))
    broken = ApproximateComparison(
        model,
        None,
        not_applicable={"exact": "no exact posterior"},
        failed={"mcmc": "the sampler failed: it's broken"},
    )
    found = reloaded(broken, tmp_path, monkeypatch)
    assert [each.passed for each in found.checks].count(False) > 0


@pytest.mark.parametrize(
    "labels",
    [
        ["no", "yes"],
        [False, True],
        [0, 1],
        [0.5, 1.5],
        [pd.Timestamp("2020-01-02"), pd.Timestamp("2021-03-04T05:06:07.123456789")],
        ["a\0b", "a\0c"],
    ],
)
def test_labels_keep_their_values_and_types(
    labels: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    y = [labels[int(each == "yes")] for each in RESPONSES["Bernoulli"]]
    model = model_of(likelihoods.Bernoulli(), priors.Normal(1.0), y=y)
    found = reloaded(compare(model, routes=["map"]), tmp_path, monkeypatch)
    assert found.model.classes == tuple(labels)
    assert list(map(type, found.model.classes or ())) == list(map(type, labels))


def test_names_that_no_file_holds_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["a/b\0c", "\u202e é"]
    model = model_of(LIKELIHOODS[0], PRIORS[0], feature_names=names)
    comparison = compare(model, mcmc=draws_of(model))
    found = reloaded(comparison, tmp_path, monkeypatch)
    assert found.model.feature_names == tuple(names)


def test_arrays_of_a_loaded_comparison_are_read_only(tmp_path: Path) -> None:
    comparison = compare(model_of(LIKELIHOODS[0], PRIORS[0]), routes=["map"])
    comparison.save(tmp_path / "fit.nc")
    found = load(tmp_path / "fit.nc")
    assert found.map is not None
    with pytest.raises(ValueError, match="read-only"):
        found.map.coef[0] = 1.0


def test_a_file_is_replaced_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    comparison = compare(model_of(LIKELIHOODS[0], PRIORS[0]), routes=["map"])
    path = tmp_path / "fit.nc"
    comparison.save(path)
    before = path.read_bytes()

    def full_disk(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full_disk)
        with pytest.raises(ValueError, match=r"path: cannot write .*No space left"):
            comparison.save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


class Own(priors.Laplace):
    """A prior of somebody's own."""


def test_terms_of_ones_own_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    model = model_of(LIKELIHOODS[0], Own(1.0))
    held = ApproximateComparison(model, None)
    with pytest.raises(ValueError, match=r"cannot be saved with .* in its model.prior"):
        held.save(tmp_path / "fit.nc")
    assert list(tmp_path.iterdir()) == []


def test_files_that_are_no_comparisons_are_told(tmp_path: Path) -> None:
    def error_of(path: Path) -> str:
        with pytest.raises(ValueError, match="path") as caught:
            load(path)
        text = str(caught.value)
        assert text.isprintable()
        assert path.name in text
        return text

    assert "No such file" in error_of(tmp_path / "missing.nc")
    assert "directory" in error_of(tmp_path)
    (tmp_path / "text.nc").write_text("a,b\n1,2\n")
    assert "no netCDF file" in error_of(tmp_path / "text.nc")
    (tmp_path / "empty.nc").touch()
    assert "no netCDF file" in error_of(tmp_path / "empty.nc")
    tree = xr.DataTree.from_dict({"posterior": xr.Dataset({"a": 1.0})})
    tree.to_netcdf(tmp_path / "draws.nc")
    assert "whose groups are posterior" in error_of(tmp_path / "draws.nc")
    tree.attrs["bayes_l2_format"] = FORMAT
    tree.to_netcdf(tmp_path / "numbered.nc")
    assert "whose groups are posterior" in error_of(tmp_path / "numbered.nc")
    comparison = compare(model_of(LIKELIHOODS[0], PRIORS[0]), routes=["map"])
    comparison.save(tmp_path / "fit.nc")
    whole = (tmp_path / "fit.nc").read_bytes()
    (tmp_path / "half.nc").write_bytes(whole[: len(whole) // 2])
    assert "no netCDF file" in error_of(tmp_path / "half.nc")
    tree = xr.load_datatree(tmp_path / "fit.nc")
    tree.attrs["bayes_l2_format"] = FORMAT + 1
    tree.to_netcdf(tmp_path / "newer.nc")
    assert f"of format {FORMAT + 1}" in error_of(tmp_path / "newer.nc")
    tree.attrs["bayes_l2_format"] = FORMAT
    nameless = tree.copy()
    nameless.attrs = {}
    nameless.to_netcdf(tmp_path / "nameless.nc")
    assert "it has no comparison" in error_of(tmp_path / "nameless.nc")
    records = json.loads(tree["comparison"]["records"].item())
    for name, change in (
        ("class", {"record": "os.system", "fields": {}}),
        ("fields", {"record": "Rows", "fields": {"X": 1}}),
        ("array", {"array": "no such one"}),
        ("kind", {"pickle": "0"}),
    ):
        packed = json.dumps(records | {"map": change})
        changed = tree.copy()
        changed["comparison"] = (
            changed["comparison"].to_dataset().assign(records=packed)
        )
        changed.to_netcdf(tmp_path / f"{name}.nc")
        assert "damaged" in error_of(tmp_path / f"{name}.nc")


def test_a_class_loads_its_own_kind_and_tells_of_the_other(tmp_path: Path) -> None:
    exact = compare(model_of(LIKELIHOODS[0], PRIORS[0]), routes=["map"])
    other = compare(model_of(LIKELIHOODS[1], PRIORS[0]), routes=["map"])
    for made, kind, wrong in (
        (exact, ExactComparison, ApproximateComparison),
        (other, ApproximateComparison, ExactComparison),
    ):
        made.save(tmp_path / "fit.nc")
        require_same(kind.load(str(tmp_path / "fit.nc")), made)
        require_same(Comparison.load(tmp_path / "fit.nc"), made)
        wanted = (
            rf"path must be a file of {wrong.__name__}.save, got '.*fit.nc', which has "
            rf"the kind {kind.__name__}: read it by Comparison.load"
        )
        with pytest.raises(ValueError, match=wanted) as caught:
            wrong.load(tmp_path / "fit.nc")
        assert str(caught.value).isprintable()
    (tmp_path / "text.nc").write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match=r"text.nc': which is no netCDF file"):
        Comparison.load(tmp_path / "text.nc")


def test_the_units_of_a_table_come_back(tmp_path: Path) -> None:
    table = X * [0.01, 50.0] + 9.0
    model = model_of(LIKELIHOODS[0], PRIORS[0], X=datasets.standardise(table))
    plain = compare(model, routes=["map"])
    standardisation = Standardisation.of(table.to_numpy())
    replace(plain, standardisation=standardisation).save(tmp_path / "fit.nc")
    found = Comparison.load(tmp_path / "fit.nc")
    require_same(found.standardisation, standardisation)
    wanted = plain.predict(datasets.standardise(table))
    pd.testing.assert_frame_equal(found.predict(table), wanted, rtol=1e-13)
    with pytest.raises(ValueError, match=r"X .* inf.* row 1, column 0"):
        found.predict([[0.0, 0.0], [1e308, 0.0]])


def test_folders_that_are_not_there_are_told(tmp_path: Path) -> None:
    comparison = compare(model_of(LIKELIHOODS[0], PRIORS[0]), routes=["map"])
    with pytest.raises(ValueError, match=r"cannot write .*No such file or directory"):
        comparison.save(tmp_path / "none" / "fit.nc")
    with pytest.raises(ValueError, match=r"cannot write .*is a folder"):
        comparison.save(tmp_path)


def test_a_link_stays_and_a_device_is_refused(tmp_path: Path) -> None:
    comparison = compare(model_of(LIKELIHOODS[0], PRIORS[0]), routes=["map"])
    place, link = tmp_path / "fit.nc", tmp_path / "link.nc"
    place.touch()
    link.symlink_to(place)
    comparison.save(link)
    assert link.is_symlink()
    assert load(place).checks == comparison.checks
    os.mkfifo(tmp_path / "pipe")  # no real device: a fault would replace it
    with pytest.raises(ValueError, match=r"cannot write .*is a device"):
        comparison.save(tmp_path / "pipe")
