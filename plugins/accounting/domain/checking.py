"""Every rule an entry has to keep before it is posted: all problems are told at once, each at its field."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from weft.contracts import NewEntry, NewLine, PeriodLocked
from weft.errors import Invalid
from weft.money import is_currency

from .accounts import RECONCILED, Account
from .calendar import FiscalYear, Period
from .entries import ZERO, Amount, check_balance, conversion, with_base, wrong_amount
from .ground import DimensionValue, Ground, Journal
from .locks import SoftLock, locked
from .rules import where_to_set
from .tax.compute import TaxAmount
from .tax.facts import tax_amounts

MOST_LINES = 5000
TEXT = 500


@dataclass(frozen=True, slots=True)
class ReadyLine:
    """A line that may be posted as it is."""

    account: Account
    amount: Amount
    description: str = ""
    party: UUID | None = None
    due: date | None = None
    dimensions: tuple[DimensionValue, ...] = ()

    @property
    def base(self) -> Decimal:
        """The amount in base currency."""
        assert self.amount.base is not None
        return self.amount.base

    @property
    def residual(self) -> Decimal | None:
        """What is open of it at first; none where lines are not settled one against the other."""
        settled = self.account.reconcile or self.account.type in RECONCILED
        return self.amount.amount if settled and self.amount.amount else None


@dataclass(frozen=True, slots=True)
class ReadyEntry:
    """An entry that keeps every rule."""

    new: NewEntry
    journal: Journal
    year: FiscalYear
    period: Period
    lines: tuple[ReadyLine, ...]
    base_currency: str
    reverses: UUID | None = None
    reason: str = ""
    taxes: tuple[TaxAmount, ...] = ()

    @property
    def total(self) -> Decimal:
        """The sum of the debits in base currency."""
        return sum((each.base for each in self.lines if each.base > 0), ZERO)

    @property
    def digest(self) -> str:
        """What makes two postings of one document the same: date, journal, figures and taxes, not the words."""
        lines = [
            f"{each.account.id}|{each.amount.currency}|{each.amount.amount.normalize()}|{each.base.normalize()}|{each.party}|{each.due}"
            for each in self.lines
        ]
        lines += [f"{each.tax.code}|{each.base.normalize()}|{each.amount.normalize()}" for each in self.taxes]
        return hashlib.sha256("\n".join([str(self.new.date), str(self.journal.id), *lines]).encode()).hexdigest()[:32]


def check(new: NewEntry, ground: Ground, *, carries_on: bool = False) -> ReadyEntry:
    """Return an entry ready to post; raises `Invalid`, `Unbalanced`, `MissingRate`, `PeriodLocked`.

    One that `carries_on` what stands, as reversals and closing entries do, may touch closed accounts and values that are switched off; in a
    closing journal it passes the soft locks too.
    """
    wrong: dict[str, str] = {}
    journal = ground.journal(new.journal)
    if journal is None:
        wrong["journal"] = f"There is no journal “{new.journal}”." if new.journal else "Choose a journal."
    elif not journal.active:
        wrong["journal"] = f"The journal {journal.code} is switched off."
    currency = new.currency.upper() or ground.base
    if not is_currency(currency):
        wrong["currency"] = f"“{new.currency}” is no currency: use its three letters (ISO 4217), such as EUR."
    if new.rate is not None and (new.rate <= 0 or currency == ground.base):
        wrong["rate"] = "A rate is more than nothing." if new.rate <= 0 else f"The entry is in {ground.base} itself: leave the rate empty."
    if len(new.description) > TEXT:
        wrong["description"] = f"Enter at most {TEXT} characters."
    if len(new.lines) < 2 or len(new.lines) > MOST_LINES:
        wrong["lines"] = f"An entry has two lines at least and {MOST_LINES} at most."
    accounts = [_account(line, place, currency, ground, wrong, carries_on) for place, line in enumerate(new.lines)]
    taxes = tax_amounts(new.taxes, ground.taxes, new.date, ground.base, wrong) if new.taxes else ()
    if wrong:
        raise Invalid(fields=wrong)
    assert journal is not None
    found = ground.year_of(new.date)
    if found is None:
        raise PeriodLocked(f"{new.date} lies in no fiscal year: open one first (Accounting, Fiscal years).")
    amounts = _amounts(new, currency, ground)
    lines = [_line(*each, ground) for each in zip(new.lines, accounts, amounts, strict=True) if each[1]]
    lines += _conversion(amounts, ground)
    check_balance([each.amount for each in lines], ground.base)
    if not (carries_on and journal.kind == "closing"):
        _refuse_locked(new.date, journal, lines, found[0], ground, taxed=bool(taxes))
    return ReadyEntry(new, journal, *found, tuple(lines), ground.base, taxes=taxes)


def _account(line: NewLine, place: int, entry_currency: str, ground: Ground, wrong: dict[str, str], carries_on: bool) -> Account | None:
    """Return the account of a line, and note what is wrong with the line."""
    at = f"lines.{place}."
    currency = line.currency.upper() or entry_currency
    if not is_currency(currency):
        wrong[f"{at}currency"] = f"“{line.currency}” is no currency."
        return None
    if is_currency(entry_currency):
        wrong.update({at + field: sentence for field, sentence in wrong_amount(line, currency, ground.base).items()})
    if len(line.description) > TEXT:
        wrong[f"{at}description"] = f"Enter at most {TEXT} characters."
    for key, code in line.dimensions.items():
        value = ground.dimensions.get((key, code))
        if value is None or not (value.active or carries_on):
            wrong[f"{at}dimensions"] = f"There is no “{code}” in the dimension “{key}”."
    if line.event:
        account = ground.rule(line.event, line.detail)
        sentence = "" if account else where_to_set(line.event, line.detail)
    elif line.account_id is not None:
        account, sentence = ground.accounts.get(line.account_id), "There is no such account. It may have been deleted."
    else:
        account = ground.by_code.get(line.code)
        sentence = f"There is no account {line.code}." if line.code else "Choose an account."
    if account is None:
        wrong[f"{at}code"] = sentence
    elif not carries_on and (refused := why_not(account, currency, line)):
        wrong[f"{at}code"] = refused
    return account


def why_not(account: Account, currency: str, line: NewLine | None = None) -> str:
    """Return why nothing can be posted to an account in a currency; empty when it can."""
    if not account.posting:
        return f"{account.label} is a heading: choose an account below it."
    if account.closed:
        return f"{account.label} is closed: choose another, or open it again."
    base_only = line is not None and not line.debit and not line.credit
    if account.currency and account.currency != currency and not base_only:
        return f"{account.label} is kept in {account.currency}, and this line is in {currency}."
    return ""


def _amounts(new: NewEntry, currency: str, ground: Ground) -> list[Amount]:
    rates = {currency: new.rate} if new.rate is not None else {}
    raw = [Amount(line.currency.upper() or currency, line.debit - line.credit, line.base) for line in new.lines]
    return with_base(raw, ground.base, rates)


def _line(new: NewLine, account: Account | None, amount: Amount, ground: Ground) -> ReadyLine:
    assert account is not None
    values = tuple(ground.dimensions[pair] for pair in sorted(new.dimensions.items()))
    return ReadyLine(account, amount, " ".join(new.description.split()), new.party, new.due, values)


def _conversion(amounts: Sequence[Amount], ground: Ground) -> list[ReadyLine]:
    added = conversion(amounts)
    if not added:
        return []
    account = ground.rule("currency_conversion")
    if account is None:
        raise Invalid(where_to_set("currency_conversion"))
    return [ReadyLine(account, each) for each in added]


def touched(journal: Journal, lines: Sequence[ReadyLine], *, taxed: bool = False) -> tuple[SoftLock, ...]:
    """Return the soft locks that an entry falls under beside the one for all; one that is `taxed` goes into the tax return."""
    found: list[SoftLock] = []
    if journal.kind == "sales":
        found.append("sales")
    if journal.kind == "purchases":
        found.append("purchases")
    if taxed or any("tax" in each.account.tags for each in lines):
        found.append("tax")
    return tuple(found)


def _refuse_locked(day: date, journal: Journal, lines: Sequence[ReadyLine], year: FiscalYear, ground: Ground, *, taxed: bool) -> None:
    if year.state == "closed":
        raise PeriodLocked(f"The fiscal year {year.code} is closed: post on a day of an open one, or open it again.")
    if why := locked(day, touched(journal, lines, taxed=taxed), ground.locks, ground.exceptions, ground.person, ground.now):
        raise PeriodLocked(why)
