"""Saves the rows of a file. A batch, what it came to, and where to go on from are one transaction, so nothing is done twice."""

import asyncpg

from core.imports import queries
from core.imports.batch import Import
from core.imports.batches import Batch
from core.imports.opening import Opened, opened
from core.imports.writing import write_groups
from core.tenancy.tenant import LiveTenant

ATTEMPTS = 3  # at a batch that got into somebody's way
_IN_THE_WAY = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)


class Overtaken(Exception):  # not an error: another worker goes on
    """Somebody else has worked on the import since this worker began."""


async def save_rows(tenant: LiveTenant, found: Import) -> bool:
    """Save what is left of a file; returns whether a person stopped it. Raises `Overtaken`."""
    done = found.counts.saved + found.counts.refused
    at = found.next_row
    async with opened(tenant, found, at) as file:
        while batch := await file.next_batch():
            if await _save(tenant, found, file, batch, at):
                return True
            at = batch.next_row
            done += batch.size
            await tenant.progress(done, found.total, f"{done:,} of {found.total:,} rows saved")
    return False


async def _save(tenant: LiveTenant, found: Import, file: Opened, batch: Batch, at: int) -> bool:
    """Save one batch; returns whether a person wants it to stop, and then saves nothing."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await _save_once(tenant, found, file, batch, at)
        except _IN_THE_WAY:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("unreachable")


async def _save_once(tenant: LiveTenant, found: Import, file: Opened, batch: Batch, at: int) -> bool:
    async with tenant.transaction(unaudited="a batch of an import, which is told of as a whole") as db:
        now = await queries.seek_import(db, found.id, lock=True)
        if now is None or now.state != "importing" or now.next_row != at:
            raise Overtaken
        if now.stop:
            return True
        outcome = await write_groups(tenant, file.importer, batch.groups, found.options)
        await queries.add_outcome(db, found.id, outcome, batch.problems, batch.next_row)
    return False
