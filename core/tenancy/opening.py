"""Opens a scope in one round trip, and closes it whatever happens."""

import re
from contextvars import Token
from dataclasses import dataclass
from functools import lru_cache
from types import TracebackType
from typing import Protocol

import asyncpg

from core.platform.pool import PATIENCE
from core.tenancy.afterwards import Ending
from core.tenancy.pending import Actor
from core.tenancy.scope import CURRENT, Connection, KeysOf, LiveScope, Rows, TransactionLost, Unrecorded
from weft.errors import Unavailable

SCHEMA_NAME = re.compile(r"t_[a-z0-9]{10}")
WAIT = 30.0  # seconds for a free connection

# What COMMIT may raise when the server has refused it for certain. Anything else: it may have been carried out or not.
_LOST_TOUCH = (asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError)
_NO_CONNECTION = (
    *(OSError, TimeoutError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError, asyncpg.TooManyConnectionsError),
    *(asyncpg.InterfaceError, asyncpg.InternalClientError),  # which asyncpg raises for a connection that has just died
)
_MOVING = "The database does not let this business in, which passes when its isolation is being changed. Please try again."
_SILENT = "The database is too busy at the moment, or does not answer. Please try again."


@lru_cache(maxsize=4096)
def begin(schema: str, timeout: int) -> str:
    """Return the one string that opens a scope: a transaction in a role, both of which end together.

    The path follows the role, and the limits are the session's, unless `timeout`, the seconds of one statement, is another (see
    `core.platform.pool`). Raises `ValueError` for anything that is not a tenant's schema name.
    """
    if not SCHEMA_NAME.fullmatch(schema):
        raise ValueError(f"“{schema}” is not the name of a tenant's schema")
    opening = f"BEGIN; SET LOCAL ROLE {schema}"
    return opening if timeout == PATIENCE else f"{opening}; SET LOCAL statement_timeout = {timeout * 1000}"


@lru_cache(maxsize=16)
def begin_own(timeout: int) -> str:
    """Return what opens a scope on a connection that is logged in as the tenant."""
    return "BEGIN" if timeout == PATIENCE else f"BEGIN; SET LOCAL statement_timeout = {timeout * 1000}"


class Pool(Protocol):
    """Where connections come from."""

    size: int

    async def acquire(self, key: str, timeout: float) -> "Connection[asyncpg.Record]":
        """Return a connection that nobody else uses, fit for the tenant whose schema is `key`."""

    def release(self, connection: "Connection[asyncpg.Record]") -> None:
        """Take it back."""


@dataclass(slots=True, eq=False)
class OpenScope:
    """The context manager that `tenant.transaction()` returns when none is open yet.

    With `own`, the pool's connections are logged in as the tenant itself.
    """

    pool: Pool
    schema: str
    actor: Actor
    strict: bool
    unaudited: str = ""
    timeout: int = PATIENCE
    own: bool = False
    keys: KeysOf | None = None
    _scope: LiveScope | None = None
    _token: Token[Rows | None] | None = None

    async def __aenter__(self) -> LiveScope:
        """Take a connection and open the transaction; a connection that cannot open one is given back."""
        connection = await self._open(begin_own(self.timeout) if self.own else begin(self.schema, self.timeout))
        self._scope = LiveScope(connection, self.schema, self.actor, self.unaudited, own=self.own, keys=self.keys)
        self._token = CURRENT.set(self._scope)
        return self._scope

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Write what is pending and commit, or roll back; then run what waited for either."""
        scope, token = self._scope, self._token
        assert scope is not None
        assert token is not None
        ending = Ending.ROLLED_BACK
        try:
            if kind is None:
                await self._finish(scope)
                ending = Ending.UNKNOWN
                told = await scope.connection.execute("COMMIT")
                ending = Ending.COMMITTED if told == "COMMIT" else Ending.ROLLED_BACK
                if told != "COMMIT":
                    raise TransactionLost
        except asyncpg.PostgresError as refused:
            if not isinstance(refused, _LOST_TOUCH):
                ending = Ending.ROLLED_BACK
            if isinstance(refused, asyncpg.InFailedSQLTransactionError):
                raise TransactionLost from refused
            raise
        finally:
            scope.ended = True
            CURRENT.reset(token)
            await self._give_back(scope.connection, spoilt=scope.spoilt)
            await scope.afterwards.run(ending)

    async def _finish(self, scope: LiveScope) -> None:
        if scope.ended:
            raise TransactionLost("A statement ended this transaction")
        if scope.wrote and not scope.pending.changes and not scope.unaudited:
            if self.strict:
                raise Unrecorded(f"This transaction wrote and told the audit log nothing: {scope.wrote[:200]}")
            await scope.internal(_UNRECORDED, self.actor.name, self.actor.via, self.actor.request_id, scope.wrote[:500])
        await scope.pending.flush(scope, self.actor)

    async def _open(self, opening: str) -> "Connection[asyncpg.Record]":
        lost: Exception | None = None
        for _ in range(self.pool.size + 1):
            connection = await self._take()
            try:
                await connection.execute(opening)
            except BaseException as why:
                # whoever gave up on the opening does not know how far the server came with it
                await self._give_back(connection, spoilt=not isinstance(why, Exception))
                if isinstance(why, asyncpg.InsufficientPrivilegeError):  # it got connections of its own a moment ago
                    raise Unavailable(_MOVING) from why
                if not isinstance(why, _NO_CONNECTION):
                    raise
                lost = why  # it died while it lay idle, perhaps with all others; nothing was done through it
            else:
                return connection
        raise Unavailable(_SILENT) from lost

    async def _take(self) -> "Connection[asyncpg.Record]":
        try:
            return await self.pool.acquire(self.schema, WAIT)
        except _NO_CONNECTION as why:
            raise Unavailable(_SILENT) from why
        except asyncpg.InvalidAuthorizationSpecificationError as why:
            raise Unavailable(_MOVING) from why

    async def _give_back(self, connection: "Connection[asyncpg.Record]", *, spoilt: bool = False) -> None:
        try:
            if spoilt:
                connection.terminate()
            elif connection.is_in_transaction() and not connection.is_closed():
                await connection.execute("ROLLBACK", timeout=5)
        except BaseException as wrong:
            connection.terminate()
            if not isinstance(wrong, Exception):
                raise
        finally:
            self.pool.release(connection)


_UNRECORDED = """
INSERT INTO platform.audit_entry (id, actor_name, via, request_id, action, record_kind, after)
VALUES (gen_random_uuid(), $1, $2, $3, 'unrecorded write', 'core.sql', jsonb_build_object('statement', $4::text))
"""
