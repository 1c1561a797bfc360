"""Makes base backups: with PostgreSQL's own program, verified by its own program, and there whole or not at all."""

import asyncio
import os
import secrets
import shutil
import subprocess
import tarfile
import threading
import zlib
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import asyncpg
import msgspec

from infra.servers.binaries import Binaries
from infra.wal.names import Base, place_of, segment_of
from infra.wal.shelf import FACTS, Shelf, sync
from weft.errors import Invalid, Unavailable

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
            await asyncio.to_thread(_run, binaries, "pg_basebackup", _words(url, part), url)
            if int(binaries.major) >= _TAR_VERIFIED_SINCE:
                await asyncio.to_thread(_run, binaries, "pg_verifybackup", ["--no-parse-wal", "--quiet", str(part)], url)
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


def _run(binaries: Binaries, program: str, words: list[str], url: str) -> None:
    # a password in the words would stand in the list of processes
    secret = {"PGPASSWORD": unquote(urlsplit(url).password or "")} if urlsplit(url).password else {}
    ran = subprocess.run(
        [binaries.folder / program, *words],
        env={**os.environ, "LC_MESSAGES": "C", **secret},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise Unavailable(f"{_FAILED[program]} {program} says: {ran.stderr.strip()[-600:]}")


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


def unpack(shelf: Shelf, base: Base, data: Path, binaries: Binaries, stop: threading.Event) -> None:
    """Unpack a base backup into an empty folder, and hold every file against PostgreSQL's manifest; raises `Unavailable`."""
    if binaries.major != base.version.partition(".")[0]:
        raise Unavailable(
            f"The base backup is of PostgreSQL {base.version}, and the programs in {binaries.folder} are of {binaries.version}."
        )
    folder = shelf.bases_folder / base.name
    try:
        with tarfile.open(folder / TAR, "r|gz") as tar:
            for member in tar:
                if stop.is_set():
                    return
                tar.extract(member, data, filter="data")
    except (tarfile.TarError, zlib.error, EOFError) as wrong:
        raise Unavailable(f"The base backup {folder} is damaged: {wrong}.") from wrong
    _run(binaries, "pg_verifybackup", ["--no-parse-wal", "--quiet", "--manifest-path", str(folder / MANIFEST), str(data)], "")
    data.chmod(0o700)
