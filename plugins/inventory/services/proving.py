"""What inventory checks of its records every night: balances against moves, value against flows, layers, and the ledger."""

from datetime import date
from decimal import Decimal

from weft import Check, Checked, Finding, Invalid, Missing, Tenant
from weft.contracts import Ledger

from ..permissions import READ, VALUE
from ..queries import auditing, valued
from ..records import ITEM
from ..settings import InventorySettings


async def balances(tenant: Tenant) -> Checked:
    """Add up every move again."""
    async with tenant.transaction() as db:
        rows = await auditing.unequal_balances(db)
        _, moves, _ = await auditing.totals(db)
    found = [
        Finding(f"{row['name']} at {row['code']}: {row['kept']:f} are kept, moves come to {row['scanned']:f}.", ITEM.url(row["item"]))
        for row in rows
    ]
    return Checked(tuple(found), f"{moves} moves")


async def values(tenant: Tenant) -> Checked:
    """Add up every flow and correction again, and what lies at all places."""
    async with tenant.transaction() as db:
        rows, layers = await auditing.unequal_pools(db), await auditing.unequal_layers(db)
        months = await auditing.unequal_months(db)
        items, _, value = await auditing.totals(db)
    found = [
        Finding(
            f"{row['name']}: {row['quantity']:f} worth {row['value']:f} are kept, flows come to {row['flowed']:f} worth {row['valued']:f}, "
            f"{row['on_hand']:f} lie at its places.",
            ITEM.url(row["item"]),
        )
        for row in rows
    ]
    found += [
        Finding(f"{row['name']}: its layers hold {row['layered']:f}, worth {row['worth']:f}.", ITEM.url(row["item"])) for row in layers
    ]
    found += [
        Finding(
            f"{row['name']}: {row['month']:%Y-%m} is kept with {row['kept']:f}, flows come to {row['summed']:f}.", ITEM.url(row["item"])
        )
        for row in months
    ]
    return Checked(tuple(found), f"{items} items, worth {value:f}")


async def ledger(tenant: Tenant) -> Checked:
    """Compare what stock is worth with the accounts that stock is posted to."""
    return await ledger_on(tenant, tenant.today())


async def ledger_on(tenant: Tenant, day: date) -> Checked:
    """Compare what stock was worth at the end of a day with what its accounts held then."""
    if tenant.settings(InventorySettings).posting == "off":
        return Checked((), "Stock is not posted")
    books = tenant.service(Ledger)
    async with tenant.transaction() as db:
        _, _, value = await auditing.totals(db)
        try:
            codes = {await books.account_for("inventory", category) for category in {"", *await auditing.categories(db)}}
        except (Invalid, Missing):
            return Checked((), "The books have no account for stock yet") if not value else _no_account()
        held = Decimal(0)
        for code in codes:
            held += sum((each.base for each in await books.balance(code, day)), Decimal(0))
        value = await valued.value_of_all(db, day)
    if held == value:
        return Checked((), f"{value:f} {tenant.currency}")
    accounts = ", ".join(sorted(codes))
    sentence = f"Stock is worth {value:f} {tenant.currency}, the account {accounts} holds {held:f}: something else was posted there."
    return Checked((Finding(sentence, "/accounting/accounts", "warning"),))


def _no_account() -> Checked:
    return Checked((Finding("No account is set for “Stock”: choose one under Accounting, Posting rules.", "/accounting/rules"),))


CHECKS = (
    Check(
        name="inventory.balances",
        title="Balances",
        question="Is what there is at each place what all moves add up to?",
        permission=READ,
        run=balances,
    ),
    Check(
        name="inventory.values",
        title="Values and layers",
        question="Is each item’s quantity and value what its flows, its layers and its places add up to?",
        permission=VALUE,
        run=values,
    ),
    Check(
        name="inventory.ledger",
        title="Stock and ledger",
        question="Do the accounts for stock hold what stock is worth?",
        permission=VALUE,
        run=ledger,
    ),
)
