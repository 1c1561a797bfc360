"""The gate of a scope: which statements a tenant's code may send at all.

PostgreSQL refuses every expression and every statement on data that would leave the tenant; but whole utility statements such as ``SET
ROLE`` are things a login role may do, so they are refused here, before they are sent. The extended protocol carries one statement, so its
first keyword decides.
"""

import re

from weft.errors import Refused

READS = frozenset({"select", "values"})
WRITES = frozenset({"insert", "update", "delete", "merge"})

# White space, comments (PostgreSQL's nest, so an inner one that opens again is refused below) and opening brackets may stand before the
# keyword.
_LEAD = re.compile(r"(?:\s+|--[^\n]*(?:\n|$)|/\*(?:(?!/\*|\*/).)*\*/|\()*", re.DOTALL)
_WORD = re.compile(r"[A-Za-z]+")
_WRITE = re.compile(r"\b(?:insert|update|delete|merge)\b", re.IGNORECASE)


class NotAllowed(Refused):
    """A statement of a kind that no tenant's code may send."""


def check(sql: str) -> bool:
    """Return whether `sql` may write; raises `NotAllowed` unless it begins with SELECT, INSERT, UPDATE, DELETE, MERGE, WITH or VALUES."""
    start = _LEAD.match(sql)
    word = _WORD.match(sql, start.end() if start else 0)
    keyword = word[0].lower() if word else ""
    if keyword in WRITES:
        return True
    if keyword == "with":
        return _WRITE.search(sql) is not None
    if keyword in READS:
        return False
    shown = (keyword or sql.strip()[:20] or "nothing").upper()
    raise NotAllowed(
        f"{shown} may not be sent from a tenant's transaction: only SELECT, INSERT, UPDATE, DELETE, MERGE, WITH and VALUES may."
    )
