"""An installation with the test's own importers, and short words for what its people do with them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from core.imports import queries, services
from core.imports.batch import Import, Phase, Problem
from core.imports.examine import propose, proposed_mapping
from core.imports.importers import find_importer
from core.plugins.registry import Registry
from core.tenancy.tenant import LiveTenant
from infra.testing import Installation, ServerUrls, installed
from infra.testing_jobs import Jobs
from tests.imports.club.plugin import plugin as club


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(weft_servers: ServerUrls, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """Yield a Weft with nothing but the test's own importers."""
    async with installed(weft_servers, Registry([club]), tmp_path_factory.mktemp("imports")) as made:
        yield made


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody who imports."""

    tenant: LiveTenant
    jobs: Jobs

    async def upload(self, content: bytes | str, name: str = "members.csv", into: str = "club.members", **more: Any) -> Import:
        """Send a file."""
        raw = content.encode() if isinstance(content, str) else content
        staged = await self.tenant.files.stage(raw)
        found = await services.start(self.tenant, into, staged, name, **more)
        await self.jobs.run_all()
        return await self.now(found)

    async def check(self, found: Import, **options: str) -> Import:
        """Confirm the columns that are proposed, and have the rows checked."""
        importer = find_importer(self.tenant, found.importer)
        proposal = await propose(self.tenant, importer, found.columns)
        mapping = proposed_mapping(self.tenant, found.columns, proposal.guesses)
        await services.check(self.tenant, found.id, found.version, mapping, options)
        await self.jobs.run_all()
        return await self.now(found)

    async def save(self, found: Import) -> Import:
        """Have the good rows saved."""
        await services.run(self.tenant, found.id)
        await self.jobs.run_all()
        return await self.now(found)

    async def undo(self, found: Import) -> Import:
        """Take an import back."""
        await services.undo(self.tenant, found.id)
        await self.jobs.run_all()
        return await self.now(found)

    async def import_(self, content: bytes | str, name: str = "members.csv", into: str = "club.members", **options: str) -> Import:
        """Upload, check and save."""
        return await self.save(await self.check(await self.upload(content, name, into), **options))

    async def now(self, found: Import) -> Import:
        """Return an import as it is now."""
        return await services.find(self.tenant, found.id)

    async def problems(self, found: Import, phase: Phase = "check") -> list[Problem]:
        """Return what is wrong with rows."""
        async with self.tenant.transaction() as db:
            return await queries.read_problems(db, found.id, phase, -1, 1000)

    async def members(self, columns: str = "code, name, email") -> list[tuple[Any, ...]]:
        """Return what is stored, by code."""
        async with self.tenant.transaction() as db:
            return [tuple(dict(row.items()).values()) for row in await db.fetch(f"SELECT {columns} FROM club_member ORDER BY code")]

    async def change(self, sql: str, *args: object) -> None:
        """Change something as another person would."""
        async with self.tenant.transaction(unaudited="a test") as db:
            await db.execute(sql, *args)


@pytest.fixture
def desk(tenant: LiveTenant, jobs: Jobs) -> Desk:
    """Return somebody who imports."""
    return Desk(tenant, jobs)
