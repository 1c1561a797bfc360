"""Closing a fiscal year: a checklist, one entry that empties profit and loss, and the way back."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from weft import Answer, Change, Conflict, RecordRef, Tenant
from weft.contracts import NewEntry, NewLine, PostedEntry, Source

from ..domain.calendar import FiscalYear
from ..domain.period_end import Check
from ..domain.rules import where_to_set
from ..queries import calendar, closing, drafts, proof, setup
from ..records import YEAR
from . import posting
from .reports import numbers
from .years import ensure_year, find_year

AT_ONCE = 2000  # lines of one closing entry, those of retained earnings apart
ZERO = Decimal(0)
SHOWN = 10  # findings of one check of a module


async def checklist(tenant: Tenant, year_id: UUID) -> list[Check]:
    """Return what has to be done before a year is closed, that of other modules last."""
    year = await find_year(tenant, year_id)
    return [*await _own_checks(tenant, year), *of_modules(await tenant.ask_closing(year.first, year.last))]


def of_modules(answers: Sequence[Answer]) -> list[Check]:
    """Return a line for each check of a module where all is well, else one for each of its findings."""
    told = []
    for answer in answers:
        if not answer.findings:
            told.append(Check(answer.title, True, answer.note or answer.question))
        told += [Check(answer.title, False, each.sentence, each.severity == "error", each.link) for each in answer.findings[:SHOWN]]
        if len(answer.findings) > SHOWN:
            told.append(Check(answer.title, False, f"And {len(answer.findings) - SHOWN} more.", not answer.holds))
    return told


async def _own_checks(tenant: Tenant, year: FiscalYear) -> list[Check]:
    async with tenant.transaction() as db:
        others = await calendar.years(db)
        waiting = await drafts.count_drafts(db, year.last)
        suspense = await proof.held_by_event(db, "suspense", year.last)
        uneven, different = await proof.uneven_entries(db, 5), await proof.different_balances(db, 5)
        rules = {each.event for each in await setup.rules(db) if not each.detail}
        series = await numbers(tenant)
    earlier = [each.code for each in others if each.last < year.first and each.state != "closed"]
    missing = [words for each in series if each.year == year.code for words in each.missing()]
    amounts = ", ".join(f"{label} {base:f}" for label, base in suspense)
    return [
        Check("Over", year.last < tenant.today(), f"The year ends on {year.last}.", href=""),
        Check(
            "Earlier years closed", not earlier, f"Open: {', '.join(earlier)}." if earlier else "None is open.", href="/accounting/years"
        ),
        Check(
            "No drafts left",
            not waiting,
            f"{waiting} drafts are dated before the end of the year." if waiting else "None is waiting.",
            href="/accounting/drafts",
        ),
        Check(
            "Nothing to be clarified",
            not suspense,
            f"Still there: {amounts}." if suspense else "The suspense account is empty.",
            blocks=False,
            href="/accounting/rules",
        ),
        Check(
            "Numbers complete",
            not missing,
            f"Missing: {'; '.join(missing)}." if missing else "None is missing.",
            href="/reports/accounting.numbers",
        ),
        Check(
            "Books prove",
            not uneven and not different,
            f"Look at {', '.join(each.label for each in [*uneven, *different])}."
            if uneven or different
            else "Entries balance, and balances are what lines add up to.",
            href="/accounting/reports/proof",
        ),
        Check(
            "Account for the result",
            "retained_earnings" in rules,
            "Retained earnings have an account." if "retained_earnings" in rules else where_to_set("retained_earnings"),
            href="/accounting/rules",
        ),
    ]


async def preview(tenant: Tenant, year_id: UUID) -> Decimal:
    """Return the profit that closing a year would move, negative for a loss, in base currency."""
    async with tenant.transaction() as db:
        return -sum((each.base for each in await closing.results(db, year_id)), ZERO)


async def close(tenant: Tenant, year_id: UUID) -> list[PostedEntry]:
    """Close a year: post what empties its profit and loss accounts, and let nothing more in. All of it happens or none.

    Once more on a closed year it changes nothing. Raises `Conflict` with what is left to do.
    """
    async with tenant.transaction() as db:
        await calendar.take_counters(db)  # postings under way come first, later ones find the year closed
        year = await find_year(tenant, year_id)
        if year.state == "closed":
            return []
        if left := [each for each in await checklist(tenant, year_id) if each.blocks and not each.done]:
            raise Conflict(" ".join(f"{each.title}: {each.text}" for each in left))
        made = []
        turn = await closing.count_closings(db, year.id)
        for place, lines in enumerate(_chunks(await lines_of(tenant, year))):
            source = Source("accounting.fiscal_year", f"{year.id}/{turn + place}", f"Close of {year.code}")
            new = NewEntry(journal="closing", date=year.last, description=f"Close of {year.code}", lines=lines, source=source)
            made.append(await posting.post(tenant, new, carries_on=True))
        await calendar.set_state(db, year.id, "closed")
        await ensure_year(tenant, year.last.fromordinal(year.last.toordinal() + 1))
        about = {"state": "closed", "entries": [each.reference for each in made]}
        await tenant.record(Change(RecordRef(YEAR, year.id, year.code), "closed", {"state": year.state}, about))
    return made


async def lines_of(tenant: Tenant, year: FiscalYear) -> list[tuple[NewLine, NewLine]]:
    """Return pairs of lines: one that empties an account, one for retained earnings of the same currency and dimensions."""
    db = tenant.scope()
    found = await closing.results(db, year.id)
    sets = await closing.members(db, [each.dimensions for each in found if each.dimensions])
    pairs = []
    for each in found:
        dimensions = sets.get(each.dimensions, {}) if each.dimensions else {}
        amount, base = each.amount, each.base
        emptied = NewLine(
            account_id=each.account, currency=each.currency, base=-base, dimensions=dimensions, debit=_side(-amount), credit=_side(amount)
        )
        carried = NewLine(
            event="retained_earnings", currency=each.currency, base=base, dimensions=dimensions, debit=_side(amount), credit=_side(-amount)
        )
        pairs.append((emptied, carried))
    return pairs


def _side(amount: Decimal) -> Decimal:
    return max(amount, ZERO)


def _chunks(pairs: Sequence[tuple[NewLine, NewLine]]) -> list[tuple[NewLine, ...]]:
    """Return the lines of one entry or several; retained earnings are added up by currency and dimensions."""
    chunks = []
    for first in range(0, len(pairs), AT_ONCE):
        part = pairs[first : first + AT_ONCE]
        carried: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[Decimal, Decimal]] = {}
        for _, line in part:
            key = (line.currency, tuple(sorted(line.dimensions.items())))
            amount, base = carried.get(key, (ZERO, ZERO))
            carried[key] = (amount + line.debit - line.credit, base + (line.base or ZERO))
        totals = [
            NewLine(
                event="retained_earnings",
                currency=currency,
                base=base,
                dimensions=dict(dimensions),
                debit=_side(amount),
                credit=_side(-amount),
            )
            for (currency, dimensions), (amount, base) in carried.items()
            if amount or base
        ]
        chunks.append((*(emptied for emptied, _ in part), *totals))
    return chunks


async def reopen(tenant: Tenant, year_id: UUID, reason: str) -> None:
    """Open a closed year again: its closing entries are reversed. Raises `Conflict` while a later year is closed or the hard lock holds."""
    async with tenant.transaction() as db:
        await calendar.take_counters(db)
        year = await find_year(tenant, year_id)
        if year.state != "closed":
            raise Conflict(f"The year {year.code} is open.")
        later = [each.code for each in await calendar.years(db) if each.first > year.last and each.state == "closed"]
        if later:
            raise Conflict(f"Open {later[-1]} again first: years are closed in order.")
        hard = (await calendar.locks(db)).get("hard")
        if hard is not None and hard >= year.last:
            raise Conflict(f"The books are closed for good through {hard}: this year stays closed.")
        await calendar.set_state(db, year.id, "open")
        for entry_id, _ in await closing.closing_entries(db, year.id):
            await posting.reverse(tenant, entry_id, year.last, reason)
        about = {"state": "open", "reason": reason}
        await tenant.record(Change(RecordRef(YEAR, year.id, year.code), "opened again", {"state": "closed"}, about))
