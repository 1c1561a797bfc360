"""Whether what documents and open items leave open is what their accounts hold."""

from weft import Scope

from .proof import Found

_OPEN = """
SELECT d.id, d.number, d.open, coalesce(sum(abs(l.residual)), 0) AS residual FROM accounting_document d
LEFT JOIN accounting_line l ON l.entry = d.entry AND l.residual IS NOT NULL WHERE d.state = 'posted'
GROUP BY d.id, d.number, d.open HAVING abs(d.open) <> coalesce(sum(abs(l.residual)), 0) ORDER BY d.number LIMIT 20
"""
_SETTLED = """
SELECT e.id, e.reference, l.position, abs(l.amount) - abs(l.residual) AS settled, coalesce(a.amount, 0) AS allocated
FROM accounting_line l JOIN accounting_entry e ON e.id = l.entry
JOIN accounting_document d ON d.entry = e.id
LEFT JOIN LATERAL (SELECT sum(x.amount) AS amount FROM accounting_allocation x WHERE l.id IN (x.debit, x.credit)) a ON true
WHERE l.residual IS NOT NULL AND abs(l.amount) - abs(l.residual) <> coalesce(a.amount, 0) ORDER BY e.reference LIMIT 20
"""
_TOTALS = """
SELECT d.id, d.number, d.total, coalesce(sum(abs(l.amount)), 0) AS owed FROM accounting_document d
LEFT JOIN accounting_line l ON l.entry = d.entry AND l.residual IS NOT NULL AND l.party IS NOT NULL WHERE d.state = 'posted'
GROUP BY d.id, d.number, d.total HAVING abs(d.total) <> coalesce(sum(abs(l.amount)), 0) ORDER BY d.number LIMIT 20
"""
# Lines of a time when an account did not keep open items have none: they are settled history, or the account would not have been changed.
_CONTROLS = """
SELECT a.id, a.code, l.currency, sum(l.amount) AS amount, sum(l.residual) AS open FROM accounting_line l
JOIN accounting_account a ON a.id = l.account WHERE l.residual IS NOT NULL
GROUP BY a.id, a.code, l.currency HAVING sum(l.amount) <> sum(l.residual) ORDER BY a.code, l.currency LIMIT 20
"""


async def documents(db: Scope) -> int:
    """Return how many documents are posted."""
    return int(await db.fetchval("SELECT count(*) FROM accounting_document d WHERE d.state = 'posted'"))


async def different(db: Scope) -> list[Found]:
    """Return each document whose total, open amount or settlements are not what its entry says."""
    found = [
        Found(f"{row['number']} says {row['total']:f}, its entry {row['owed']:f}", f"/accounting/documents/{row['id']}")
        for row in await db.fetch(_TOTALS)
    ]
    found += [
        Found(f"{row['number']} has {row['open']:f} open, its entry {row['residual']:f}", f"/accounting/documents/{row['id']}")
        for row in await db.fetch(_OPEN)
    ]
    found += [
        Found(
            f"{row['reference']}, line {row['position']}: {row['settled']:f} settled, {row['allocated']:f} set against it",
            f"/accounting/entries/{row['id']}",
        )
        for row in await db.fetch(_SETTLED)
    ]
    return found


async def open_items(db: Scope) -> int:
    """Return how many items are open."""
    return int(await db.fetchval("SELECT count(*) FROM accounting_line l WHERE l.residual <> 0"))


async def different_controls(db: Scope) -> list[Found]:
    """Return control accounts that hold something else than their open items, by currency."""
    return [
        Found(
            f"{row['code']} holds {row['amount']:f} {row['currency']}, its open items are {row['open']:f} {row['currency']}",
            f"/reports/accounting.general_ledger?account={row['id']}",
        )
        for row in await db.fetch(_CONTROLS)
    ]
