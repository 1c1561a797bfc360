"""A Piccolo engine that cannot run a query outside of a scope."""

from contextlib import nullcontext
from typing import Any, NoReturn

from piccolo.engine.postgres import PostgresEngine
from piccolo.querystring import QueryString

from core.tenancy.scope import CURRENT, OutsideTenant, current


class TenantEngine(PostgresEngine):
    """Sends every query of a Piccolo table through the open scope. It holds no connection of its own: building one does not connect."""

    def __init__(self) -> None:
        super().__init__({"database": "weft"})

    async def check_version(self) -> None:
        """Do nothing: building an engine must not connect."""

    async def prep_database(self) -> None:
        """Do nothing: extensions are the bootstrap's work."""

    async def get_new_connection(self) -> NoReturn:
        """Refuse: a connection of its own would belong to no tenant."""
        raise OutsideTenant("get_new_connection()")

    async def start_connection_pool(self, **_: object) -> NoReturn:
        """Refuse: the pools are the runtime's."""
        raise OutsideTenant("start_connection_pool()")

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> Any:
        """Run one query in the open scope; raises `OutsideTenant`."""
        sql, args = querystring.compile_string(engine_type="postgres")
        return await current().rows(sql, args)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> Any:
        """Run one statement that changes tables; only the operator's scopes let it pass."""
        return await current().rows(ddl, ())

    async def batch(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: Piccolo would open a connection of its own."""
        raise OutsideTenant("batch()")

    def transaction(self, allow_nested: bool = True) -> Any:
        """Refuse, since only a tenant opens transactions; while the operator migrates, its own is open already."""
        if getattr(CURRENT.get(), "changes_tables", False):
            return nullcontext()
        raise OutsideTenant("DB.transaction()")

    def atomic(self) -> NoReturn:
        """Refuse: only a tenant opens transactions."""
        raise OutsideTenant("DB.atomic()")
