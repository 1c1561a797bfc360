"""Makes base backups: with PostgreSQL's own program, verified by its own program, and there whole or not at all."""

import asyncio
import os
import secrets
import shutil
import tarfile
import threading
import zlib
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import asyncpg
import msgspec

from infra.servers.binaries import Binaries
from infra.wal.names import Base, place_of, segment_of
from infra.wal.shelf import FACTS, Shelf, sync
from weft.errors import Invalid, Unavailable

LOOK = 5.0  # seconds between two looks at whether the server archives
PATIENCE = 60.0  # seconds that it may fail to, one after the other
CANNOT_ARCHIVE = "SELECT last_failed_time > COALESCE(last_archived_time, '-infinity') FROM pg_stat_archiver"
TAR = "base.tar.gz"
MANIFEST = "backup_manifest"
_FAILED = {"pg_basebackup": "The base backup could not be made.", "pg_verifybackup": "The base backup is not what it should be."}
_TAR_VERIFIED_SINCE = 18  # pg_verifybackup reads tars from this version on


class _Range(msgspec.Struct, frozen=True, rename={"timeline": "Timeline", "start": "Start-LSN", "end": "End-LSN"}):
    timeline: int
    start: str
    end: str


class _File(msgspec.Struct, frozen=True, rename={"size": "Size"}):
    size: int


class _Manifest(msgspec.Struct, frozen=True, rename={"files": "Files", "ranges": "WAL-Ranges"}):
    files: tuple[_File, ...]
    ranges: tuple[_Range, ...]


async def make_base(shelf: Shelf, url: str, binaries: Binaries) -> Base:
    """Make a base backup of the server at `url`, whose login may replicate; raises `Unavailable` with the program's words.

    It stands when every file was verified against PostgreSQL's manifest (SHA-256) and is safe on the disk.
    """
    connection = await asyncpg.connect(url)
    try:
        segment_size = int(await connection.fetchval("SELECT setting FROM pg_settings WHERE name = 'wal_segment_size'"))
        began = await connection.fetchval("SELECT clock_timestamp()")
        part = shelf.bases_folder / f"{began:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}.part"
        try:
            password = unquote(urlsplit(url).password or "")
            await _while_archiving(connection, _run(binaries, "pg_basebackup", _words(url, part), password))
            if int(binaries.major) >= _TAR_VERIFIED_SINCE:
                await _run(binaries, "pg_verifybackup", ["--no-parse-wal", "--quiet", str(part)])
            ended = await connection.fetchval("SELECT clock_timestamp()")
            base = _facts(part, began, ended, segment_size, binaries.version)
            return await asyncio.to_thread(_stand, shelf, part, base)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    finally:
        await connection.close()


def _words(url: str, part: Path) -> list[str]:
    """Return the words of pg_basebackup: all but WAL, which is archived, and whose end it waits for."""
    address = urlsplit(url)
    user = f"{address.username}@" if address.username else ""
    clear = urlunsplit(("postgresql", user + address.netloc.rpartition("@")[2], address.path, address.query, ""))
    return [
        *("--dbname", clear, "--no-password", "--pgdata", str(part), "--format", "tar", "--compress", "gzip:1", "--wal-method", "none"),
        *("--checkpoint", "fast", "--manifest-checksums", "SHA256", "--label", "weft"),
    ]


async def _run(binaries: Binaries, program: str, words: list[str], password: str = "") -> None:
    """Run one of PostgreSQL's programs; raises `Unavailable` with its words. It ends when we do."""
    # a password in the words would stand in the list of processes
    secret = {"PGPASSWORD": password} if password else {}
    ran = await asyncio.create_subprocess_exec(
        str(binaries.folder / program),
        *words,
        env={**os.environ, "LC_MESSAGES": "C", **secret},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await ran.communicate()
    finally:
        if ran.returncode is None:
            ran.kill()
            await ran.wait()
    if ran.returncode:
        raise Unavailable(f"{_FAILED[program]} {program} says: {said.decode(errors='replace').strip()[-600:]}")


async def _while_archiving(connection: "asyncpg.Connection[asyncpg.Record]", work: Coroutine[Any, Any, None]) -> None:
    """Do what waits for WAL to be archived, as long as the server archives; raises `Unavailable` when it cannot."""
    task, refused = asyncio.create_task(work), 0
    try:
        while not (await asyncio.wait([task], timeout=LOOK))[0]:
            refused = refused + 1 if await connection.fetchval(CANNOT_ARCHIVE) else 0
            if refused * LOOK >= PATIENCE:
                raise Unavailable("The base backup could not be made: the server cannot archive its WAL, as its log says.")
        task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _facts(part: Path, began: datetime, ended: datetime, segment_size: int, version: str) -> Base:
    files = {each.name for each in part.iterdir()}
    if extra := files - {TAR, MANIFEST}:
        raise Invalid(f"This server has tablespaces of its own ({', '.join(sorted(extra))}), which its base backups do not hold.")
    manifest = msgspec.json.decode((part / MANIFEST).read_bytes(), type=_Manifest)
    first, last = manifest.ranges[0], manifest.ranges[-1]
    return Base(
        name=part.name.removesuffix(".part"),
        began=began.astimezone(UTC),
        ended=ended.astimezone(UTC),
        first=segment_of(first.timeline, place_of(first.start), segment_size),
        last=segment_of(last.timeline, place_of(last.end) - 1, segment_size),
        segment_size=segment_size,
        size=sum(each.size for each in manifest.files),
        version=version,
    )


def _stand(shelf: Shelf, part: Path, base: Base) -> Base:
    """Write its facts, and give it its name: from here on it stands."""
    with (part / FACTS).open("wb") as file:
        file.write(msgspec.json.encode(base))
        file.flush()
        os.fsync(file.fileno())
    sync(part)
    part.rename(shelf.bases_folder / base.name)
    sync(shelf.bases_folder)
    return base


def unpack(shelf: Shelf, base: Base, data: Path, stop: threading.Event) -> None:
    """Unpack a base backup into an empty folder; raises `Unavailable` for a damaged one."""
    folder = shelf.bases_folder / base.name
    try:
        with tarfile.open(folder / TAR, "r|gz") as tar:
            for member in tar:
                if stop.is_set():
                    return
                tar.extract(member, data, filter="data")
    except (tarfile.TarError, zlib.error, EOFError) as wrong:
        raise Unavailable(f"The base backup {folder} is damaged: {wrong}.") from wrong
    data.chmod(0o700)


async def verify_unpacked(shelf: Shelf, base: Base, data: Path, binaries: Binaries) -> None:
    """Hold every file of an unpacked base backup against PostgreSQL's manifest; raises `Unavailable`."""
    manifest = shelf.bases_folder / base.name / MANIFEST
    await _run(binaries, "pg_verifybackup", ["--no-parse-wal", "--quiet", "--manifest-path", str(manifest), str(data)])
