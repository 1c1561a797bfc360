"""Brings families in: rows with one surname belong together, and a format of its own is read."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

import msgspec

from weft import Importer, Invalid, Numbered, Outcome, RowProblem, Tenant, Written, new_id

from .importer import IMPORT


class PersonRow(msgspec.Struct, frozen=True, kw_only=True):
    """One person of a family."""

    family: str
    name: str
    age: Annotated[int, msgspec.Meta(ge=0, le=130)] = 0


calls: list[list[tuple[int, str]]] = []  # what `write` was handed, for the tests to see how batches are cut


async def write(tenant: Tenant, rows: Sequence[Numbered[PersonRow]], options: Mapping[str, str]) -> Outcome:
    calls.append([(row.row, row.value.family) for row in rows])
    ids = {family: new_id() for family in {row.value.family for row in rows}}
    return Outcome([Written(row.row, ids[row.value.family], "created") for row in rows])


async def undo(tenant: Tenant, written: Sequence[Written]) -> Sequence[RowProblem]:
    return ()


def read_pairs(content: bytes) -> Iterable[Mapping[str, str]]:
    """Read lines of the form ``family=Smith name=Ann``."""
    text = content.decode()
    if not text.startswith("family="):
        raise Invalid("This is no family file: it must begin with “family=”.")
    for line in text.splitlines():
        if "?" in line:
            yield {"": "This line holds a question mark."}
        else:
            yield dict(pair.split("=") for pair in line.split())


FAMILIES: Importer[PersonRow] = Importer(
    name="club.families",
    title="Families",
    permission=IMPORT,
    row=PersonRow,
    write=write,
    undo=undo,
    group_by="family",
    readers={".fam": read_pairs},
)
