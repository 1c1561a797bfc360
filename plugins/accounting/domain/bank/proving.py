"""Every statement proves itself: opening + entries = closing, details = entry, counts and sums = what the file says of itself."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

import msgspec

from weft.money import minor_unit

from .statement import Balance, Detail, Entry, Statement

Verdict = Literal["verified", "discrepancy", "unproven"]
# What a statement of these formats must carry; without it the file was cut off or is no statement.
_MUST_CLOSE = frozenset({"camt.053", "mt940"})


class Difference(msgspec.Struct, frozen=True):
    """One thing that does not tie out; `amount` is stated less found, where both are amounts."""

    # "balance", "details", "control", "running_balance", "missing_opening", "missing_closing", "currency", "continuity", or a fault's
    kind: str
    sentence: str
    amount: Decimal | None = None
    line: int = 0
    part: str = ""


class Proof(msgspec.Struct, frozen=True):
    """What became of proving a statement: `checks` says in words what held, `differences` what did not."""

    verdict: Verdict
    checks: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    opening: Balance | None = None  # used for the proof
    closing: Balance | None = None

    @property
    def parked(self) -> bool:
        """Whether a person must look before its entries count."""
        return self.verdict == "discrepancy"


def prove(statement: Statement, previous: Balance | None = None) -> Proof:
    """Return whether a statement ties out; `previous` is the closing balance of the one before it on the same account.

    Something must be there to tie to: a statement that states no balance, sum or count is unproven, not verified.
    """
    checks: list[str] = []
    differences = [Difference(each.kind, each.sentence, None, each.line, each.part) for each in statement.faults]
    differences += _currencies(statement)
    opening, closing = _pair(statement)
    differences += _missing(statement, opening is not None, closing is not None)
    if opening is None and previous is not None and previous.currency in {"", statement.account.currency}:
        opening = previous
        checks.append("opens with the closing balance of the statement before it")
    elif opening is not None and previous is not None:
        differences += _continuity(opening, previous, checks)
    differences += _balances(statement, opening, closing, checks)
    differences += _running(statement, checks)
    differences += _controls(statement, checks)
    differences += [each for entry in statement.entries for each in _details(entry)]
    detailed = any(detail.amount is not None for each in statement.entries for detail in each.details)
    if detailed and not any(each.kind == "details" for each in differences):
        checks.append("the details of every entry come to the entry")
    proved = any(each.startswith(_PROOFS) for each in checks)
    verdict: Verdict = "discrepancy" if differences else ("verified" if proved else "unproven")
    return Proof(verdict, tuple(checks), tuple(differences), opening, closing)


# Details alone prove nothing of the account.
_PROOFS = ("opening balance and entries", "running balance", "control")


def _pair(statement: Statement) -> tuple[Balance | None, Balance | None]:
    """Return what to prove between: booked balances, else interim ones, else available ones."""
    interim = [each for each in statement.balances if each.kind == "interim"]
    opening, closing = statement.balance("opening"), statement.balance("closing")
    if opening is None and closing is None and len(interim) > 1:
        return interim[0], interim[-1]
    if interim and statement.format != "camt.053":
        opening, closing = opening or (interim[0] if closing else None), closing or (interim[-1] if opening else None)
    available = statement.balance("opening_available"), statement.balance("closing_available")
    if opening is None and closing is None and all(available):
        return available
    return opening, closing


def _missing(statement: Statement, opening: bool, closing: bool) -> Iterable[Difference]:
    """Yield the balances that a format prescribes and a statement lacks."""
    if statement.format not in _MUST_CLOSE:
        return
    if not opening:
        yield Difference("missing_opening", "The statement states no opening balance.", None, statement.line)
    if not closing:
        yield Difference("missing_closing", "The statement states no closing balance: it may have been cut off.", None, statement.line)


def _balances(statement: Statement, opening: Balance | None, closing: Balance | None, checks: list[str]) -> Iterable[Difference]:
    """Yield the difference between what the balances say and the entries come to."""
    if opening is None or closing is None or opening.currency != closing.currency:
        return
    found = opening.amount + statement.net
    if found == closing.amount:
        checks.append("opening balance and entries come to the closing balance" + _which(closing))
        return
    gap = closing.amount - found
    sentence = (
        f"Opening {show(opening)} and {_counted(len(statement.booked))} of {statement.net:,} come to {found:,}, "
        f"but the closing balance is {show(closing)}: a difference of {gap:,}{_explained(statement, gap, closing)}."
    )
    yield Difference("balance", sentence, gap, closing.line, closing.code)


def _counted(entries: int) -> str:
    """Return how many entries, in words."""
    return "1 entry" if entries == 1 else f"{entries:,} entries"


def show(balance: Balance) -> str:
    """Return a balance as a sentence has it."""
    return f"{balance.amount:,} {balance.currency}".strip()


def _which(closing: Balance) -> str:
    """Say which kind of balance was used, where it is not the booked one."""
    return {"closing_available": " (available, for want of booked ones)", "interim": " (interim)"}.get(closing.kind, "")


def _explained(statement: Statement, gap: Decimal, closing: Balance) -> str:
    """Return what a gap may come from, where something of the statement has just that size."""
    later = sum((each.amount for each in statement.booked if closing.on and each.value_on and each.value_on > closing.on), Decimal(0))
    pending = sum((each.amount for each in statement.entries if each.status == "pending"), Decimal(0))
    if gap == -later and later:
        return ", which is what has a later value date"
    if gap == pending and pending:
        return ", which is what is pending"
    if same := [each for each in statement.booked if each.amount == -gap]:
        return f", the size of the entry in line {same[0].line} ({same[0].amount:,})"
    if twice := [each for each in statement.booked if each.amount * 2 == -gap]:
        return f", as if the entry in line {twice[0].line} ({twice[0].amount:,}) had the wrong sign"
    return ""


def _continuity(opening: Balance, previous: Balance, checks: list[str]) -> Iterable[Difference]:
    """Yield the gap between the statement before and this one."""
    if opening.amount == previous.amount:
        checks.append("opens with the closing balance of the statement before it")
        return
    gap = opening.amount - previous.amount
    sentence = f"The statement before closed with {show(previous)}, this one opens with {show(opening)}: one between them may be missing."
    yield Difference("continuity", sentence, gap, opening.line, opening.code)


def _running(statement: Statement, checks: list[str]) -> Iterable[Difference]:
    """Yield where the balance after an entry is not the balance before it and the entry; pending entries count where banks count them."""
    ordered = list(reversed(statement.entries)) if statement.newest_first else list(statement.entries)
    stated = [each for each in ordered if each.balance is not None]
    if not stated:
        return
    balance: Decimal | None = None
    broken = 0
    for entry in ordered:
        if balance is not None and entry.balance is not None and balance + entry.amount != entry.balance:
            gap = entry.balance - balance - entry.amount
            due = balance + entry.amount
            sentence = f"After {entry.amount:,} on {balance:,} the balance should be {due:,}, but the file says {entry.balance:,}."
            broken += 1
            if broken <= 10:  # one missing line moves one balance; more of them say the same
                yield Difference("running_balance", sentence, gap, entry.line, entry.part)
        balance = entry.balance if entry.balance is not None else (None if balance is None else balance + entry.amount)
    if not broken and len(stated) > 1:
        checks.append("running balance follows from every entry")


def _controls(statement: Statement, checks: list[str]) -> Iterable[Difference]:
    """Yield counts and sums that are not what the file says of itself."""
    wrong = [each for each in statement.controls if each.stated != each.found]
    for each in wrong:
        sentence = f"The file says {each.name} {each.stated:,}, but holds {each.found:,}."
        yield Difference("control", sentence, each.stated - each.found, each.line, each.part)
    if statement.controls and not wrong:
        checks.append(f"control figures agree: {', '.join(each.name for each in statement.controls)}")


def _currencies(statement: Statement) -> Iterable[Difference]:
    """Yield booked balances and entries in another currency than the account's."""
    own = statement.account.currency
    if not own and not statement.entries and not statement.balances:
        return
    if not own:
        yield Difference("currency", "No currency is stated, neither for the account nor for an amount.", None, statement.line)
        return
    for balance in statement.balances:
        if balance.kind in {"opening", "closing"} and balance.currency not in {own, ""}:
            sentence = f"The {balance.kind} balance {show(balance)} is not in the account's currency, {own}."
            yield Difference("currency", sentence, None, balance.line, balance.code)
    for entry in statement.entries:
        if entry.currency not in {own, ""}:
            sentence = f"The entry of {entry.amount:,} {entry.currency} is not in the account's currency, {own}."
            yield Difference("currency", sentence, None, entry.line, entry.part)


