"""The gate of a scope: which statements a tenant's code may send at all.

PostgreSQL refuses every expression and every statement on data that would leave the tenant; but whole utility statements such as ``SET
ROLE`` are things a login role may do, so they are refused here, before they are sent. The extended protocol carries one statement, so its
first keyword decides; and white space and comments before it are not sent, so that keyword is the first thing PostgreSQL reads, however
differently it may understand a comment.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from weft.errors import Refused

REMEMBERED = 8000  # characters: the statements of a page are few and short, those of an import long and each another

READS = frozenset({"select", "values"})
WRITES = frozenset({"insert", "update", "delete", "merge"})
# What may be sent besides on a connection that is the tenant's own: it concerns nobody else, and ends with that connection.
OWN = frozenset({"set", "reset", "show", "lock", "explain", "declare", "fetch", "move", "close", "table"})

_SPACE = re.compile(r"[ \t\n\r\f\v]*")  # what PostgreSQL takes for white space; Python's \s is wider
_LINE_END = re.compile(r"[\n\r]")
_BRACKET = re.compile(r"/\*|\*/")
_WORD = re.compile(r"[^\W\d][\w$]*")
_LOCK = re.compile(r"\bfor\s+(?:no\s+key\s+)?update\b", re.IGNORECASE)
_WRITE = re.compile(r"\b(?:insert|update|delete|merge)\b", re.IGNORECASE)


class NotAllowed(Refused):
    """A statement of a kind that no tenant's code may send."""


class Admitted(NamedTuple):
    """A statement as it may be sent, and whether it may write."""

    sql: str
    writes: bool


def admit(sql: str) -> Admitted:
    """Let a statement through; raises `NotAllowed` unless it begins with SELECT, INSERT, UPDATE, DELETE, MERGE, WITH or VALUES.

    An opening bracket may stand before SELECT, VALUES and WITH: nothing else can follow one.
    """
    return _remembered(sql) if len(sql) <= REMEMBERED else _read(sql)


def admit_own(sql: str) -> tuple[Admitted, bool]:
    """Let a statement through to a connection that is the tenant's own, and tell whether the session may keep something of it.

    Raises `NotAllowed` for what would end the transaction, change the role itself, or be heard by others (NOTIFY).
    """
    try:
        return admit(sql), False
    except NotAllowed:
        bare = sql[_start(sql) :]
        word = _WORD.match(bare)
        if "\0" in sql or word is None or word[0].lower() not in OWN:
            raise
        return Admitted(bare, _WRITE.search(_LOCK.sub("", bare)) is not None), True


@lru_cache(maxsize=2048)
def _remembered(sql: str) -> Admitted:
    return _read(sql)


def _read(sql: str) -> Admitted:
    if "\0" in sql:
        raise NotAllowed("A statement may not hold the character NUL: PostgreSQL would read it only up to there.")
    bare = sql[_start(sql) :]
    word = _WORD.match(bare)
    keyword = word[0].lower() if word else bare[:1]
    if keyword in WRITES:
        return Admitted(bare, True)
    if keyword in READS:
        return Admitted(bare, False)
    if keyword in ("with", "("):  # may hold a statement that writes: rather too often than too seldom
        return Admitted(bare, _WRITE.search(_LOCK.sub("", bare)) is not None)
    shown = (word[0] if word else bare[:20] or "nothing").upper()
    raise NotAllowed(
        f"{shown} may not be sent from a tenant's transaction: only SELECT, INSERT, UPDATE, DELETE, MERGE, WITH and VALUES may."
    )


_TEXT = re.compile(r"'(?:[^']|'')*'")
_TARGET = re.compile(r'\b(?:insert\s+into|update|delete\s+from|merge\s+into)\s+(?:only\s+)?([\w$."]+)', re.IGNORECASE)


@lru_cache(maxsize=1024)
def targets(sql: str) -> frozenset[str]:
    """Return the tables that a statement writes to, as far as its words tell: a watch on the careless, no lock against the malicious."""
    found = _TARGET.findall(_LOCK.sub("", _TEXT.sub("''", sql)))
    return frozenset(name.replace('"', "").lower() for name in found if name.lower() != "set")


def _start(sql: str) -> int:
    """Return where the first thing that is neither white space nor a comment stands."""
    place = 0
    while True:
        if space := _SPACE.match(sql, place):
            place = space.end()
        if sql.startswith("--", place):
            end = _LINE_END.search(sql, place)
            place = end.end() if end else len(sql)
        elif sql.startswith("/*", place):
            place = _after_comment(sql, place)
        else:
            return place


def _after_comment(sql: str, place: int) -> int:
    """Return the end of a comment in brackets, which may hold others."""
    depth = 0
    for bracket in _BRACKET.finditer(sql, place):
        depth += 1 if bracket[0] == "/*" else -1
        if depth == 0:
            return bracket.end()
    return len(sql)
