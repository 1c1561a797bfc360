"""Lines of the ledger set against each other, so that what documents leave open and what accounts hold stay one."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from weft import Conflict, Tenant

from ..domain.documents.allocation import OpenItem, match
from ..queries import payments
from ..queries.payments import Cause, OpenLine
from .posting import by_whom


async def settle_lines(tenant: Tenant, one: Sequence[OpenLine], other: Sequence[OpenLine], amount: Decimal, cause: Cause) -> None:
    """Settle an amount of some lines with lines of the other side, in their order; raises `Conflict` when the ledger has less open."""
    items = [*_up_to(one, amount), *_up_to(other, amount)]
    found = match(items)
    if sum((each.amount for each in found.matches), Decimal(0)) != amount:
        raise Conflict("The ledger has less open of this document than the document says: look at its entry.")
    db, at, by = tenant.scope(), tenant.now(), by_whom(tenant)
    for each in found.matches:
        await payments.allocate(db, UUID(each.debit), UUID(each.credit), each.amount, at, by, cause)


def _up_to(lines: Sequence[OpenLine], amount: Decimal) -> list[OpenItem]:
    """Return as much of some lines as an amount takes, the first of them first."""
    left, found = amount, []
    for each in lines:
        used = min(left, abs(each.residual))
        if used:
            found.append(OpenItem(str(each.id), "", used.copy_sign(each.residual), each.due))
            left -= used
    return found
