"""A scope: one transaction of one tenant, as the code inside it sees it."""

from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol, TypeVar

import asyncpg

from core.tenancy import gate
from core.tenancy.afterwards import Afterwards
from core.tenancy.metering import METER
from core.tenancy.pending import Actor, Pending
from core.vault.keys import DataKeys
from core.vault.seals import LiveSeals
from weft.records import Change
from weft.sealed import Seals
from weft.tenant import Row, Scope

Connection = asyncpg.Connection
T = TypeVar("T")


KeysOf = Callable[[str], Awaitable[DataKeys]]


class OutsideTenant(RuntimeError):
    """A query ran with no scope open, or with one that has ended."""

    def __init__(self, what: str = "A query") -> None:
        super().__init__(f"{what} ran outside of a tenant's transaction: use `async with tenant.transaction():` around it.")


class Unrecorded(RuntimeError):
    """A transaction wrote without telling the audit log."""


class TransactionLost(RuntimeError):
    """What was to be committed is rolled back: an error inside was swallowed, or a statement ended the transaction."""

    def __init__(self, why: str = "An error inside this transaction was caught and not passed on") -> None:
        super().__init__(f"{why}: nothing was saved.")


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
    spoilt: bool = False  # its connection may be nobody's again
    pending: Pending = field(default_factory=Pending)
    afterwards: Afterwards = field(default_factory=Afterwards)
    wrote: str = ""  # the first statement that may have written
    savepoints: int = 0
    keys: "KeysOf | None" = None  # where the data keys of its business are
    own: bool = False  # its connection is logged in as the tenant, and no other tenant ever has it

    async def fetch(self, sql: str, *args: object) -> Sequence[Row]:
        """Return all rows."""
        return await self.rows(sql, args)

    async def fetchrow(self, sql: str, *args: object) -> Row | None:
        """Return the first row, or nothing."""
        return self._inside(await self.connection.fetchrow(self._admit(sql), *args))

    async def fetchval(self, sql: str, *args: object) -> Any:
        """Return the first value of the first row, or nothing."""
        return self._inside(await self.connection.fetchval(self._admit(sql), *args))

    async def execute(self, sql: str, *args: object) -> int:
        """Return how many rows were touched."""
        admitted = self._admit(sql)
        told: str | None
        if args:
            told = self._inside(await self.connection.execute(admitted, *args))
        else:  # without arguments that would use the simple protocol, which carries several statements
            statement = await self.connection.prepare(admitted)
            self._inside(await statement.fetch())
            told = statement.get_statusmsg()
        count = (told or "").rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def rows(self, sql: str, args: Sequence[object]) -> list[asyncpg.Record]:
        """Run one statement of the tenant's; the door for Piccolo and plugins."""
        return self._inside(await self.connection.fetch(self._admit(sql), *args))

    async def seals(self) -> Seals:
        """Return what seals and opens values of the business."""
        if self.ended or self.keys is None:
            raise OutsideTenant("Sealing")
        return LiveSeals(await self.keys(self.schema))

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

    def _admit(self, sql: str) -> str:
        if self.ended:
            raise OutsideTenant
        if self.own:
            admitted, keeps = gate.admit_own(sql)
            self.spoilt = self.spoilt or keeps
        else:
            admitted = gate.admit(sql)
        if meter := METER.get():
            meter.count(admitted)
        if admitted.writes and not self.wrote:
            self.wrote = admitted.sql
        return admitted.sql

    def _inside(self, result: T) -> T:
        """Hand a result on, unless its statement ended the transaction: a second lock behind the gate."""
        if not self.connection.is_in_transaction():
            self.ended = self.spoilt = True
            raise TransactionLost("A statement ended this transaction")
        return result


@dataclass(slots=True, eq=False)
class Nested:
    """The context manager of a transaction inside a transaction: a savepoint."""

    scope: LiveScope
    unaudited: str = ""  # why what it writes need not be told, whatever is around it
    _name: str = ""
    _marks: tuple[int, int, int, int] = (0, 0, 0, 0)
    _waiting: tuple[int, int] = (0, 0)
    _wrote: str = ""

    async def __aenter__(self) -> LiveScope:
        """Set the savepoint."""
        scope = self.scope
        scope.savepoints += 1
        self._name = f"weft_{scope.savepoints}"
        self._marks, self._waiting, self._wrote = scope.pending.marks(), scope.afterwards.marks(), scope.wrote
        await scope.internal(f"SAVEPOINT {self._name}")
        return scope

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Release the savepoint, or return to it and forget what was told since."""
        scope = self.scope
        if kind is None:
            await scope.internal(f"RELEASE SAVEPOINT {self._name}")
            if self.unaudited:
                scope.wrote = self._wrote
            return
        scope.pending.cut(self._marks)
        scope.afterwards.undo(self._waiting)
        scope.wrote = self._wrote
        if not scope.connection.is_closed():  # else the error that closed it is the one to tell
            await scope.internal(f"ROLLBACK TO SAVEPOINT {self._name}")
