"""Archives of tills for the tax office: records word for word, closings, the journal of technical events, and what proves them."""

import csv
import hashlib
import io
import tempfile
import zipfile
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import msgspec

from weft import Change, Conflict, Invalid, Job, RecordRef, Scope, Tenant, new_id

from ..domain.canonical import canonical
from ..domain.fiscal import facts_of
from ..domain.sessions import Period
from ..queries import fiscal
from ..queries.fiscal import ArchiveRow, Reach
from ..records import ARCHIVE
from .fiscal import PAGE, TOGETHER

PAPERS = Path(__file__).parent.parent / "papers"
MEMORY = 8_000_000  # bytes of an archive that are held in memory; more goes to a file
PART = 1 << 18
LONGEST = 366 * 2  # days


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which days are to be archived, both included, and for whom."""

    first: date
    last: date


class _Writer:
    """Writes the files of an archive, and the manifest of their hashes at the end."""

    def __init__(self, file: IO[bytes], at: tuple[int, int, int, int, int, int]) -> None:
        self.archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self.at = at
        self.manifest: dict[str, str] = {}

    def put(self, name: str, *content: bytes) -> None:
        """Write a file whole."""
        member = self.open(name)
        for each in content:
            member.write(each)
        member.close()

    def open(self, name: str) -> "_Member":
        """Begin a file."""
        about = zipfile.ZipInfo(name, self.at)
        about.compress_type = zipfile.ZIP_DEFLATED
        about.external_attr = 0o644 << 16
        return _Member(self, name, self.archive.open(about, "w", force_zip64=True))

    def close(self) -> None:
        """Write the manifest and end the archive."""
        content = msgspec.json.encode(self.manifest, order="sorted")
        self.put("manifest.json", content)
        self.archive.close()


class _Member:
    """One file of an archive, hashed while it is written."""

    def __init__(self, writer: _Writer, name: str, file: IO[bytes]) -> None:
        self.writer, self.name, self.file, self.hash = writer, name, file, hashlib.sha256()

    def write(self, content: bytes) -> None:
        """Write on."""
        self.file.write(content)
        self.hash.update(content)

    def close(self) -> None:
        """End the file, and note its hash."""
        self.file.close()
        self.writer.manifest[self.name] = self.hash.hexdigest()


def check(wanted: Wanted, today: date) -> None:
    """Raise `Invalid` for days that cannot be archived."""
    if wanted.last < wanted.first:
        raise Invalid.field("last", "The last day comes before the first.")
    if wanted.last >= today:
        raise Invalid.field("last", "Only days that are over are archived: choose yesterday, or a day before.")
    if (wanted.last - wanted.first).days >= LONGEST:
        raise Invalid.field("last", "Archive two years at most at a time.")


async def ask(tenant: Tenant, wanted: Wanted) -> None:
    """Ask a worker for an archive; raises `Invalid` by field."""
    check(wanted, tenant.today())
    async with tenant.transaction(unaudited="an archive is told of when it is made"):
        await tenant.enqueue(MAKE, wanted, key=f"retail_pos.archive {wanted.first} {wanted.last}")


async def make(tenant: Tenant, wanted: Wanted) -> ArchiveRow:
    """Write an archive and keep its hash in the audit log; raises `Invalid`, and `Conflict` where there is nothing to archive."""
    check(wanted, tenant.today())
    with tempfile.SpooledTemporaryFile(max_size=MEMORY) as file:
        async with tenant.transaction() as db:
            count = await _write(tenant, db, wanted, file)
            file.seek(0)
            name = f"tills-{tenant.slug}-{wanted.first.isoformat()}-{wanted.last.isoformat()}.zip"
            stored = await tenant.files.put(name, "application/zip", _parts(file))
            who = tenant.person.id if tenant.person else None
            size, digest = stored.size, stored.sha256
            made = ArchiveRow(new_id(), wanted.first, wanted.last, stored.id, name, size, digest, count, tenant.now(), who)
            await fiscal.add_archive(db, made)
            about = {"file": name, "bytes": size, "sha256": digest, "records": count}
            await tenant.record(Change(RecordRef(ARCHIVE, made.id, name), "made", {}, about))
            if who:
                await tenant.notify(f"The archive of the tills is ready: {count:,} records.", link=PAGE, to=who)
    return made


async def _parts(file: Any) -> AsyncIterator[bytes]:
    while part := file.read(PART):
        yield part


async def _write(tenant: Tenant, db: Scope, wanted: Wanted, file: IO[bytes]) -> int:
    reaches = await fiscal.reaches(db, wanted.first, wanted.last)
    if not reaches:
        raise Conflict("No till has written anything on these days: there is nothing to archive.")
    at = tenant.now()
    writer = _Writer(file, (at.year, at.month, at.day, at.hour, at.minute, at.second))
    tills, events, count = [], io.StringIO(newline=""), 0
    journal = csv.writer(events, lineterminator="\n")
    journal.writerow(("Till", "Record", "At", "What", "About", "Operator", "Let pass by"))
    for reach in reaches:
        told, written = await _till(db, writer, reach, journal)
        tills.append(told)
        count += written
        await tenant.progress(len(tills), len(reaches), reach.code)
    writer.put("events.csv", events.getvalue().encode("utf-8-sig"))
    writer.put("closings.jsonl", *[each async for each in _closings(db, reaches, wanted)])
    about = {"archive": "weft tills 1", "business": tenant.name, "first": wanted.first, "last": wanted.last, "currency": tenant.currency}
    writer.put("archive.json", msgspec.json.encode({**about, "made_at": at, "records": count, "tills": tills}))
    writer.put("README.txt", (PAPERS / "README.txt").read_bytes())
    writer.put("verify_till.py", (PAPERS / "verify_till.txt").read_bytes())
    writer.close()
    return count


async def _till(db: Scope, writer: _Writer, reach: Reach, journal: Any) -> tuple[dict[str, Any], int]:
    """Write a till's records, from the first to the last of the days; returns what the archive says of it, and how many there are."""
    member, after, count = writer.open(f"records/{reach.code}.jsonl"), reach.first - 1, 0
    told: dict[str, Any] = {"code": reach.code, "first": reach.first, "last": reach.last, "previous": "", "head": ""}
    while part := await fiscal.records(db, reach.till, after, reach.last, TOGETHER):
        for record in part:
            told["previous"] = told["previous"] or record["previous"]
            told["head"] = record["hash"]
            member.write(canonical(record) + b"\n")
            if event := record.get("event"):
                row = (record["seq"], record["made_at"], event["kind"], event.get("about", ""), record["operator"], event.get("by"))
                journal.writerow((reach.code, *row))
        after, count = part[-1]["seq"], count + len(part)
    member.close()
    return told, count


async def _closings(db: Scope, reaches: list[Reach], wanted: Wanted) -> AsyncIterator[bytes]:
    """Yield the closings that end on the days, and all that they sum up."""
    for reach in reaches:
        parts = await fiscal.parts(db, reach.till)
        for kind in ("day", "month", "year"):
            for each in await fiscal.periods(db, reach.till, kind):
                if wanted.first <= each.last <= wanted.last:
                    yield await _closing(db, each, reach.code, parts)


async def _closing(db: Scope, each: Period, code: str, parts: dict[UUID, list[Period]]) -> bytes:
    numbers = [part.number for part in parts.get(each.id, ())]
    facts = msgspec.to_builtins(facts_of(each, code, numbers))
    told: dict[str, Any] = {"till": code, "kind": each.kind, "number": each.number, "facts": facts, "previous": each.previous}
    if each.kind == "day":
        told["records"] = await fiscal.receipts_of(db, each.id)
    return canonical({**told, "hash": each.hash}) + b"\n"


async def _make(tenant: Tenant, wanted: Wanted) -> None:
    await make(tenant, wanted)


MAKE = Job(name="retail_pos.make_archive", title="Make an archive of the tills", payload=Wanted, run=_make, attempts=2, timeout=1800)
