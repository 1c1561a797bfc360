"""Why cash goes into a drawer or out of it without a sale, and which account each reason has."""

import re
from typing import Literal

import msgspec


class CashReason(msgspec.Struct, frozen=True, kw_only=True):
    """A reason as tills offer it; `account` is the code of the account that the money comes from or goes to."""

    code: str
    title: str
    way: Literal["in", "out"]
    account: str


def cash_reasons(text: str) -> tuple[CashReason, ...]:
    """Read reasons with commas between them, as in ``in Change from the bank: 1020, out Cleaning: 6910``."""
    found = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(in|out)\s+([^:]+?)\s*:\s*([\w.-]+)\s*", part)
        if match:
            title = " ".join(match[2].split())
            found.append(CashReason(code=_code(title), title=title, way="in" if match[1] == "in" else "out", account=match[3]))
    return tuple(found)


def account_for(text: str, told: tuple[str, str], *, into: bool) -> str:
    """Return the account of a reason, told as its code and as it was typed at the till; empty where there is none of its own."""
    code, typed = told
    for each in cash_reasons(text):
        if (each.way == "in") == into and each.code == (code or _code(typed)):
            return each.account
    return ""


def _code(title: str) -> str:
    return re.sub(r"\W+", "_", title.lower()).strip("_")
