"""A till that has sold."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from plugins.retail_pos.domain import canonical
from plugins.retail_pos.domain.records import FIRST, Receipt
from plugins.retail_pos.domain.setup import OperatorDraft, StoreDraft, TillDraft
from plugins.retail_pos.services import setup
from weft import Tenant, new_id


@dataclass
class Counter:
    """A till, and what it has written down."""

    tenant: Tenant
    till: UUID
    code: str
    operator: UUID
    seq: int = 0
    head: str = FIRST

    async def sells(self, receipt: Receipt, **given: Any) -> tuple[UUID, str]:
        """Let a receipt arrive as the till sends it; returns the id of its record and its public address."""
        self.seq += 1
        record_id, session = new_id(), new_id()
        raw: dict[str, Any] = {
            "id": str(record_id),
            "till": self.code,
            "seq": self.seq,
            "type": "receipt",
            "made_at": "2026-11-22T14:05:00.000Z",
            "business_date": "2026-11-22",
            "session": str(session),
            "operator": str(self.operator),
            "previous": self.head,
            "receipt": msgspec.to_builtins(receipt),
            **given,
        }
        raw["hash"] = self.head = canonical.digest(raw)
        moment = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
        async with self.tenant.transaction(unaudited="what a test's till sends") as db:
            await db.execute(
                "INSERT INTO retail_pos_inbox (id, till, seq, type, hash, previous, session, business_date, made_at, received_at, state, "
                "chain, body) VALUES ($1, $2, $3, 'receipt', $4, $5, $6, $7, $8, $8, 'applied', 'linked', $9)",
                *(record_id, self.till, self.seq, raw["hash"], raw["previous"], session, moment.date(), moment),
                msgspec.json.encode(raw).decode(),
            )
        return record_id, f"/public/retail_pos/r/{raw['hash'][:32]}"


async def counter_of(tenant: Tenant, *, printer: str = "") -> Counter:
    """Return a new till with somebody at it."""
    store = await setup.save_store(
        tenant, StoreDraft(code="HIGH", title="High Street", address="1 High Street\nLondon N1", foot="See you soon")
    )
    till = await setup.save_till(tenant, TillDraft(code="T1", title="Counter", store=store.id, printer=printer))
    operator = await setup.save_operator(tenant, OperatorDraft(name="Ann Archer", pin="2486"))
    return Counter(tenant, till.id, till.code, operator.id)


@pytest.fixture
async def counter(tenant: Tenant) -> Counter:
    """Return a till without a printer."""
    return await counter_of(tenant)
