"""Looks at a file when it comes in: how it is read, what its columns hold, and which of them are probably which field."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any, BinaryIO

import msgspec

from core.imports.batch import Import
from core.imports.dates import usual_order
from core.imports.fields import Field, fields_of
from core.imports.mapping import Guess, Mapped, guess_mapping
from core.imports.profile import Column, Examination, Profile
from core.imports.queries import recall
from core.imports.readers.table import find_reading, open_table
from core.imports.reading import Reading
from weft.data import Importer
from weft.errors import Invalid
from weft.tenant import Tenant

PART = 2_000  # rows that are looked at between two words of progress


@dataclass(frozen=True, slots=True)
class Examined:
    """How a file is read and what is in it."""

    reading: Reading
    profile: Profile

    @property
    def changes(self) -> dict[str, Any]:
        """What of this the import keeps."""
        reading = msgspec.structs.replace(self.reading, notes=(*self.reading.notes, *self.profile.notes))
        return {"reading": reading, "columns": self.profile.columns, "total": self.profile.rows, "mapping": ()}


async def examine(tenant: Tenant, file: BinaryIO, name: str, importer: Importer[Any], reading: Reading | None = None) -> Examined:
    """Read a whole file once, in a thread; with a `reading` as that says. Raises `Invalid` for a file that cannot be read."""
    found: Reading = reading if reading else await asyncio.to_thread(find_reading, file, name, importer.readers)
    table = await asyncio.to_thread(open_table, file, found, importer.readers)
    examination = Examination(table.headings)
    while await asyncio.to_thread(_some, table.lines, examination):
        await tenant.progress(examination.rows, 0, f"{examination.rows:,} rows read")
    return Examined(found, examination.profile())


def _some(lines: Any, examination: Examination) -> bool:
    part = list(islice(lines, PART))
    examination.add(part)
    return len(part) == PART


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the page of an import proposes: which column is which field and why, and the options of the last time."""

    fields: tuple[Field, ...]
    guesses: tuple[Guess, ...]
    options: Mapping[str, str]


async def propose(tenant: Tenant, importer: Importer[Any], columns: tuple[Column, ...]) -> Proposal:
    """Guess which column is which field, as the tenant's people decided before, or else by names and values."""
    headings = [column.heading for column in columns]
    async with tenant.transaction() as db:
        chosen, options = await recall(db, importer.name, digest(headings), headings)
    fields = fields_of(importer)
    return Proposal(fields, tuple(guess_mapping(columns, fields, chosen)), options)


def proposed_mapping(tenant: Tenant, columns: Sequence[Column], guesses: Sequence[Guess]) -> tuple[Mapped, ...]:
    """Return guesses as a mapping."""
    return tuple(as_mapped(tenant, columns, guess.field, guess.column) for guess in guesses)


def wanted_mapping(tenant: Tenant, found: Import, fields: Sequence[Field]) -> tuple[Mapped, ...]:
    """Return the mapping that a program gave with the file; raises `Invalid` for a field or a heading that is not there."""
    headings = headings_of(found)
    names = {field.name for field in fields}
    problems = {}
    for name, heading in found.wanted.items():
        if name not in names:
            problems[f"mapping.{name}"] = f"There is no field “{name}”. The fields are {', '.join(sorted(names))}."
        elif heading not in headings:
            problems[f"mapping.{name}"] = f"The file has no column “{heading}”. Its columns are {', '.join(headings)}."
    if problems:
        raise Invalid(fields=problems)
    return tuple(as_mapped(tenant, found.columns, name, headings.index(heading)) for name, heading in found.wanted.items())


def as_mapped(tenant: Tenant, columns: Sequence[Column], field: str, column: int) -> Mapped:
    """Return one line of a mapping.

    Dates that could be read in two ways are read as people of the tenant's country do. How such numbers are read is left open: nobody
    should guess whether something costs one or a thousand.
    """
    found = columns[column]
    return Mapped(
        field=field, column=column, sign=found.sign or "", order=usual_order(tenant.country) if found.order is None else found.order
    )


def digest(headings: list[str]) -> str:
    """Return what stands for the headings of a file."""
    return sha256("\x1f".join(headings).encode()).hexdigest()


def headings_of(found: Import) -> list[str]:
    """Return the headings of an import's file."""
    return [column.heading for column in found.columns]
