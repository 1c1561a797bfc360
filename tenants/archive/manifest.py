"""What an archive of one business says of itself: what it holds, in which versions, with a checksum of each part."""

import re
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

FORMAT = 1
NAME = "manifest.json"
PEOPLE = "people.json"
KEYS = "keys.json"  # data keys by generation; only inside archives that nobody but the holder of a private key can read
LONGEST = 64 << 20  # bytes of the manifest, and of the part with people
IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]{0,62}")

Kind = Literal["table", "platform", "file", "people", "keys"]


class Module(msgspec.Struct, frozen=True, kw_only=True):
    """A module as the business had it, and the migrations its tables had seen, in order."""

    key: str
    version: str
    enabled: bool
    migrations: tuple[str, ...] = ()


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One member of the archive: `size` in bytes and `sha256` are those of its content when it is unpacked, `packed` the bytes it takes."""

    name: str
    kind: Kind
    size: int
    packed: int
    sha256: str
    table: str = ""
    columns: tuple[str, ...] = ()
    rows: int = 0
    file: UUID | None = None


class Business(msgspec.Struct, frozen=True, kw_only=True):
    """What the catalogue said of the business; `settings` are those of each module, as JSON."""

    id: UUID
    schema: str
    slug: str
    name: str
    country: str
    currency: str
    timezone: str
    locale: str
    logo: UUID | None
    onboarded: bool
    settings: dict[str, msgspec.Raw]


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """A role, as in `platform.role`."""

    id: UUID
    title: str
    template: str
    permissions: tuple[str, ...]
    offered: tuple[str, ...] | None


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who belonged there; no password, and nothing of the other businesses they belong to."""

    person: UUID
    name: str
    email: str | None  # none while it was not proven
    roles: tuple[UUID, ...]
    joined_at: datetime
    disabled_at: datetime | None


class People(msgspec.Struct, frozen=True, kw_only=True):
    """Roles, and who had them."""

    roles: tuple[Role, ...]
    members: tuple[Member, ...]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The last member of an archive."""

    format: int
    made_at: datetime
    platform: str  # the last of the files of the schema `platform` that had run
    business: Business
    modules: tuple[Module, ...]
    parts: tuple[Part, ...]
    lost: tuple[UUID, ...] = ()  # files whose facts stood in the database, but whose bytes were gone already

    def tables(self) -> dict[str, int]:
        """Return how many rows each table has."""
        return {f"{each.kind}:{each.table}": each.rows for each in self.parts if each.table}

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(each.rows for each in self.parts)


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """A table of the platform that holds rows of every business, and how its rows move.

    `replaced` are ids that must be new where one is taken already: they are unique over all businesses, and nothing of a business refers to
    them. `people` are columns that name a person, or several, `changed` what a column becomes.
    """

    table: str
    replaced: bool = False
    people: tuple[str, ...] = ()
    changed: dict[str, str] = {}


_RUNNING = "CASE WHEN s.state IN ('reading', 'checking', 'importing', 'undoing') THEN"
_ENDED = {
    "state": f"{_RUNNING} 'failed' ELSE s.state END",
    "failed_while": f"{_RUNNING} s.state ELSE s.failed_while END",
    "note": f"{_RUNNING} 'It ran while the archive was made.' ELSE s.note END",
}
# In an order in which foreign keys hold. What is on its way (outbox, jobs, mail, webhooks) stays behind: a copy must not send it twice.
SHARED = (
    Shared(table="file"),
    Shared(table="import_batch", people=("person_id",), changed=_ENDED),
    Shared(table="import_problem"),
    Shared(table="import_row"),
    Shared(table="import_mapping"),
    Shared(table="saved_view", replaced=True, people=("person_id",)),
    Shared(table="dashboard", people=("person_id",)),
    Shared(table="report_pin", replaced=True, people=("person_id",)),
    Shared(table="report_letter", replaced=True, people=("person_id", "recipients")),
    Shared(table="check_run", replaced=True),
    Shared(table="notification", replaced=True, people=("person_id",)),
    Shared(table="audit_entry", replaced=True),
    Shared(table="audit_seal"),
)
