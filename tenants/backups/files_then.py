"""Bytes of the files that a business had at a moment: from the store, or, of those deleted since, from the backups nearest to it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime
from uuid import UUID

import structlog

from core.runtime import Runtime
from core.tenancy.catalogue import TenantRecord
from tenants.archive.reading import Archive
from tenants.backups.making import opened_backup
from tenants.backups.shelf import backups_of
from weft.errors import Missing, WeftError

Log = structlog.get_logger("weft.backups")


class FilesThen:
    """What an export reads files from. Backups are opened when the first file is missing, and stay open until `stack` is closed."""

    def __init__(self, runtime: Runtime, record: TenantRecord, moment: datetime, stack: AsyncExitStack) -> None:
        self._runtime, self._record, self._moment, self._stack = runtime, record, moment, stack
        self._archives: list[Archive] | None = None

    async def read(self, path: str) -> AsyncIterator[bytes]:
        """Yield the bytes of a file; raises `Missing` when neither store nor backups have them."""
        try:
            async for part in self._runtime.store.read(path):
                yield part
        except Missing:
            async for part in self._from_backups(UUID(path.rpartition("/")[2])):
                yield part

    async def _from_backups(self, file_id: UUID) -> AsyncIterator[bytes]:
        for archive in await self._opened():
            found = next((part for part in archive.manifest.parts if part.file == file_id), None)
            if found:
                async for each in archive.content(found):
                    yield each
                return
        raise Missing("This file's bytes are gone, and no backup near to that moment has them.")

    async def _opened(self) -> list[Archive]:
        """Open the last backup before the moment and the first after it: whatever was there then is in one of them, unless it was brief."""
        if self._archives is None:
            self._archives = []
            stored = [each for each in await backups_of(self._runtime.platform, self._record.schema) if each.state == "stored"]
            before = next((each for each in stored if each.made_at <= self._moment), None)
            after = next((each for each in reversed(stored) if each.made_at > self._moment), None)
            for each in filter(None, (before, after)):
                try:
                    opened = await self._stack.enter_async_context(opened_backup(self._runtime, self._record.schema, each.id))
                    self._archives.append(opened.archive)
                except WeftError as wrong:
                    Log.warning("a backup cannot be opened for its files", backup=str(each.id), error=wrong.message)
        return self._archives
