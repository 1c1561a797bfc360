"""Accounts: what kinds there are, which side they grow on, and how they stand below each other."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Meta

from weft.errors import Invalid
from weft.money import is_currency


class AccountClass(StrEnum):
    """The five classes of double entry, and what stands outside of the balance sheet."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"
    OFF_BALANCE = "off_balance"


class Kind(NamedTuple):
    """One type of account: its words, its class, and where it stands in a statement."""

    title: str
    of: AccountClass
    section: str


ASSET, LIABILITY, EQUITY, INCOME, EXPENSE, OFF = AccountClass
TYPES: dict[str, Kind] = {
    "bank": Kind("Bank and cash", ASSET, "Current assets"),
    "receivable": Kind("Receivable", ASSET, "Current assets"),
    "current_asset": Kind("Current asset", ASSET, "Current assets"),
    "prepayment": Kind("Prepayment", ASSET, "Current assets"),
    "fixed_asset": Kind("Fixed asset", ASSET, "Fixed assets"),
    "noncurrent_asset": Kind("Non-current asset", ASSET, "Fixed assets"),
    "payable": Kind("Payable", LIABILITY, "Current liabilities"),
    "credit_card": Kind("Credit card", LIABILITY, "Current liabilities"),
    "current_liability": Kind("Current liability", LIABILITY, "Current liabilities"),
    "noncurrent_liability": Kind("Non-current liability", LIABILITY, "Long-term liabilities"),
    "equity": Kind("Equity", EQUITY, "Equity"),
    "retained_earnings": Kind("Retained earnings", EQUITY, "Equity"),
    "income": Kind("Income", INCOME, "Revenue"),
    "other_income": Kind("Other income", INCOME, "Other income"),
    "cost_of_sales": Kind("Cost of sales", EXPENSE, "Cost of sales"),
    "expense": Kind("Expense", EXPENSE, "Operating expenses"),
    "depreciation": Kind("Depreciation", EXPENSE, "Operating expenses"),
    "other_expense": Kind("Other expense", EXPENSE, "Other expenses"),
    "tax_expense": Kind("Income tax", EXPENSE, "Income tax"),
    "off_balance": Kind("Off balance sheet", OFF, "Off balance sheet"),
}
RECONCILED = frozenset({"receivable", "payable"})  # whose lines are settled one against the other, unless told otherwise


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """An account, or a heading: nothing is posted to one with `posting` off."""

    id: UUID
    code: str
    name: str
    type: str
    currency: str = ""  # ISO 4217: all lines are in it; empty: any
    parent: UUID | None = None
    posting: bool = True
    closed: bool = False
    reconcile: bool = False
    tags: tuple[str, ...] = ()
    note: str = ""
    version: int = 1

    @property
    def kind(self) -> Kind:
        """What its type means."""
        return TYPES[self.type]

    @property
    def sign(self) -> int:
        """1 where debits make it grow, -1 where credits do."""
        return 1 if self.kind.of in (ASSET, EXPENSE, OFF) else -1

    @property
    def in_profit_or_loss(self) -> bool:
        """Whether it starts every year at nothing."""
        return self.kind.of in (INCOME, EXPENSE)

    @property
    def label(self) -> str:
        """Code and name."""
        return f"{self.code} {self.name}"


class AccountDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says of an account."""

    code: Annotated[str, Meta(min_length=1, max_length=20, title="Code")]
    name: Annotated[str, Meta(min_length=1, max_length=200, title="Name")]
    type: str = "expense"
    currency: Annotated[str, Meta(max_length=3)] = ""
    parent: UUID | None = None
    posting: bool = False
    closed: bool = False
    reconcile: bool = False
    tags: tuple[str, ...] = ()
    note: Annotated[str, Meta(max_length=2000)] = ""


def checked(draft: AccountDraft) -> AccountDraft:
    """Return a draft in its normal form; raises `Invalid` by field."""
    wrong: dict[str, str] = {}
    code, currency = "".join(draft.code.split()), draft.currency.upper()
    if not code or not code.isprintable():
        wrong["code"] = "Enter a code, such as 1000."
    if not draft.name.strip():
        wrong["name"] = "Enter a name."
    if draft.type not in TYPES:
        wrong["type"] = f"“{draft.type}” is no type of account: choose one of the list."
    if currency and not is_currency(currency):
        wrong["currency"] = f"“{draft.currency}” is no currency: use its three letters (ISO 4217), such as EUR."
    if wrong:
        raise Invalid(fields=wrong)
    tags = tuple(dict.fromkeys(tag.strip().lower() for tag in draft.tags if tag.strip()))
    return msgspec.structs.replace(draft, code=code, name=" ".join(draft.name.split()), currency=currency, tags=tags)


_ORDER = {each: place for place, each in enumerate(TYPES)}


class Node(NamedTuple):
    """An account in its place in the tree, roots at depth 0."""

    account: Account
    depth: int
    children: int


def tree(accounts: Iterable[Account]) -> list[Node]:
    """Return accounts in the order of a chart: each after its parent, siblings by code; at the root in the order of the types, as
    statements have them. One in a circle stands at the root.
    """
    by_parent: dict[UUID | None, list[Account]] = {}
    known = {each.id: each for each in accounts}
    for each in known.values():
        by_parent.setdefault(each.parent if each.parent in known else None, []).append(each)
    ordered: list[Node] = []
    seen: set[UUID] = set()

    def walk(parent: UUID | None, depth: int) -> None:
        for each in sorted(by_parent.get(parent, ()), key=lambda it: (_ORDER[it.type] if parent is None else 0, it.code)):
            if each.id not in seen:
                seen.add(each.id)
                ordered.append(Node(each, depth, len(by_parent.get(each.id, ()))))
                walk(each.id, depth + 1)

    walk(None, 0)
    ordered += [Node(each, 0, 0) for each in known.values() if each.id not in seen]
    return ordered


def below(accounts: Sequence[Account], top: UUID) -> frozenset[UUID]:
    """Return an account and all below it."""
    found = {top}
    while True:
        more = {each.id for each in accounts if each.parent in found} - found
        if not more:
            return frozenset(found)
        found |= more


def refuse_circle(accounts: Sequence[Account], account: UUID, parent: UUID | None) -> None:
    """Raise `Invalid` when an account would stand below itself."""
    if parent is not None and parent in below(accounts, account):
        raise Invalid.field("parent", "An account cannot stand below itself: choose another parent.")
