"""Whether what banks say and what the books made of it are the same."""

from weft import Scope

from .proof import Found

_LINES = """
SELECT b.id, b.name, l.booked, l.amount, l.state, coalesce(sum(m.amount), 0) AS matched
FROM accounting_bank_line l JOIN accounting_bank_account b ON b.id = l.bank_account
LEFT JOIN accounting_bank_match m ON m.line = l.id AND m.undone_at IS NULL
GROUP BY b.id, b.name, l.id HAVING coalesce(sum(m.amount), 0) <> CASE WHEN l.state = 'matched' THEN l.amount ELSE 0 END
ORDER BY l.booked, l.id LIMIT $1
"""
_MATCHES = """
SELECT e.id, b.name, e.reference, m.amount, r.reference AS reversed, coalesce(sum(x.amount), 0) AS held
FROM accounting_bank_match m JOIN accounting_bank_line l ON l.id = m.line JOIN accounting_bank_account b ON b.id = l.bank_account
JOIN accounting_entry e ON e.id = m.entry LEFT JOIN accounting_entry r ON r.reverses = e.id
LEFT JOIN accounting_line x ON x.entry = m.entry AND x.account = b.account AND x.currency = b.currency
WHERE m.undone_at IS NULL GROUP BY e.id, b.name, e.reference, m.id, r.reference
HAVING coalesce(sum(x.amount), 0) <> m.amount OR r.reference IS NOT NULL ORDER BY e.reference LIMIT $1
"""


async def different(db: Scope, limit: int = 20) -> list[Found]:
    """Return the bank lines whose matches do not come to them, and the entries that hold on the bank's account another amount."""
    found = [
        Found(
            f"{row['name']}, {row['booked']}: the line is {row['amount']:,} and {row['state']}, its matches come to {row['matched']:,}",
            f"/accounting/bank/{row['id']}",
        )
        for row in await db.fetch(_LINES, limit)
    ]
    for row in await db.fetch(_MATCHES, limit):
        if row["reversed"]:
            told = f"reversed by {row['reversed']}, but the line at {row['name']} still counts as reconciled with it"
        else:
            told = f"the bank says {row['amount']:,}, the entry holds {row['held']:,} on the account of {row['name']}"
        found.append(Found(f"{row['reference']}: {told}", f"/accounting/entries/{row['id']}"))
    return found[:limit]


async def reconciled(db: Scope) -> tuple[int, int]:
    """Return how many lines of banks are reconciled, and of how many."""
    row = await db.fetchrow("SELECT count(*) FILTER (WHERE l.state = 'matched') AS done, count(*) AS all FROM accounting_bank_line l")
    return (row["done"], row["all"]) if row else (0, 0)
