"""What a rule can try things on: businesses made for the purpose, the people in them, and the hands that make their tables."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import asyncpg

from core.platform.database import Db
from core.tenancy.tenant import LiveTenant
from weft import Ui


class Answer(Protocol):
    """What came back over HTTP."""

    @property
    def status_code(self) -> int: ...

    @property
    def text(self) -> str: ...

    @property
    def content(self) -> bytes: ...

    @property
    def said(self) -> str:
        """What was written to logs meanwhile."""

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def trouble(self) -> str:
        """The error behind a 500, in a line."""


class Visitor(Protocol):
    """A person at a business's pages."""

    async def ask(self, method: str, path: str, **headers: str) -> Answer:
        """Send a request without a body, and with the token of a form where one is needed; redirects are not followed."""


class Laboratory(Protocol):
    """An installation that may be spoilt."""

    async def business(self, *modules: str) -> LiveTenant:
        """Make a business with these modules and what they need."""

    async def enable(self, tenant: LiveTenant, key: str) -> LiveTenant:
        """Switch a module on, as the operator does; returns the business as it is then."""

    async def disable(self, tenant: LiveTenant, key: str) -> LiveTenant:
        """Switch a module off."""

    async def migrate(self, tenant: LiveTenant, key: str) -> list[str]:
        """Run a module's migrations; returns the names of those that had not run."""

    def tables(self, tenant: LiveTenant) -> "AbstractAsyncContextManager[Db[asyncpg.Record]]":
        """Open a transaction on a business's tables with the rights of their owner."""

    async def visitor(self, tenant: LiveTenant, *permissions: str) -> Visitor:
        """Return a new member of a business; one who may do everything unless permissions are named."""

    async def in_redis(self) -> list[str]:
        """Return all keys and values in Redis, as text."""

    def ui(self, tenant: LiveTenant) -> Ui:
        """Return what widgets and panels render with."""
