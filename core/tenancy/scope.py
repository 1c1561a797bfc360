"""A scope: one transaction of one tenant, opened in one round trip and closed whatever happens."""

import re
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol

import asyncpg

from core.tenancy import gate
from core.tenancy.pending import Actor, Pending
from weft.records import Change
from weft.tenant import Row, Scope

SCHEMA_NAME = re.compile(r"t_[a-z0-9]{10}")

Connection = asyncpg.pool.PoolConnectionProxy


class OutsideTenant(RuntimeError):
    """A query ran with no scope open, or with one that has ended."""

    def __init__(self, what: str = "A query") -> None:
        super().__init__(f"{what} ran outside of a tenant's transaction: use `async with tenant.transaction():` around it.")


class Unrecorded(RuntimeError):
    """A transaction wrote without telling the audit log."""


class TransactionLost(RuntimeError):
    """An error inside the transaction was swallowed, so PostgreSQL rolled back what was to be committed."""


class Rows(Protocol):
    """Whatever carries Piccolo's queries: a tenant's scope, or the operator's while it migrates one."""

    ended: bool

    async def rows(self, sql: str, args: Sequence[object]) -> list[asyncpg.Record]:
        """Run one statement."""


# The scope of the running task. Piccolo's queries find it here; a task started inside a scope that has ended meanwhile is refused by it.
CURRENT: ContextVar[Rows | None] = ContextVar("weft_scope", default=None)


def current(what: str = "A query") -> Rows:
    """Return the open scope; raises `OutsideTenant`."""
    scope = CURRENT.get()
    if scope is None or scope.ended:
        raise OutsideTenant(what)
    return scope


@dataclass(slots=True, eq=False)
class LiveScope(Scope):
    """An open transaction on a pooled connection."""

    connection: "Connection[asyncpg.Record]"
    schema: str
    actor: Actor
    unaudited: str = ""
    ended: bool = False
    pending: Pending = field(default_factory=Pending)
    after_commit: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    after_rollback: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    wrote: str = ""  # the first statement that may have written
    savepoints: int = 0

    async def fetch(self, sql: str, *args: object) -> Sequence[Row]:
        """Return all rows."""
        return await self.rows(sql, args)

    async def fetchrow(self, sql: str, *args: object) -> Row | None:
        """Return the first row, or nothing."""
        self._admit(sql)
        return await self.connection.fetchrow(sql, *args)

    async def fetchval(self, sql: str, *args: object) -> Any:
        """Return the first value of the first row, or nothing."""
        self._admit(sql)
        return await self.connection.fetchval(sql, *args)

    async def execute(self, sql: str, *args: object) -> int:
        """Return how many rows were touched."""
        self._admit(sql)
        # fetch(), not execute(): without arguments asyncpg's execute() uses the simple protocol, which carries several statements
        statement = await self.connection.prepare(sql)
        await statement.fetch(*args)
        count = (statement.get_statusmsg() or "").rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def rows(self, sql: str, args: Sequence[object]) -> list[asyncpg.Record]:
        """Run one statement of the tenant's; the door for Piccolo and plugins."""
        self._admit(sql)
        return await self.connection.fetch(sql, *args)

    async def internal(self, sql: str, *args: object) -> None:
        """Run a statement of the core's own bookkeeping, which the audit log need not know of."""
        if self.ended:
            raise OutsideTenant
        await self.connection.fetch(sql, *args)

    def record(self, changes: Sequence[Change]) -> None:
        """Keep entries for the audit log until the commit."""
        if self.ended:
            raise OutsideTenant("An audit entry")
        self.pending.changes.extend(changes)

    def _admit(self, sql: str) -> None:
        if self.ended:
            raise OutsideTenant
        if gate.check(sql) and not self.wrote:
            self.wrote = sql


