"""The explorer's page, with columns of the user's own and at a scene."""

import json
from pathlib import Path

from bayes_l2.explorer.columns import Columns
from bayes_l2.texts import shown

PAGE = Path(__file__).with_name("explorer.html")
EMPTY = '"own":null,"scene":""'  # the end of the page's data


def explorer_page(columns: Columns | None = None, *, scene: str = "") -> str:
    """Return the explorer as the text of one HTML file, which needs no other file.

    Parameters
    ----------
    columns : Columns, optional
        The user's own columns. The page offers them beside its examples.
    scene : str, default ""
        The scene at which the page opens, as the fragment of its address, such as
        ``"view=plane&noise_sd=0.5"``. Without one the page opens at the user's own
        columns, or else at its default. A fragment in the address goes first.

    Returns
    -------
    str
        The page. Every number of ``columns`` is in it with all digits.

    Raises
    ------
    ValueError
        If the scene is no text, or the columns are none that the page can show.
    """
    if not isinstance(scene, str):
        raise ValueError(
            "scene must be the fragment of an address, such as 'view=plane', got "
            f"{shown(scene)}"
        )
    if not (columns is None or isinstance(columns, Columns)):
        raise ValueError(f"columns must be Columns or None, got {shown(columns)}")
    scene = scene.removeprefix("#")
    if columns is not None and not scene:
        scene = f"view={'line' if len(columns.names) == 1 else 'plane'}&data=own"
    own = None if columns is None else columns.to_dict()
    given = json.dumps({"own": own, "scene": scene}, separators=(",", ":"))
    page = PAGE.read_text(encoding="utf-8")
    if page.count(EMPTY) != 1:
        raise ValueError(f"{PAGE.name} has no place for columns: build it again")
    # with < escaped, no text ends the script or begins a comment in it
    return page.replace(EMPTY, given[1:-1].replace("<", "\\u003c"))
