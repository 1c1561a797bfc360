"""What purchasing checks of its records every night: goods received against the ledger, lines against what became of them, what comes."""

from datetime import date
from decimal import Decimal

from weft import Check, Checked, Finding, Invalid, Missing, Tenant
from weft.contracts import Documents, Ledger, Stock

from ..permissions import READ
from ..queries import figures, proving
from ..records import ORDER

ZERO = Decimal(0)
EVER = date(9999, 12, 31)


async def goods_received(tenant: Tenant) -> Checked:
    """Hold the list of goods received and not billed against the account that they are posted to."""
    async with tenant.transaction() as db:
        listed = sum((each.value for each in await figures.uncleared(db, EVER)), ZERO)
        books = tenant.service(Ledger)
        try:
            code = await books.account_for("goods_received")
            held = -sum((each.base for each in await books.balance(code, EVER)), ZERO)
        except (Invalid, Missing):
            return Checked((), "The books have no account for goods received yet") if not listed else _no_account()
        drafts = await proving.open_documents(db)
        heard = [each for each in drafts if (await tenant.service(Documents).get(each)).step in ("draft", "waiting")]
    told = f"{listed:f} {tenant.currency}"
    if held == listed:
        return Checked((), told)
    if len(heard) < len(drafts):  # their news is on its way, and clears it
        return Checked((), f"{told}; {len(drafts) - len(heard)} bills or credits were just posted")
    sentence = (
        f"Goods received and not billed come to {told}, the account {code} holds {held:f}: {held - listed:f} of it came without an order, "
        "such as goods put into stock by hand, or were posted by hand."
    )
    return Checked((Finding(sentence, "/accounting/accounts", "warning"),), told)


def _no_account() -> Checked:
    return Checked((Finding("No account is set for “Goods received”: choose one under Accounting, Posting rules.", "/accounting/rules"),))


async def lines(tenant: Tenant) -> Checked:
    """Add up what came, was billed and went back of each line of an order again."""
    async with tenant.transaction() as db:
        uneven, count = await proving.uneven_lines(db)
    found = [
        Finding(
            f"{each.number}, {each.item}: {each.kept:f} are kept as {each.what}, documents come to {each.summed:f}.", ORDER.url(each.order)
        )
        for each in uneven
    ]
    return Checked(tuple(found), f"{count} lines of orders")


async def expected(tenant: Tenant) -> Checked:
    """Hold what is still to come against what stock was told of it; others may expect goods as well."""
    async with tenant.transaction() as db:
        coming = await proving.coming(db)
        told = await tenant.service(Stock).availability([each.item for each in coming]) if coming else {}
    found = [
        Finding(
            f"{each.name}: {each.quantity:f} are still to come of orders, and stock expects "
            f"{told[each.item].expected if each.item in told else ZERO:f}.",
            "/purchasing/orders",
        )
        for each in coming
        if each.item not in told or told[each.item].expected < each.quantity
    ]
    return Checked(tuple(found), f"{len(coming)} items on order")


CHECKS = (
    Check(
        name="purchasing.goods_received",
        title="Goods received, not billed",
        question="Does the account for goods received hold exactly what came and was not billed?",
        permission=READ,
        run=goods_received,
        order=10,
    ),
    Check(
        name="purchasing.lines",
        title="Orders and what became of them",
        question="Does each line of an order say what its receipts, bills and returns add up to?",
        permission=READ,
        run=lines,
        order=20,
    ),
    Check(
        name="purchasing.expected",
        title="Goods on order",
        question="Does stock expect what is still to come?",
        permission=READ,
        run=expected,
        order=30,
    ),
)
