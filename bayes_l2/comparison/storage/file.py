"""A comparison's file in netCDF: the draws as ArviZ reads them, and the other results.

Its attributes have the model in words. The group ``comparison`` has the records as
JSON, and their arrays as variables.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2.comparison.storage.records import Packer, Unpacker
from bayes_l2.files import draft_of
from bayes_l2.model.description import assumptions
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.texts import end_of, listed, printable, shortened

if TYPE_CHECKING:
    import xarray as xr

FORMAT = 3  # to be raised where a field of a record comes or goes
GROUP, RECORDS, VERSION = "comparison", "records", "bayes_l2_format"
LONGEST = 4000  # characters of an attribute, which may have 64 kB
LABELLED = ("feature", "class")  # axes whose labels are those of the model


def write(path: Path, parts: Mapping[str, Any], draws: "xr.DataTree | None") -> None:
    """Write the parts of a comparison to a file, whole or not at all.

    Parameters
    ----------
    path : Path
        The file; one that is there is replaced.
    parts : mapping
        The model and the results other than draws, by name.
    draws : xarray.DataTree or None
        Draws; each of their groups is one of the file.

    Raises
    ------
    ValueError
        If the file cannot be written, or a part is of a kind that no file holds.
    """
    import xarray as xr

    packer, given = Packer(), {} if draws is None else dict(draws.attrs)
    packed = {name: packer.pack(value, name) for name, value in parts.items()}
    packed["draws"] = None if draws is None else packer.pack(given, "draws")
    variables: dict[str, Any] = {RECORDS: ((), json.dumps(packed))}
    for name, array in packer.arrays.items():
        axes = [f"size_{size}_{axis}" for axis, size in enumerate(array.shape)]
        variables[name] = (axes, array)
    groups = {
        "/": xr.Dataset(attrs={**_words(parts["model"]), VERSION: FORMAT}),
        GROUP: xr.Dataset(variables),
    }
    if draws is not None:
        for name, group in draws.children.items():
            groups[name] = _with_labels(group.to_dataset(), printable)
    tree = xr.DataTree.from_dict(groups)
    # by way of memory: HDF5 ends the process some time after a disk was full
    content = bytes(tree.to_netcdf(engine="h5netcdf"))
    with draft_of(path) as draft:
        draft.write_bytes(content)


def _words(model: LinearModel) -> dict[str, Any]:
    """Return what is known of a model in words and numbers, as attributes."""
    return {
        name: printable(each)[:LONGEST] if isinstance(each, str) else each
        for name, each in assumptions(model).items()
        if each is not None
    }


def read(path: Path) -> tuple[dict[str, Any], "xr.DataTree | None"]:
    """Return the parts of a comparison, and its draws, from a file of ``write``.

    Raises
    ------
    ValueError
        If the file cannot be read, or is no file of a comparison.
    """
    import xarray as xr

    named = end_of(path)
    wanted = f"path must be a file of Comparison.save, got {named!r}"
    try:
        with path.open("rb"):
            pass
        # xarray would take ~ for the home
        tree = xr.load_datatree(path.absolute(), engine="h5netcdf")
    except OSError as error:
        reason = shortened(" ".join((error.strerror or "").split()))
        reason = reason or "which is no netCDF file"
        raise ValueError(f"{wanted}: {reason}") from None
    if VERSION not in tree.attrs or GROUP not in tree.children:
        found = listed(tree.children) or "none"
        raise ValueError(f"{wanted}, whose groups are {found}: it has no comparison")
    if tree.attrs[VERSION] != FORMAT:
        raise ValueError(
            f"{wanted} of format {tree.attrs[VERSION]}: this version of bayes_l2 reads "
            f"format {FORMAT}; fit the model again, or read the file with the version "
            "that wrote it"
        )
    try:
        return _parts(tree)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        raise ValueError(f"{wanted}, which is damaged: fit the model again") from None


def _parts(tree: "xr.DataTree") -> tuple[dict[str, Any], "xr.DataTree | None"]:
    import xarray as xr

    stored = tree[GROUP].to_dataset()
    packed = json.loads(stored[RECORDS].item())
    arrays = {str(name): each.to_numpy() for name, each in stored.items()}
    unpacker = Unpacker(arrays)
    parts = {name: unpacker.unpack(each) for name, each in packed.items()}
    attrs = parts.pop("draws")
    if attrs is None:
        return parts, None
    layout = parts["model"].layout
    labels = {"feature": list(layout.features), "class": list(layout.classes)}
    groups = {
        name: _with_labels(group.to_dataset(), labels)
        for name, group in tree.children.items()
        if name != GROUP
    }
    draws = xr.DataTree.from_dict({"/": xr.Dataset(attrs=attrs), **groups})
    return parts, draws


def _with_labels(group: "xr.Dataset", labels: Any) -> "xr.Dataset":
    """Return a group with the labels of its axes: a list of each, or a function.

    A file cannot hold every character of a name.
    """
    found = {}
    for axis in LABELLED:
        if axis in group.coords:
            given = map(str, np.asarray(group[axis]))
            found[axis] = (
                labels[axis] if isinstance(labels, dict) else list(map(labels, given))
            )
    return group.assign_coords(found)
