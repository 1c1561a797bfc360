"""Two businesses on one server, and every door through which one of them could send SQL."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import asyncpg

from core.platform.connection import WeftConnection
from core.platform.pool import SESSION
from core.runtime import app_login
from core.tenancy.opening import begin
from core.tenancy.scope import CURRENT, LiveScope
from core.tenancy.tenant import LiveTenant
from infra.testing import Installation
from tests.sample.tables import Note

SECRET = "the secret of B"
Send = Callable[[str], Awaitable[Any]]
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

DOORS = ("piccolo", "fetch", "fetchrow", "fetchval", "execute", "database")


@dataclass(frozen=True, slots=True)
class Attack:
    """Something a hostile plugin or an injection could send. `claim` says what must hold; ``{a}`` and ``{b}`` in the SQL are the schemas.

    `refused` is how PostgreSQL says no; with `harmless` it may answer instead, but only with one of those values.
    """

    claim: str
    sql: str
    refused: type[Exception] | tuple[type[Exception], ...] = asyncpg.InsufficientPrivilegeError
    harmless: tuple[object, ...] = ()


def ids(attacks: Sequence[Attack]) -> list[str]:
    """Return the claims, as names of test cases."""
    return [attack.claim.replace(" ", "-") for attack in attacks]


@dataclass(slots=True)
class Arena:
    """A attacks, B must not notice."""

    installation: Installation
    a: LiveTenant
    b: LiveTenant
    superuser: Connection

    def fill(self, sql: str) -> str:
        """Put the names of the two schemas into a statement."""
        return sql.replace("{a}", self.a.schema).replace("{b}", self.b.schema)

    async def send(self, door: str, sql: str) -> Any:
        """Send one statement from inside A, through one of the doors; whatever it did is rolled back."""
        if door == "database":
            async with self.logged_in() as connection:
                await connection.execute(begin(self.a.schema, 5))
                answer = await connection.fetch(sql)
                assert await connection.fetchval("SELECT current_user") == self.a.schema, "the attack changed who we are"
                assert not await self._reads_b(connection.fetchval), "after the attack B can be read"
                return answer
        got: Any = None
        try:
            async with self.a.transaction(unaudited="an attack") as scope:
                got = await doors(scope)[door](sql)
                assert await scope.fetchval("SELECT current_user") == self.a.schema, "the attack changed who we are"
                assert not await self._reads_b(scope.fetchval), "after the attack B can be read"
                raise Undo
        except Undo:
            return got

    async def _reads_b(self, fetchval: Callable[[str], Awaitable[Any]]) -> bool:
        try:
            return bool(await fetchval(f"SELECT count(*) FROM {self.b.schema}.notes_note"))
        except asyncpg.InsufficientPrivilegeError:
            return False

    @asynccontextmanager
    async def logged_in(self, login: str = app_login(0), **settings: str) -> AsyncIterator[Connection]:
        """Yield a connection of a login role's own, past every lock but PostgreSQL's, and check that nothing stays behind on it."""
        connection = await self.connect(login, **settings)
        try:
            before = await self.footprint(connection)
            yield connection
        finally:
            if not connection.is_closed() and connection.is_in_transaction():
                await connection.execute("ROLLBACK")
            if not connection.is_closed():
                after = await self.footprint(connection)
            await connection.close(timeout=5)
        assert after == before, "something outlived the transaction"

    async def connect(self, login: str = app_login(0), **settings: str) -> Connection:
        """Log in, as the application's pool does."""
        return await asyncpg.connect(
            self.installation.superuser_url.replace("postgres@", f"{login}@", 1),
            connection_class=WeftConnection,
            statement_cache_size=0,
            server_settings={**SESSION, **settings},
        )

    async def footprint(self, connection: Connection) -> dict[str, Any]:
        """Tell everything a session can keep beyond a transaction."""
        pid = connection.get_server_pid()
        locks = "SELECT count(*) FROM pg_locks WHERE pid = $1 AND (locktype = 'advisory' OR mode LIKE '%Exclusive%')"
        return {
            "who": tuple(*await connection.fetch("SELECT session_user, current_user, current_setting('search_path')")),
            "settings": await connection.fetch("SELECT name, setting FROM pg_settings WHERE source = 'session'"),
            "temporary": await connection.fetchval("SELECT pg_my_temp_schema()"),
            "locks": await self.superuser.fetchval(locks, pid),
            "listens": "LISTEN" in str(await self.superuser.fetchval("SELECT query FROM pg_stat_activity WHERE pid = $1", pid)),
        }


class Undo(Exception):
    """Ends a scope without a trace."""


def doors(scope: Any) -> dict[str, Send]:
    """Return the real doors of a scope, by name."""
    assert isinstance(scope, LiveScope)
    assert CURRENT.get() is scope
    return {
        "piccolo": lambda sql: Note.raw(sql.replace("{", "{{").replace("}", "}}")).run(),
        "fetch": scope.fetch,
        "fetchrow": scope.fetchrow,
        "fetchval": scope.fetchval,
        "execute": scope.execute,
    }
