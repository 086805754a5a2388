"""Public names are those of a listing: a change is seen, and joins the changelog."""

from tests.promises.public_names import LISTING, listing

WAY_OUT = (
    "write the change in CHANGELOG.md, then run "
    "`uv run python -m tests.promises.public_names`"
)


def test_names_are_those_of_the_listing() -> None:
    stored, found = LISTING.read_text(encoding="utf-8").splitlines(), listing()
    gone = sorted(set(stored) - set(found))
    new = sorted(set(found) - set(stored))
    assert (gone, new) == ([], []), WAY_OUT
    assert len(found) > 500
