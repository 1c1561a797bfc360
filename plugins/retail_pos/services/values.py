"""Gift cards and store credit at the back office: what a business brings along, or gives as a kindness."""

from decimal import Decimal

from weft import Change, Invalid, Tenant

from ..queries import values
from ..records import value_ref


async def put(tenant: Tenant, kind: str, number: str, amount: Decimal, reason: str) -> None:
    """Put money on a gift card or store credit that was not sold at a till, such as one of a system before; the books have it already.

    Raises `Invalid` for an amount that is not above zero, or without a number or reason.
    """
    wrong: dict[str, str] = {}
    if kind not in ("gift_card", "store_credit"):
        wrong["kind"] = "Choose gift card or store credit."
    if not number.strip():
        wrong["number"] = "Enter its number."
    if amount <= 0:
        wrong["amount"] = "Enter more than nothing."
    if not reason.strip():
        wrong["reason"] = "Say where it comes from."
    if wrong:
        raise Invalid(fields=wrong)
    async with tenant.transaction() as db:
        by = tenant.person.id if tenant.person else None
        key = (kind, number.strip())
        await values.move(db, [(key, amount, None, None)], tenant.currency, reason.strip(), tenant.now(), by)
        found = await values.one(db, key)
        await tenant.record(Change(value_ref(found, number.strip()), "put on", {}, {"amount": amount, "reason": reason.strip()}))
