"""Account numbers of the other side between what is worked with and what is stored: of lines beside what the bank told, of rules inside."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from uuid import UUID

import msgspec
from msgspec.structs import replace

from weft import Row, Scope, Seals, Secret

from ..domain.bank.account_numbers import with_accounts, without_accounts
from ..domain.bank.rules import Rule
from ..domain.bank.statement import Entry
from ..domain.bank.stored import StoredBankLine
from ..sealed import LINE_ACCOUNTS, RULE_ACCOUNT

SEALED = "=sealed:"  # how the number of a rule begins that is sealed: no bank's number does
TOGETHER = 500

_READABLE_LINES = """
SELECT l.id, l.bank_account, l.statement, l.position, l.booked, l.amount, l.currency, l.told::text AS told, l.digest, l.occurrence, l.state,
    l.version, l.accounts_sealed FROM accounting_bank_line l
WHERE l.told @? '$.counterparty.account ? (@ != "")' OR l.told @? '$.details[*].counterparty.account ? (@ != "")'
ORDER BY l.id LIMIT $1 FOR UPDATE SKIP LOCKED
"""
_SEAL_LINES = """
UPDATE accounting_bank_line l SET told = u.told::jsonb, accounts_sealed = u.sealed, account_blind = u.blind, search_text = u.search
FROM unnest($1::uuid[], $2::text[], $3::bytea[], $4::text[], $5::text[]) AS u (id, told, sealed, blind, search) WHERE l.id = u.id
"""
_READABLE_RULES = f"""
SELECT r.id, r.data::text AS data FROM accounting_bank_rule r
WHERE r.data ->> 'account' <> '' AND NOT starts_with(r.data ->> 'account', '{SEALED}') ORDER BY r.id LIMIT $1 FOR UPDATE SKIP LOCKED
"""


class Kept(msgspec.Struct, frozen=True):
    """What is stored of a line's account numbers, and of what the bank told beside them."""

    told: str
    sealed: bytes | None
    blind: str


def kept_of(seals: Seals, line: UUID, entry: Entry) -> Kept:
    """Return what is stored of an entry."""
    rest, numbers = without_accounts(entry)
    secret = Secret(numbers)
    return Kept(msgspec.json.encode(rest).decode(), seals.seal(LINE_ACCOUNTS, line, secret), seals.blind(LINE_ACCOUNTS, secret))


async def lines_of(db: Scope, rows: Sequence[Row]) -> list[StoredBankLine]:
    """Return stored lines, with their account numbers."""
    seals = await db.seals() if any(row["accounts_sealed"] for row in rows) else None
    return [_line_of(row, seals) for row in rows]


def _line_of(row: Row, seals: Seals | None) -> StoredBankLine:
    values = dict(row.items())
    sealed = values.pop("accounts_sealed")
    values["told"] = told_of(values["told"], seals, values["id"], sealed)
    return msgspec.convert(values, StoredBankLine)


def told_of(text: str, seals: Seals | None, line: UUID, sealed: bytes | None) -> Entry:
    """Return what a bank told of a line, with its account numbers; such as a version before wrote has them readable."""
    entry = msgspec.json.decode(text, type=Entry)
    return with_accounts(entry, seals.open(LINE_ACCOUNTS, line, sealed).clear) if seals and sealed else entry


async def rule_data(db: Scope, rule_id: UUID, rule: Rule) -> str:
    """Return a rule as it is stored."""
    plain = replace(rule, id=None, version=1)
    if rule.account:
        sealed = (await db.seals()).seal(RULE_ACCOUNT, rule_id, Secret(rule.account)) or b""
        plain = replace(plain, account=SEALED + b64encode(sealed).decode())
    return msgspec.json.encode(plain).decode()


async def opened_rules(db: Scope, rules: Sequence[Rule]) -> list[Rule]:
    """Return stored rules with their account numbers."""
    if not any(each.account.startswith(SEALED) for each in rules):
        return list(rules)
    seals = await db.seals()
    return [_opened(seals, each) for each in rules]


def _opened(seals: Seals, rule: Rule) -> Rule:
    if not rule.account.startswith(SEALED) or rule.id is None:
        return rule
    return replace(rule, account=seals.open(RULE_ACCOUNT, rule.id, b64decode(rule.account.removeprefix(SEALED))).clear)


async def seal_lines(db: Scope) -> int:
    """Seal account numbers of some lines that a version before wrote; returns of how many."""
    rows = await db.fetch(_READABLE_LINES, TOGETHER)
    if not rows:
        return 0
    seals = await db.seals()
    # What stands readable was written by a process of the version before, which knows of nothing sealed.
    lines = [_line_of({**dict(row.items()), "accounts_sealed": None}, None) for row in rows]
    kept = [kept_of(seals, each.id, each.told) for each in lines]
    columns = ([each.told for each in kept], [each.sealed for each in kept], [each.blind for each in kept])
    await db.execute(_SEAL_LINES, [each.id for each in lines], *columns, [each.search_text for each in lines])
    return len(lines)


async def seal_rules(db: Scope) -> int:
    """Seal account numbers of some rules that a version before wrote; returns of how many."""
    rows = await db.fetch(_READABLE_RULES, TOGETHER)
    for row in rows:
        data = await rule_data(db, row["id"], msgspec.json.decode(row["data"], type=Rule))
        await db.execute("UPDATE accounting_bank_rule SET data = $2::text::jsonb WHERE id = $1", row["id"], data)
    return len(rows)
