"""The proof of the books: what must hold is scanned in full and compared, every night and when somebody asks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from weft import Tenant

from ..permissions import READ
from ..queries import balances, bank_proof, proof, subledger
from .reports import numbers


class Result(NamedTuple):
    """What one question came to; `findings` name what does not hold."""

    title: str
    question: str
    findings: tuple[str, ...]
    note: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


class Proof(NamedTuple):
    """What the questions came to, and when."""

    made_at: datetime
    holds: bool
    results: Sequence[dict[str, Any]]


async def prove(tenant: Tenant) -> list[Result]:
    """Ask every question, keep the answers, and tell those who read the books when one does not hold."""
    async with tenant.transaction(unaudited="a proof changes nothing") as db:
        await balances.fold(db)
        results = await _ask(tenant)
        holds = all(each.holds for each in results)
        kept = [{"title": each.title, "question": each.question, "findings": list(each.findings), "note": each.note} for each in results]
        await proof.keep(db, tenant.now(), holds, kept)
        if not holds:
            wrong = "; ".join(f"{each.title}: {each.findings[0]}" for each in results if not each.holds)
            await tenant.notify(f"The books do not prove: {wrong}", link="/accounting/reports/proof", to=READ)
    return results


async def _ask(tenant: Tenant) -> list[Result]:
    db = tenant.scope()
    entries, lines = await proof.counts(db)
    series = await numbers(tenant)
    missing = [words for each in series for words in each.missing()]
    return [
        Result(
            "Entries balance",
            "Do the lines of every entry add up to nothing, in each currency and in base currency?",
            tuple(await proof.uneven_entries(db)),
            f"{entries} entries with {lines} lines",
        ),
        Result(
            "Balances",
            "Is every balance that is kept what its lines add up to?",
            tuple(await proof.different_balances(db)),
            "by account, period, currency and dimensions",
        ),
        Result("Periods", "Does every entry lie in the period and the year it says?", tuple(await proof.misplaced(db))),
        Result(
            "Numbers",
            "Is no number missing in any journal and year?",
            tuple(missing),
            f"{len(series)} series, {sum(each.count for each in series)} numbers",
        ),
        Result(
            "Invoices and bills",
            "Is what each document comes to, and leaves open, what its entry holds?",
            tuple(await subledger.different(db)),
            f"{await subledger.documents(db)} documents",
        ),
        Result(
            "Bank",
            "Does what each line of the bank turned out to be come to it, in the books as well?",
            tuple(await bank_proof.different(db)),
            "{} of {} lines reconciled".format(*await bank_proof.reconciled(db)),
        ),
        Result("Reversals", "Have an entry and its reversal nothing left open?", tuple(await proof.wrong_residuals(db))),
    ]


async def latest(tenant: Tenant) -> list[Proof]:
    """Return the latest proofs, newest first."""
    async with tenant.transaction() as db:
        return [Proof(*each) for each in await proof.latest(db)]


async def fold_balances(tenant: Tenant) -> int:
    """Sum up what postings left behind."""
    async with tenant.transaction(unaudited="balances are kept beside the lines") as db:
        return await balances.fold(db)


async def rebuild_balances(tenant: Tenant) -> int:
    """Make the balances again from the lines."""
    async with tenant.transaction(unaudited="balances are kept beside the lines") as db:
        return await balances.rebuild(db)