def _details(entry: Entry) -> Iterable[Difference]:
    """Yield an entry whose details do not come to it, charges that explain it taken into account."""
    amounts = [each for each in entry.details if each.amount is not None]
    if not amounts or len(amounts) < len(entry.details):
        return  # some have no amount of their own: nothing to tie
    foreign = next((each for each in amounts if each.currency not in {entry.currency, ""}), None)
    if foreign is not None:
        if not _converts(entry, amounts):
            sentence = f"The details are in {foreign.currency}, the entry in {entry.currency}: they cannot be added up."
            yield Difference("details", sentence, None, foreign.line, foreign.part)
        return
    total = sum((each.amount for each in amounts if each.amount is not None), Decimal(0))
    if total == entry.amount or (entry.amount - total) in _charged(entry):
        return
    sentence = f"The {len(amounts)} detail{'s come' if len(amounts) > 1 else ' comes'} to {total:,}, but the entry is {entry.amount:,}."
    yield Difference("details", sentence, entry.amount - total, entry.line, entry.part)


def _charged(entry: Entry) -> set[Decimal]:
    """Return what charges may make of the gap between details and entry: taken from what came, added to what went."""
    stated = [each.amount for each in entry.charges if each.currency in {entry.currency, ""}]
    inner = [each.amount for detail in entry.details for each in detail.charges if each.currency in {entry.currency, ""}]
    return {-sum(each, Decimal(0)) for each in (stated, inner, stated + inner) if each}


def _converts(entry: Entry, amounts: list[Detail]) -> bool:
    """Tell whether every foreign detail says its rate, and with it they come to the entry within a minor unit each."""
    total = Decimal(0)
    for each in amounts:
        if each.amount is None or each.original is None or each.original.rate is None:
            return False
        total += each.amount if each.currency == entry.currency else each.amount * each.original.rate
    return abs(total - entry.amount) <= minor_unit(entry.currency) * len(amounts)
