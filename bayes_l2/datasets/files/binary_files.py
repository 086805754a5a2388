"""Tables in files that say the types of their columns: Parquet, Arrow and Excel."""

import json
from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2 import validation
from bayes_l2.datasets.files import numerals
from bayes_l2.datasets.files.grid import Grid, body
from bayes_l2.datasets.files.options import Reading
from bayes_l2.texts import listed, shown

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

OPENING = "Could not open Parquet input source '<Buffer>': "


def parquet(data: bytes, file: str) -> Grid:
    """Return the table of a Parquet file."""
    from pyarrow import parquet

    return _of_arrow(lambda: parquet.read_table(BytesIO(data)), file, "Parquet")


def arrow(data: bytes, file: str) -> Grid:
    """Return the table of an Arrow file, which Feather is too."""
    from pyarrow import feather

    return _of_arrow(lambda: feather.read_table(BytesIO(data)), file, "Arrow")


def arrow_stream(data: bytes, file: str) -> Grid:
    """Return the table of a stream of Arrow's."""
    from pyarrow import ipc

    return _of_arrow(lambda: ipc.open_stream(data).read_all(), file, "Arrow")


def _of_arrow(read: Any, file: str, kind: str) -> Grid:
    import pyarrow as pa

    try:
        table = read()
        categories = _categories(table.schema.metadata or {})
        table = table.replace_schema_metadata(None)
        repeated = validation.repeated(table.column_names)
        # with missing values, whole numbers stay whole and truth values true
        frame = (
            None
            if repeated
            else table.to_pandas(
                integer_object_nulls=True,
                categories=categories,
                types_mapper=_text_type,
            )
        )
    except (pa.ArrowException, OSError, ValueError, LookupError) as error:
        reason = f"{error}.".splitlines()[0].removeprefix(OPENING)
        reason = reason.split(". ")[0].rstrip(".")
        raise ValueError(
            f"{file} cannot be read as {kind}: {shown(reason)}; write it again, or "
            "save the table as CSV"
        ) from None
    if frame is None:
        raise ValueError(
            f"{file}: column names must be unique, got {listed(map(repr, repeated))} "
            "more than once; rename one"
        )
    if table.num_rows == 0:
        raise ValueError(f"{file} has columns but no rows; write some rows")
    names = [str(name) for name in frame.columns]
    index = [name for name in names if name.startswith("__index_level_")]
    columns = {
        name: frame[name].reset_index(drop=True) for name in names if name not in index
    }
    notes = (f"read as {kind}",)
    if index:
        notes += ("the index that pandas saved was left out",)
    return Grid(file, columns, range(len(frame)), unit="row", notes=notes)


def _text_type(kind: "pa.DataType") -> "pd.StringDtype | None":
    """Return pandas' type for text, which pandas 2 does not choose by itself."""
    import pandas as pd
    from pyarrow import types

    is_text = types.is_string(kind) or types.is_large_string(kind)
    return pd.StringDtype(na_value=np.nan) if is_text else None


def _categories(metadata: dict[bytes, bytes]) -> list[str]:
    """Return the names of the columns that were of categories in pandas."""
    columns = json.loads(metadata.get(b"pandas", b"{}")).get("columns", [])
    return [each["name"] for each in columns if each["pandas_type"] == "categorical"]


def excel(data: bytes, file: str, reading: Reading) -> Grid:
    """Return the first sheet of an Excel file that has cells."""
    import pandas as pd

    if find_spec("openpyxl") is None:
        raise ValueError(
            f"{file} is an Excel file, and the package openpyxl that reads it is not "
            "here: install it (pip install openpyxl, or uv run --with openpyxl ...), "
            "or save the sheet as CSV"
        )
    try:
        sheets = pd.read_excel(
            BytesIO(data),
            sheet_name=None,
            header=None,
            dtype=object,
            keep_default_na=False,
            engine="openpyxl",
        )
    except Exception as error:  # openpyxl has no error of its own for a broken file
        raise ValueError(
            f"{file} cannot be read as Excel: {shown(str(error))}; save it as CSV"
        ) from None
    filled = [name for name, sheet in sheets.items() if sheet.size]
    if not filled:
        raise ValueError(f"{file} is empty; it must have a header line and rows")
    notes = [f"read as Excel, sheet {shown(filled[0])}"]
    if len(filled) > 1:
        notes = [f"{notes[0]}, the first of {len(filled)}"]
    return _of_sheet(sheets[filled[0]], file, reading, notes)


def _of_sheet(
    sheet: "pd.DataFrame", file: str, reading: Reading, notes: list[str]
) -> Grid:
    import pandas as pd

    rows = [
        (number, [cell.strip() if isinstance(cell, str) else cell for cell in cells])
        for number, cells in enumerate(sheet.to_numpy().tolist(), start=1)
    ]
    (place, first), *filled = [
        (number, cells) for number, cells in rows if any(map(_is_filled, cells))
    ]
    header = [str(cell) if _is_filled(cell) else "" for cell in first]
    numbers = [number for number, _ in filled]
    cells, left_out = body(file, header, [row for _, row in filled], f"row {place}")
    texts = [
        [cell for cell in column if isinstance(cell, str)] for column in cells.values()
    ]
    marks = numerals.marks(texts, reading.decimal, expected=None, sep="")
    return Grid(
        file,
        {name: pd.Series(column, dtype=object) for name, column in cells.items()},
        numbers,
        unit="row",
        decimal=marks.decimal,
        notes=(*notes, *left_out),
    )


def _is_filled(cell: Any) -> bool:
    return cell is not None and cell != "" and cell == cell
