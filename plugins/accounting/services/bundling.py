"""The auditor's bundle: the books, their seals and proofs, and what checks them, in one file."""

from collections.abc import AsyncIterable, AsyncIterator
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from weft import Change, Conflict, Job, Missing, RecordRef, Scope, Tenant, new_id

from ..domain.proof.leaf import leaf_text, time_text
from ..domain.proof.tables import ENTRIES, TRIAL_BALANCE, Sums, csv_bytes, entry_rows
from ..queries import bundles, seals
from ..queries.bundles import AccountRow, Bundle, Register
from ..queries.seals import Head
from ..records import BUNDLE
from . import sealing
from .zipping import Part, zipped

PAPERS = Path(__file__).parent.parent / "papers"
TOGETHER = 2000  # entries read at once


class Nothing(msgspec.Struct, frozen=True):
    """The job needs to be told nothing."""


class _Source:
    """Where the parts of a bundle come from. What is sealed never changes, so the parts fit each other while others post."""

    def __init__(self, tenant: Tenant, db: Scope, head: Head, accounts: list[AccountRow], registers: list[Register]) -> None:
        self.tenant, self.db, self.head, self.charts, self.registers = tenant, db, head, accounts, registers
        self.sums = Sums()

    @cached_property
    def accounts(self) -> dict[UUID, tuple[str, str]]:
        """Code and name by id."""
        return {each.id: (each.code, each.name) for each in self.charts}

    async def parts(self) -> AsyncIterator[Part]:
        """Yield the files; the trial balance comes after the entries it adds up."""
        yield Part("README.txt", _once(await self._readme()))
        yield Part("ledger.jsonl", self._ledger())
        yield Part("entries.csv", self._entries())
        yield Part("trial_balance.csv", _once(csv_bytes([TRIAL_BALANCE, *self.sums.rows(self.accounts)])))
        chart = [("Account id", "Account", "Name", "Type", "Currency", "Heading", "Closed"), *self.charts]
        yield Part("accounts.csv", _once(csv_bytes(chart)))
        yield Part("registers.csv", _once(csv_bytes([("What", "Id", "Code", "Name"), *self.registers])))
        yield Part("documents.csv", self._documents())
        runs = await self.tenant.check_runs("accounting", 1)
        yield Part("proof.json", _once(msgspec.json.format(msgspec.json.encode(runs[0] if runs else None))))
        yield Part("audit.jsonl", _encoded(self.tenant.audit_log()))
        for name in ("verify_ledger", "verify_audit"):
            yield Part(f"{name}.py", _once((PAPERS / f"{name}.txt").read_bytes()))

    async def _readme(self) -> bytes:
        facts: dict[str, Any] = {"name": self.tenant.name, "at": time_text(self.tenant.now()), "size": self.head.size}
        facts |= {"root": self.head.root.hex(), "currency": self.tenant.currency, "waiting": await seals.count_waiting(self.db)}
        return (PAPERS / "README.txt").read_text(encoding="utf-8").format(**facts).encode()

    async def _ledger(self) -> AsyncIterator[bytes]:
        facts = {"name": self.tenant.name, "currency": self.tenant.currency, "size": self.head.size}
        yield _line({"ledger": "weft ledger 1", **facts, "exported_at": time_text(self.tenant.now())})
        for head in await seals.heads(self.db):
            if head.size <= self.head.size:
                yield _line({"seal": head.size, "root": head.root.hex(), "sealed_at": time_text(head.sealed_at)})
        async for places in self._places():
            yield "".join(f'{{"position":{each.position},"entry":{leaf_text(each.now)}}}\n' for each in places if each.now).encode()

    async def _entries(self) -> AsyncIterator[bytes]:
        codes = {each.id: each.code for each in self.registers}
        yield csv_bytes([ENTRIES])
        async for places in self._places():
            rows: list[list[object]] = []
            for each in places:
                if each.now:
                    self.sums.take(each.now)
                    rows += entry_rows(each.position, each.now, self.accounts, codes)
            yield csv_bytes(rows)

    async def _places(self) -> AsyncIterator[list[seals.Place]]:
        for low in range(0, self.head.size, TOGETHER):
            yield await seals.places(self.db, low, min(low + TOGETHER, self.head.size))
            await self.tenant.progress(low, self.head.size, "Entries")

    async def _documents(self) -> AsyncIterator[bytes]:
        yield csv_bytes([[name.capitalize().replace("_", " ") for name in bundles.DocumentRow._fields]])
        after = (date.min, "")
        while rows := await bundles.documents(self.db, after, TOGETHER):
            yield csv_bytes(rows)
            after = rows[-1].issued, rows[-1].number


async def make_bundle(tenant: Tenant, _: Nothing | None = None) -> Bundle:
    """Seal what was posted, write the bundle, and tell who asked for it; raises `Conflict` when there is nothing to put into it."""
    await sealing.seal_entries(tenant, whole=True)
    async with tenant.transaction() as db:
        head = next(iter(await seals.latest_heads(db, 1)), None)
        if head is None:
            raise Conflict("Nothing is posted yet: there is nothing to put into a bundle.")
        source = _Source(tenant, db, head, await bundles.accounts(db), await bundles.registers(db))
        name = f"books-{tenant.slug}-{tenant.today().isoformat()}.zip"
        file = await tenant.files.put(name, "application/zip", zipped(source.parts(), tenant.now()))
        who = tenant.person.id if tenant.person else None
        made = Bundle(new_id(), file.id, file.name, file.size, head.size, head.root.hex(), tenant.now(), who)
        await bundles.keep(db, made)
        told = {"file": file.name, "bytes": file.size, "sha256": file.sha256, "entries": head.size, "root": made.root}
        await tenant.record(Change(RecordRef(BUNDLE, made.id, file.name), "made", {}, told))
        if who:
            await tenant.notify(f"The auditor's bundle is ready: {head.size:,} entries.", link="/accounting/reports/proof", to=who)
    return made


async def _make(tenant: Tenant, payload: Nothing) -> None:
    await make_bundle(tenant, payload)


async def ask_for_bundle(tenant: Tenant) -> None:
    """Ask a worker for a bundle."""
    async with tenant.transaction(unaudited="a bundle is told of when it is made"):
        await tenant.enqueue(MAKE, Nothing(), key="accounting.bundle")


async def latest(tenant: Tenant) -> list[Bundle]:
    """Return the latest bundles, newest first."""
    async with tenant.transaction() as db:
        return await bundles.latest(db)


async def find(tenant: Tenant, bundle_id: UUID) -> Bundle:
    """Return a bundle; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await bundles.find(db, bundle_id)
    if found is None:
        raise Missing("There is no such bundle.")
    return found


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _encoded(lines: AsyncIterable[str]) -> AsyncIterator[bytes]:
    async for line in lines:
        yield line.encode()


def _line(value: dict[str, Any]) -> bytes:
    return f"{msgspec.json.encode(value).decode()}\n".encode()


MAKE = Job(name="accounting.make_bundle", title="Make the auditor's bundle", payload=Nothing, run=_make, attempts=2, timeout=3600)