def begin(schema: str, timeout: int) -> str:
    """Return the one string that opens a scope: transaction, role, path and limits, all of which end with the transaction.

    `timeout` is in seconds, for one statement. Raises `ValueError` for anything that is not a tenant's schema name.
    """
    if not SCHEMA_NAME.fullmatch(schema):
        raise ValueError(f"“{schema}” is not the name of a tenant's schema")
    return (
        f"BEGIN; SET LOCAL ROLE {schema}; SET LOCAL search_path = {schema}, pg_temp; "
        f"SET LOCAL statement_timeout = {timeout * 1000}; SET LOCAL idle_in_transaction_session_timeout = 120000"
    )


@dataclass(slots=True, eq=False)
class OpenScope:
    """The context manager that `tenant.transaction()` returns when none is open yet."""

    pool: "asyncpg.Pool[asyncpg.Record]"
    schema: str
    actor: Actor
    strict: bool
    unaudited: str = ""
    timeout: int = 30
    _scope: LiveScope | None = None
    _token: Token[Rows | None] | None = None

    async def __aenter__(self) -> LiveScope:
        """Take a connection and open the transaction; a connection that cannot open one is given back."""
        opening = begin(self.schema, self.timeout)
        connection = await self.pool.acquire()
        try:
            await connection.execute(opening)
        except BaseException:
            await self._give_back(connection)
            raise
        self._scope = LiveScope(connection, self.schema, self.actor, self.unaudited)
        self._token = CURRENT.set(self._scope)
        return self._scope

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Write what is pending and commit, or roll back; then run what waited for either."""
        scope, token = self._scope, self._token
        assert scope is not None
        assert token is not None
        committed = False
        try:
            if kind is None:
                await self._finish(scope)
                if await scope.connection.execute("COMMIT") != "COMMIT":
                    raise TransactionLost("An error inside this transaction was caught and not passed on: nothing was saved.")
                committed = True
        finally:
            scope.ended = True
            CURRENT.reset(token)
            await self._give_back(scope.connection)
            for then in scope.after_commit if committed else scope.after_rollback:
                await then()

    async def _finish(self, scope: LiveScope) -> None:
        if scope.wrote and not scope.pending.changes and not scope.unaudited:
            if self.strict:
                raise Unrecorded(f"This transaction wrote and told the audit log nothing: {scope.wrote.strip()[:200]}")
            await scope.internal(_UNRECORDED, self.actor.name, self.actor.via, self.actor.request_id, scope.wrote.strip()[:500])
        await scope.pending.flush(scope, self.actor)

    async def _give_back(self, connection: "Connection[asyncpg.Record]") -> None:
        if connection.is_in_transaction() and not connection.is_closed():
            try:
                await connection.execute("ROLLBACK", timeout=5)
            except BaseException:
                connection.terminate()
        await self.pool.release(connection)


_UNRECORDED = """
INSERT INTO platform.audit_entry (id, actor_name, via, request_id, action, record_kind, after)
VALUES (gen_random_uuid(), $1, $2, $3, 'unrecorded write', 'core.sql', jsonb_build_object('statement', $4::text))
"""


@dataclass(slots=True, eq=False)
class Nested:
    """The context manager of a transaction inside a transaction: a savepoint."""

    scope: LiveScope
    _name: str = ""
    _marks: tuple[int, int, int, int] = (0, 0, 0, 0)

    async def __aenter__(self) -> LiveScope:
        """Set the savepoint."""
        self.scope.savepoints += 1
        self._name = f"weft_{self.scope.savepoints}"
        self._marks = self.scope.pending.marks()
        await self.scope.internal(f"SAVEPOINT {self._name}")
        return self.scope

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Release the savepoint, or return to it and forget what was told since."""
        if kind is None:
            await self.scope.internal(f"RELEASE SAVEPOINT {self._name}")
        else:
            self.scope.pending.cut(self._marks)
            await self.scope.internal(f"ROLLBACK TO SAVEPOINT {self._name}")
