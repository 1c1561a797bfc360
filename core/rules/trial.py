"""A plugin on trial: two businesses that have it, and what stood in one of them before and after it was switched on."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from uuid import UUID

import asyncpg

from core.platform.database import Db
from core.rules.laboratory import Laboratory, Visitor
from core.rules.planting import CANARY, Rows, plant
from core.rules.reflection import Standing, reflect
from core.rules.subject import Subject
from core.tenancy.tenant import LiveTenant

MARKED = 18  # characters of a planted text from which on it is one of its kind


@dataclass(frozen=True, slots=True)
class Side:
    """One of two businesses with rows: texts and ids that nobody else has, and those of the other."""

    tenant: LiveTenant
    planted: Rows
    secrets: tuple[str, ...]
    ids: tuple[UUID, ...]
    foreign: tuple[str, ...] = ()
    foreign_ids: tuple[UUID, ...] = ()

    @classmethod
    def of(cls, tenant: LiveTenant, planted: Rows) -> "Side":
        """Return a business with what was planted there."""
        values = [value for rows in planted.values() for row in rows for value in row.values()]
        secrets = tuple(value for value in values if isinstance(value, str) and len(value) > MARKED)
        return cls(tenant, planted, secrets, tuple(value for value in values if isinstance(value, UUID)))


@dataclass(slots=True)
class Trial:
    """Where the rules are tried. `here` had the modules it needs, then got the plugin; `there` has had it from the start."""

    subject: Subject
    laboratory: Laboratory
    here: LiveTenant
    there: LiveTenant
    before: Standing
    after: Standing
    planted: dict[str, list[dict[str, object]]] = field(default_factory=dict)  # table → rows; first by the tables' order
    visitors: dict[str, Visitor] = field(default_factory=dict)
    neighbour: Side | None = None  # a third business, with rows of its own
    furnished: bool = False  # whether `there` has rows that an importer made

    @classmethod
    async def open(cls, subject: Subject, laboratory: Laboratory) -> "Trial":
        """Switch the plugin on in one business, and make another that has it."""
        here = await laboratory.business(*subject.plugin.requires)
        async with laboratory.tables(here) as db:
            before = await reflect(db)
        here = await laboratory.enable(here, subject.key)
        async with laboratory.tables(here) as db:
            after = await reflect(db)
        there = await laboratory.business(subject.key)
        return cls(subject, laboratory, here, there, before, after)

    @property
    def key(self) -> str:
        """The plugin's key."""
        return self.subject.key

    def tables(self, tenant: LiveTenant) -> "AbstractAsyncContextManager[Db[asyncpg.Record]]":
        """Open a transaction on a business's tables with the rights of their owner."""
        return self.laboratory.tables(tenant)

    async def plant(self) -> None:
        """Put rows into every table of the business `here` that will take some, each text in them marked as its own."""
        if not self.planted:
            async with self.tables(self.here) as db:
                self.planted = await plant(db, self.after)

    async def sides(self) -> tuple[Side, Side]:
        """Return the business `here` and a neighbour, both with rows that are marked as their own."""
        await self.plant()
        if self.neighbour is None:
            tenant = await self.laboratory.business(self.key)
            async with self.tables(tenant) as db:
                self.neighbour = Side.of(tenant, await plant(db, self.after))
        here, other = Side.of(self.here, self.planted), self.neighbour
        return (
            replace(here, foreign=other.secrets, foreign_ids=other.ids),
            replace(other, foreign=here.secrets, foreign_ids=here.ids),
        )

    async def owner(self, tenant: LiveTenant) -> Visitor:
        """Return somebody who may do everything."""
        return await self._visitor(tenant, "everything")

    async def stranger(self, tenant: LiveTenant) -> Visitor:
        """Return a member who may do nothing."""
        return await self._visitor(tenant, "nothing", "nothing.at.all")

    async def _visitor(self, tenant: LiveTenant, name: str, *permissions: str) -> Visitor:
        known = f"{tenant.schema} {name}"
        if known not in self.visitors:
            self.visitors[known] = await self.laboratory.visitor(tenant, *permissions)
        return self.visitors[known]


__all__ = ["CANARY", "Side", "Trial"]
