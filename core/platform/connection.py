"""Connections to PostgreSQL, and pools of them."""

from typing import Any

import asyncpg


class WeftConnection(asyncpg.Connection):
    """A connection that never calls `set_config`, which the bootstrap takes from everyone.

    asyncpg calls it while it decodes arrays and ranges, to keep JIT out of its introspection; without the capability flag it does not.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known: Any = self  # the stubs do not tell this attribute's type
        known._server_caps = known._server_caps._replace(jit=False)


async def check_released(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Run when a connection goes back to its pool: what a transaction set was local to it, so there is
    nothing to reset, and the round trip of a reset is saved.


    Raises `RuntimeError` when a transaction is still open; the pool then closes the connection.
    """
    if connection.is_in_transaction():
        raise RuntimeError("a connection was released inside a transaction")


async def open_pool(dsn: str, *, size: int, name: str, **settings: str) -> "asyncpg.Pool[asyncpg.Record]":
    """Open a pool of at most `size` connections; `settings` are set once per session."""
    return await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=size,
        connection_class=WeftConnection,
        reset=check_released,
        statement_cache_size=100,
        max_inactive_connection_lifetime=600,
        max_queries=20_000,  # a backend never gives back what it learnt of the tables of each tenant
        server_settings={"application_name": name, "jit": "off", "search_path": "pg_temp", **settings},
    )
