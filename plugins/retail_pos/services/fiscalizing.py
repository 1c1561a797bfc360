"""What fiscal rules put on receipts: those of a module for the country, where one is switched on, else the French ones that come along."""

from collections.abc import Sequence

from weft import Missing, Tenant
from weft.contracts import Fiscal, FiscalMark, FiscalReceipt, FiscalTax

from ..domain.fiscal import signature
from ..domain.records import Record

SOFTWARE = "Weft Point of sale 1.0"


class France(Fiscal):
    """The marks that let a French inspector lay paper beside record: article 286, I, 3° bis of the code général des impôts."""

    async def fiscalize(self, receipt: FiscalReceipt) -> Sequence[FiscalMark]:
        """Return signs of the receipt's signature, how many lines it has, and which software wrote it."""
        return [
            FiscalMark("Signature", signature(receipt.hash)),
            FiscalMark("Lignes", str(receipt.lines)),
            FiscalMark("Logiciel", SOFTWARE),
        ]


async def marks(tenant: Tenant, record: Record) -> tuple[tuple[str, str], ...]:
    """Return what fiscal rules put on a receipt; works in the caller's transaction."""
    rules = rules_of(tenant)
    return tuple((each.label, each.value) for each in await rules.fiscalize(told(record))) if rules else ()


def rules_of(tenant: Tenant) -> Fiscal | None:
    """Return the rules that hold here, if any."""
    try:
        return tenant.service(Fiscal)
    except Missing:
        return France() if tenant.country == "FR" else None


def told(record: Record) -> FiscalReceipt:
    """Return a receipt as fiscal rules are told of it."""
    receipt = record.receipt
    assert receipt is not None
    return FiscalReceipt(
        id=record.id,
        till=record.till,
        kind=receipt.kind.value,
        number=receipt.number,
        reference=receipt.reference,
        made_at=record.made_at,
        business_date=record.business_date,
        currency=receipt.currency,
        total=receipt.total,
        lines=len(receipt.lines),
        taxes=tuple(FiscalTax(each.code, each.rate, each.net, each.tax) for each in receipt.taxes),
        tenders=tuple((each.type, each.amount) for each in receipt.tenders),
        hash=record.hash,
    )
