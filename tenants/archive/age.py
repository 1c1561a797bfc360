"""Archives that only the holder of a private key can read: in the age format (age-encryption.org/v1), which the tool `age` opens as well.

Inside is the plain tar of `parts.py`, with the business's data keys as one more member.
"""

import asyncio
import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NewType, cast
from uuid import UUID

import pyrage

from core.vault.locks import OwnKey
from core.vault.streams import SealedWriter, new_heading
from tenants.archive.exporting import Source, export_tenant
from tenants.archive.files import reading
from tenants.archive.manifest import Manifest
from tenants.archive.reading import Archive, Opened
from weft.errors import Invalid

Recipient = NewType("Recipient", object)
Identity = NewType("Identity", object)
MAGIC = b"age-encryption.org/v1\n"


def recipient_from(text: str) -> Recipient:
    """Return whom an archive is for: an age1… of age-keygen, or a line of an SSH public key (ed25519, rsa). Raises `Invalid`."""
    try:
        if text.startswith("ssh-"):
            return Recipient(pyrage.ssh.Recipient.from_str(text.strip()))
        return Recipient(pyrage.x25519.Recipient.from_str(text.strip()))
    except pyrage.RecipientError:
        what = text if len(text) < 80 else f"{text[:77]}…"
        raise Invalid(f"“{what}” is no public key: give age1… as `age-keygen` prints it, or the line of an SSH key.") from None


def identities_from(content: bytes) -> list[Identity]:
    """Return the private keys of a file: those of `age-keygen`, or an SSH key without a passphrase. Raises `Invalid`."""
    if content.lstrip().startswith(b"-----BEGIN"):
        try:
            return [Identity(pyrage.ssh.Identity.from_buffer(content))]
        except pyrage.IdentityError as wrong:
            raise Invalid(f"The private SSH key cannot be used: {wrong}.") from None
    found: list[Identity] = []
    for line in content.decode(errors="replace").splitlines():
        if line.strip() and not line.startswith("#"):
            try:
                found.append(Identity(pyrage.x25519.Identity.from_str(line.strip())))
            except pyrage.IdentityError:
                raise Invalid("The file of private keys holds a line that is none: give what `age-keygen` wrote, or an SSH key.") from None
    if not found:
        raise Invalid("The file of private keys holds none.")
    return found


def is_age(path: Path) -> bool:
    """Tell whether a file is in the age format."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


async def export_for(  # an export has as many ends
    source: Source,
    tenant_id: UUID,
    path: Path,
    recipients: Sequence[Recipient],
    at: datetime,
    *,
    keys: Mapping[int, bytes],
    told: Callable[[str], None] = lambda what: None,
) -> Manifest:
    """Write a business's archive to a file that only the recipients can read; it stands whole or not at all. Raises `Missing`.

    Nothing of it lies anywhere in the clear: it is sealed while it is written.
    """
    part = path.with_name(f"{path.name}.part")
    out, into = os.pipe()
    try:
        part.touch(0o600)
        with part.open("wb") as file, os.fdopen(out, "rb") as plain:
            sealing = asyncio.create_task(asyncio.to_thread(pyrage.encrypt_io, plain, file, list(recipients)))
            try:
                with os.fdopen(into, "wb") as sink:
                    manifest = await export_tenant(source, tenant_id, sink, at, told, keys=keys)
            finally:
                await asyncio.wait([sealing])  # the other end of the pipe is closed: it ends
            sealing.result()
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return manifest


@asynccontextmanager
async def opened_by(path: Path, identities: Sequence[Identity]) -> AsyncIterator[Opened]:
    """Open an archive in the age format; raises `Invalid` for one that is for somebody else, cut off or changed.

    age's files are read from front to back, archives from anywhere: it is laid into a nameless file, sealed with a key that is forgotten.
    """
    key, heading = secrets.token_bytes(32), new_heading(OwnKey(generation=1))
    with tempfile.TemporaryFile(prefix="weft-age-") as file:
        beside = cast("BinaryIO", file)

        def unpack() -> None:
            with path.open("rb") as sealed, SealedWriter(beside, key, heading) as sink:
                pyrage.decrypt_io(sealed, sink, list(identities))

        try:
            await asyncio.to_thread(unpack)
        except (pyrage.DecryptError, OSError) as wrong:
            raise Invalid(f"The archive cannot be opened: it is for another key, or was cut off or changed ({wrong}).") from None
        with reading(beside, key) as source:
            archive = await asyncio.to_thread(Archive, source)
            yield Opened(archive, await archive.keys())
