"""Features and response from a file, and features of new rows in the same columns."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, override

from bayes_l2 import arguments, validation
from bayes_l2.datasets import features as feature_columns
from bayes_l2.datasets import target as response
from bayes_l2.datasets.columns import Column
from bayes_l2.datasets.files import options, sources
from bayes_l2.datasets.files.grid import Grid
from bayes_l2.datasets.files.options import Reading
from bayes_l2.datasets.leftovers import leftovers
from bayes_l2.datasets.one_hot import Levels, Numbers
from bayes_l2.datasets.one_hot import features as features_of
from bayes_l2.datasets.suspicions import suspicions
from bayes_l2.texts import listed, shown

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Recipe:
    """How the features of a file were made, for those of new rows."""

    reading: Reading
    decimal: str
    features: tuple[Numbers | Levels, ...]
    drop_missing: bool

    def rows(self, path: str | Path) -> "pd.DataFrame":
        """Return the features of new rows; see ``Table.rows``."""
        grid = sources.grid(path, self.reading, expected=self.decimal)
        names = [each.name for each in self.features]
        for name in names:
            if name not in grid.columns:
                raise ValueError(
                    f"{feature_columns.unknown(grid, name)}; it is a feature of the "
                    "data that were fitted"
                )
        columns = [Column.of(grid, name, self.reading.missing) for name in names]
        columns, dropped = feature_columns.complete_rows(
            columns, grid, target=None, drop_missing=self.drop_missing
        )
        X = _frame(grid, columns, self.features)
        X.attrs["notes"] = (*grid.notes, *dropped)
        return X


@dataclass(frozen=True, eq=False, repr=False)
class Table:
    """Features and response of a file.

    Attributes
    ----------
    X : pandas.DataFrame of shape (n, p)
        The features, as floats. The index counts the rows of the file from 0.
    y : pandas.Series of shape (n,)
        The response.
    notes : tuple of str
        What was found or done while reading, a line each.
    warnings : tuple of str
        What may be wrong with the columns, a line each.
    """

    X: "pd.DataFrame"
    y: "pd.Series"
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    _recipe: Recipe = field(metadata={"private": True})

    @override
    def __repr__(self) -> str:
        n, p = self.X.shape
        return f"Table({n} rows, {p} features, target {shown(self.y.name)})"

    def rows(self, path: str | Path) -> "pd.DataFrame":
        """Return the features of new rows, with the columns of X in their order.

        They are read in the same way: with the same options, and the same levels of
        columns of text.

        Parameters
        ----------
        path : str or Path
            A file with the columns of the features, or ``-`` for standard input.
            Others, such as the target, are left out.

        Returns
        -------
        X : pandas.DataFrame of shape (m, p)
            The features of the new rows, as floats. The index counts the rows of the
            file from 0: it shows which rows were dropped. ``attrs["notes"]`` holds what
            was found while reading, a line each.

        Raises
        ------
        ValueError
            If the file cannot be read, a column is missing, a cell is no number, a
            level is new, or a value is missing and rows are not to be dropped.
        """
        return self._recipe.rows(path)


def read_table(
    path: str | Path,
    target: str,
    *,
    labels: bool = False,
    features: Iterable[str] | None = None,
    drop: Iterable[str] = (),
    encode: bool = False,
    flat_prior: bool = False,
    intercept: bool = True,
    drop_missing: bool = False,
    sep: str | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
    na: str | Iterable[str] | None = None,
) -> Table:
    r"""Read features and response from a file whose first line names the columns.

    The file is CSV, whose separator, decimal mark and encoding are found, or Parquet,
    Arrow, Feather, or Excel where openpyxl is installed.

    Parameters
    ----------
    path : str or Path
        The file, or ``-`` for standard input.
    target : str
        The column to predict; all others are features.
    labels : bool, default False
        Whether the target holds labels. Labels are text, or whole numbers if all are
        written as such: 1 is a number, 01 and 1_1 are text.
        A target without labels holds numbers. True is 1 and false is 0.
    features : list of str, optional
        The columns to keep as features, in this order. Default: all.
    drop : list of str
        The columns to leave out.
    encode : bool, default False
        Whether a column of text or dates becomes a column of 0 and 1 for each level,
        called ``column=level``. Else such a column is refused.
    flat_prior : bool, default False
        Whether the first level is left out. Under a flat prior it has to be: all levels
        together add up to the intercept, so their coefficients are not determined.
        Another prior determines them, and then no level has to be the reference.
    intercept : bool, default True
        Whether the model has an intercept. Without one, the first column of text keeps
        all its levels under a flat prior, and the other columns of text do not.
    drop_missing : bool, default False
        Whether rows with missing values are left out. Else they are refused.
    sep : str, optional
        The separator: a mark, or comma, semicolon, tab, bar (or pipe) or space.
    decimal : {".", ","}, optional
        The decimal mark, or its name: point or comma. The other one, spaces and
        apostrophes may separate thousands.
    encoding : str, optional
        The encoding of the text, such as utf-8, utf-16 or latin-1.
    na : str or list of str, optional
        More spellings of a missing value, between commas. An empty field and the
        spellings of pandas are missing; where the first is ``none``, those of pandas
        are not, so that a label may be NA.

    Returns
    -------
    table : Table
        Features ``X``, response ``y``, what was found, and the way to read new rows.

    Raises
    ------
    ValueError
        If the file cannot be read as a table, a column that is named is not there, a
        feature is no number, a value is missing, or the target is the same in all rows.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from bayes_l2.datasets import read_table
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name) / "rent.csv"
    >>> _ = path.write_text("size;heated;rent\n30,5;true;400\n42;false;510,5\n")
    >>> table = read_table(path, "rent")
    >>> table
    Table(2 rows, 2 features, target 'rent')
    >>> table.notes
    ('read as semicolon-separated, decimal comma', 'heated: true is 1, false is 0')
    >>> folder.cleanup()
    """
    arguments.path(path)
    if not isinstance(target, str):
        raise ValueError(f"target must be the name of a column, got {shown(target)}")
    flags = {
        "labels": labels,
        "encode": encode,
        "flat_prior": flat_prior,
        "intercept": intercept,
        "drop_missing": drop_missing,
    }
    for name, value in flags.items():
        arguments.flag(value, name)
    wanted, unwanted = options.features(features), options.names(drop, "drop")
    reading = Reading.of(sep, decimal, encoding, na)
    grid = sources.grid(path, reading)
    target = feature_columns.named(grid, target)
    if wanted is not None:
        wanted = [feature_columns.named(grid, name, "features") for name in wanted]
    unwanted = [feature_columns.named(grid, name, "drop") for name in unwanted]
    kept = feature_columns.chosen(grid, target, wanted, unwanted)
    columns = [Column.of(grid, name, reading.missing) for name in kept]
    feature_columns.require_numbers(columns, grid, encode=encode)
    columns.append(Column.of(grid, target, reading.missing))
    feature_columns.require_observations(columns, grid)
    (*columns, goal), dropped = feature_columns.complete_rows(
        columns,
        grid,
        target=target,
        drop_missing=drop_missing,
    )
    made = features_of(columns, grid, flat_prior=flat_prior, intercept=intercept)
    X = _frame(grid, columns, made)
    if X.empty:  # under a flat prior
        raise ValueError(
            f"{grid.file}: each column of text has one level, so no feature is left; "
            "keep a column of numbers (features= in Python)"
        )
    y = response.labels(goal, grid) if labels else response.numbers(goal, grid)
    response.require_variety(y, grid, labels=labels)
    notes = (
        *grid.notes,
        *feature_columns.truth_note(columns),
        *(each.note for each in made if each.note is not None),
        *dropped,
    )
    recipe = Recipe(reading, grid.decimal, made, drop_missing)
    doubts = (
        *grid.warnings,
        *suspicions(X, y, columns, made),
        *leftovers(X, y, grid),
    )
    return Table(X, y, notes, doubts, recipe)


def _frame(
    grid: Grid, columns: list[Column], features: tuple[Numbers | Levels, ...]
) -> "pd.DataFrame":
    """Return the features as floats."""
    import pandas as pd

    names = [name for feature in features for name in feature.feature_names]
    repeated = validation.repeated(names)
    if repeated:
        raise ValueError(
            f"{grid.file}: one-hot columns must have new names, got "
            f"{listed(map(repr, repeated))} more than once; rename that column"
        )
    values = (
        values
        for each, feature in zip(columns, features, strict=True)
        for values in feature.values(each, grid)
    )
    made = dict(zip(names, values, strict=True))
    return pd.DataFrame(made, index=columns[0].rows)
