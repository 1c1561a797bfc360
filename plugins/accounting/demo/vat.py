"""A tax return's figures moved to what is owed to the tax office, as somebody does who has filed it."""

from collections.abc import Sequence
from decimal import Decimal

from weft.contracts import Balance, Ledger

from .days import Month
from .scene import ZERO, Scene, entry, line


async def move(scene: Scene, month: Month, on_sales: str, on_purchases: str, owed: str, text: str) -> Decimal:
    """Empty the accounts of tax at the end of a month, and return what is owed, negative when it comes back."""
    async with scene.tenant.transaction():
        ledger = scene.tenant.service(Ledger)
        sold = _held(await ledger.balance(on_sales, month.last))
        bought = _held(await ledger.balance(on_purchases, month.last))
    if sold or bought:
        await scene.post([entry("GEN", month.last, text, line(on_sales, -sold), line(on_purchases, -bought), line(owed, sold + bought))])
    return -(sold + bought)


def _held(balances: Sequence[Balance]) -> Decimal:
    return sum((each.base for each in balances), ZERO)
