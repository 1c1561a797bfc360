"""The proof of the books: what must hold is scanned in full and compared, every night and when somebody asks."""

from collections.abc import Awaitable, Callable, Iterable, Sequence

from weft import Answer, Check, Checked, CheckRun, Finding, Scope, Tenant

from ..permissions import READ
from ..queries import balances, bank_held, bank_proof, proof, subledger
from ..queries.proof import Found
from . import sealing
from .reports import numbers

PLUGIN = "accounting"


async def _entries(tenant: Tenant) -> Checked:
    async with tenant.transaction() as db:
        entries, lines = await proof.counts(db)
        return Checked(_told(await proof.uneven_entries(db), "{} does not balance."), f"{entries} entries with {lines} lines")


async def _balances(tenant: Tenant) -> Checked:
    async with tenant.transaction(unaudited="balances are kept beside the lines") as db:
        await balances.fold(db)
        found = await proof.different_balances(db)
    return Checked(_told(found, "Account {} is not kept as its lines add up."), "by account, period, currency and dimensions")


async def _numbers(tenant: Tenant) -> Checked:
    series = await numbers(tenant)
    found = [Found(words, "/reports/accounting.numbers") for each in series for words in each.missing()]
    return Checked(_told(found, "Missing: {}."), f"{len(series)} series, {sum(each.count for each in series)} numbers")


async def _documents(tenant: Tenant) -> Checked:
    async with tenant.transaction() as db:
        return Checked(_told(await subledger.different(db), "{}."), f"{await subledger.documents(db)} documents")


async def _controls(tenant: Tenant) -> Checked:
    async with tenant.transaction() as db:
        return Checked(_told(await subledger.different_controls(db), "{}."), f"{await subledger.open_items(db)} open items")


async def _seals(tenant: Tenant) -> Checked:
    await sealing.seal_entries(tenant, whole=True)
    async with tenant.transaction() as db:
        verdict = await sealing.verify(db)
    return Checked(verdict.findings, f"{verdict.size} entries sealed, {verdict.waiting} waiting. Root {verdict.root[:16]}…")


async def _bank(tenant: Tenant) -> Checked:
    async with tenant.transaction() as db:
        done, lines = await bank_proof.reconciled(db)
        return Checked(_told(await bank_proof.different(db), "{}."), f"{done} of {lines} lines reconciled")


async def _bank_held(tenant: Tenant) -> Checked:
    async with tenant.transaction() as db:
        held = await bank_held.held(db)
    found = [each for one in held for each in one.findings()]
    return Checked(_told(found, "{}."), "; ".join(each.words() for each in held) or "no statements that say what an account holds")


def _simple(ask: Callable[[Scope], Awaitable[list[Found]]], sentence: str) -> Callable[[Tenant], Awaitable[Checked]]:
    async def run(tenant: Tenant) -> Checked:
        async with tenant.transaction() as db:
            return Checked(_told(await ask(db), sentence))

    return run


def _told(found: Iterable[Found], sentence: str) -> tuple[Finding, ...]:
    return tuple(Finding(sentence.format(each.label), each.link) for each in found)


_QUESTIONS: Sequence[tuple[str, str, str, Callable[[Tenant], Awaitable[Checked]]]] = (
    ("entries", "Entries balance", "Do the lines of every entry add up to nothing, in each currency and in base currency?", _entries),
    ("balances", "Balances", "Is every balance that is kept what its lines add up to?", _balances),
    (
        "periods",
        "Periods",
        "Does every entry lie in the period and the year it says?",
        _simple(proof.misplaced, "{} does not lie in its period."),
    ),
    ("numbers", "Numbers", "Is no number missing in any journal and year?", _numbers),
    ("documents", "Invoices and bills", "Is what each document comes to, and leaves open, what its entry holds?", _documents),
    ("controls", "Open items", "Are the open items of every receivable and payable account what the account holds?", _controls),
    (
        "reversals",
        "Reversals",
        "Have an entry and its reversal nothing left open?",
        _simple(proof.wrong_residuals, "{} is reversed and has something open."),
    ),
    ("bank", "Bank", "Does what each line of the bank turned out to be come to it, in the books as well?", _bank),
    (
        "bank_balances",
        "Bank balances",
        "Is what the bank says what the books hold, but for what is not reconciled on either side?",
        _bank_held,
    ),
    ("seals", "Seals", "Is every entry, with its lines, what it was when it was sealed?", _seals),
)
CHECKS = tuple(
    Check(name=f"{PLUGIN}.{name}", title=title, question=question, permission=READ, run=run, order=order)
    for order, (name, title, question, run) in enumerate(_QUESTIONS, 10)
)


async def prove(tenant: Tenant) -> list[Answer]:
    """Ask every question now and return the answers; nothing of them is kept."""
    answers = []
    for check in CHECKS:
        checked = await check.run(tenant)
        answers.append(Answer(name=check.name, title=check.title, question=check.question, findings=checked.findings, note=checked.note))
    return answers


async def ask(tenant: Tenant) -> None:
    """Ask a worker to prove the books, and to keep what it finds."""
    async with tenant.transaction(unaudited="a proof changes nothing"):
        await tenant.ask_checks(PLUGIN)


async def latest(tenant: Tenant) -> Sequence[CheckRun]:
    """Return the latest proofs, newest first."""
    async with tenant.transaction():
        return await tenant.check_runs(PLUGIN)


async def fold_balances(tenant: Tenant) -> int:
    """Sum up what postings left behind."""
    async with tenant.transaction(unaudited="balances are kept beside the lines") as db:
        return await balances.fold(db)


async def rebuild_balances(tenant: Tenant) -> int:
    """Make the balances again from the lines."""
    async with tenant.transaction(unaudited="balances are kept beside the lines") as db:
        return await balances.rebuild(db)
