"""An archive for a public key: only who has the private one reads it, with Weft or with any tool that knows age."""

import asyncio
import io
import shutil
import subprocess
import tarfile
from pathlib import Path

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from core.tenancy.tenant import LiveTenant
from infra.testing import Installation
from tenants.archive.age import export_for, identities_from, is_age, opened_by, recipient_from
from tenants.archive.importing import Wanted, import_tenant
from tenants.archive.manifest import KEYS, NAME
from tests.archive.conftest import source_of, target_of
from weft.errors import Invalid, Missing
from weft.ids import new_id


def names(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


async def exported(installation: Installation, tenant: LiveTenant, path: Path, *recipients: str) -> None:
    keys = (await installation.runtime.vault.keys_of(tenant.schema)).keys
    known = [recipient_from(each) for each in recipients]
    await export_for(source_of(installation), tenant.id, path, known, installation.clock(), keys=keys)


async def test_it_comes_in_again_with_its_keys_by_the_private_key_alone(
    installation: Installation, elsewhere: Installation, tmp_path: Path
) -> None:
    tenant = await installation.new_tenant("catalogue")
    async with tenant.transaction(unaudited="a test's file"):
        await tenant.files.put("note.txt", "text/plain", b"secret words" * 20_000)
    mine, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    ssh = Ed25519PrivateKey.generate()
    line = ssh.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    file = tmp_path / "away.age"
    await exported(installation, tenant, file, str(mine.to_public()), line)
    assert (is_age(file), b"secret words" in file.read_bytes(), names(tmp_path)) == (True, False, {file.name, "files"})
    written = f"# created: today\n# public key: {mine.to_public()}\n{mine}\n".encode()
    by_ssh = ssh.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    for content, slug in ((written, "by-age"), (by_ssh, "by-ssh")):
        async with opened_by(file, identities_from(content)) as opened:
            made = await import_tenant(target_of(elsewhere), opened, Wanted(slug, people=False))
        assert made.files == 1
        there, here = await elsewhere.runtime.vault.keys_of(made.schema), await installation.runtime.vault.keys_of(tenant.schema)
        assert dict(there.keys) == dict(here.keys)
    whole = file.read_bytes()
    for content, identity in ((whole, other), (whole[:-1], mine), (whole[:-70_000], mine), (whole[:-9] + b"x" + whole[-8:], mine)):
        file.write_bytes(content)
        with pytest.raises(Invalid, match="for another key, or was cut off or changed"):
            async with opened_by(file, identities_from(str(identity).encode())):
                pass


async def test_inside_is_a_plain_tar_with_the_keys_of_the_business_as_any_tool_shows_it(installation: Installation, tmp_path: Path) -> None:
    tenant = await installation.new_tenant("catalogue")
    mine, file = pyrage.x25519.Identity.generate(), tmp_path / "away.age"
    await exported(installation, tenant, file, str(mine.to_public()))
    if tool := shutil.which("age"):
        (tmp_path / "key.txt").write_text(f"{mine}\n")
        command = [tool, "--decrypt", "--identity", str(tmp_path / "key.txt"), str(file)]
        content = await asyncio.to_thread(subprocess.check_output, command)
    else:
        content = pyrage.decrypt(file.read_bytes(), [mine])
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        found = tar.getnames()
    assert (found[-1], f"{KEYS}.gz" in found, "tables/catalogue_unit.copy.gz" in found) == (NAME, True, True)


async def test_an_export_that_fails_leaves_no_file(installation: Installation, tmp_path: Path) -> None:
    recipient = recipient_from(str(pyrage.x25519.Identity.generate().to_public()))
    with pytest.raises(Missing):
        await export_for(source_of(installation), new_id(), tmp_path / "none.age", [recipient], installation.clock(), keys={})
    assert names(tmp_path) == set()


@pytest.mark.parametrize("text", ["", "age1nonsense", "ssh-ed25519 AAAA", "AGE-SECRET-KEY-1QQQ"])
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="is no public key"):
        recipient_from(text)


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"age1xyz\n", b"-----BEGIN OPENSSH PRIVATE KEY-----\nAA==\n", bytes(range(256))])
def test_what_is_no_private_key_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="private"):
        identities_from(content)
