"""Archives that somebody made to do harm, or that broke on the way: each is refused whole, with the reason, and leaves nothing behind."""

import hashlib
import io
import tarfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from infra.testing import Installation
from tenants.archive.exporting import export_tenant
from tenants.archive.importing import Wanted, import_tenant
from tenants.archive.manifest import KEYS, NAME
from tenants.archive.reading import Archive, Opened
from tests.archive.conftest import Connection, source_of, target_of
from weft.errors import Conflict, Invalid

SQL = 'catalogue_unit"; DROP SCHEMA platform CASCADE; --'


@dataclass
class Forged:
    """The members of an archive, to be changed at will; `put` keeps the manifest true to what it changes."""

    members: dict[str, bytes]

    @property
    def manifest(self) -> Any:
        return msgspec.json.decode(self.members[NAME])

    def change(self, change: Callable[[Any], None]) -> "Forged":
        """Change the manifest alone."""
        manifest = self.manifest
        change(manifest)
        return Forged({**self.members, NAME: msgspec.json.encode(manifest)})

    def put(self, name: str, content: bytes, **facts: object) -> "Forged":
        """Change what a part holds, and all that the manifest says of it."""
        packed = content if name.startswith("files/") else packed_(content)
        manifest = self.manifest
        part = next(each for each in manifest["parts"] if each["name"] == name)
        part |= {"size": len(content), "packed": len(packed), "sha256": hashlib.sha256(content).hexdigest(), **facts}
        if part["table"]:
            part["rows"] = content.count(b"\n")
        return Forged({**self.members, name: packed, NAME: msgspec.json.encode(manifest)})

    def add_keys(self, content: bytes) -> "Forged":
        """Add a part with keys, in the manifest too."""
        packed, name = packed_(content), f"{KEYS}.gz"
        part = {"name": name, "kind": "keys", "size": len(content), "packed": len(packed), "sha256": hashlib.sha256(content).hexdigest()}
        changed = self.change(lambda manifest: manifest["parts"].append(part))
        return Forged({name: packed, **changed.members})

    def rename(self, old: str, new: str, table: str = "") -> "Forged":
        """Give a member another name, in the manifest too."""
        manifest = self.manifest
        part = next(each for each in manifest["parts"] if each["name"] == old)
        part |= {"name": new, "table": table or part["table"]}
        members = {new if name == old else name: content for name, content in self.members.items()}
        return Forged({**members, NAME: msgspec.json.encode(manifest)})

    def written(self, extra: tarfile.TarInfo | None = None) -> io.BytesIO:
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT) as tar:
            for name, content in self.members.items():
                info = tarfile.TarInfo(name)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
            if extra:
                tar.addfile(extra)
        return file


def packed_(content: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(content) + packer.flush()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def honest(installation: Installation) -> Forged:
    """Return the members of a true archive of a small business with a file."""
    tenant = await installation.new_tenant("catalogue")
    async with tenant.transaction(unaudited="a test's file"):
        await tenant.files.put("note.txt", "text/plain", b"hello")
    file = io.BytesIO()
    await export_tenant(source_of(installation), tenant.id, file, installation.clock())
    file.seek(0)
    with tarfile.open(fileobj=file) as tar:
        return Forged({each.name: found.read() for each in tar if (found := tar.extractfile(each))})


UNITS = "tables/catalogue_unit.copy.gz"
AUDIT = "platform/audit_entry.copy.gz"


def link() -> tarfile.TarInfo:
    info = tarfile.TarInfo("files/link")
    info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return info


def forgeries(true: Forged) -> Mapping[str, tuple[io.BytesIO, str]]:
    """Return what is wrong, the archive in which it is, and what is said of it."""
    text = zlib.decompress(true.members[UNITS], 31)
    file = next(name for name in true.members if name.startswith("files/"))
    bomb = packed_(bytes(50_000_000))
    columns = next(each for each in true.manifest["parts"] if each["name"] == UNITS)["columns"]

    def part(manifest: Any, name: str) -> Any:
        return next(each for each in manifest["parts"] if each["name"] == name)

    return {
        "a part was changed": (Forged({**true.members, UNITS: packed_(text[:-1] + b"\t")}).written(), "another size|checksum"),
        "a file was changed": (Forged({**true.members, file: b"hullo"}).written(), "checksum is another one"),
        "a part is missing": (Forged({k: v for k, v in true.members.items() if k != UNITS}).written(), "lacks"),
        "a part is too many": (Forged({"evil": b"", **true.members}).written(), "does not name"),
        "there is no manifest": (Forged({k: v for k, v in true.members.items() if k != NAME}).written(), "no manifest"),
        "the manifest is no JSON": (Forged({**true.members, NAME: b"{"}).written(), "manifest cannot be read"),
        "it is from the future": (true.change(lambda m: m.update(format=9)).written(), "format 9"),
        "a name leads out of it": (true.rename(file, "../../../etc/passwd").written(), "cannot have that name"),
        "a table's name is SQL": (true.rename(UNITS, f"tables/{SQL}.copy.gz", SQL).written(), "cannot have that name"),
        "a column's name is SQL": (true.change(lambda m: part(m, UNITS).update(columns=[*columns[1:], SQL])).written(), "names columns"),
        "a column is not the table's": (
            true.change(lambda m: part(m, UNITS).update(columns=[*columns[1:], "nonsense"])).written(),
            "other columns",
        ),
        "a table is the platform's": (true.rename(UNITS, "platform/person.copy.gz", "person").written(), "cannot have that name"),
        "a table is of no module": (true.rename(UNITS, "tables/evil.copy.gz", "evil").written(), "lacks the table catalogue_unit"),
        "rows name their tenant": (
            true.change(lambda m: part(m, AUDIT)["columns"].__setitem__(0, "tenant")).written(),
            "cannot have that name",
        ),
        "a link": (true.written(extra=link()), "no plain file"),
        "a member twice": (Forged({**true.members}).written(extra=tarfile.TarInfo(UNITS)), "twice"),
        "it was cut off": (io.BytesIO(true.written().getvalue()[:-15000]), "cut off|no manifest|no tar"),
        "it is no archive": (io.BytesIO(b"<html>" * 500), "no tar"),
        "a bomb that says so": (
            Forged({**true.members, UNITS: bomb}).change(lambda m: part(m, UNITS).update(size=50_000_000, packed=len(bomb))).written(),
            "no real one does",
        ),
        "a bomb that lies": (
            Forged({**true.members, UNITS: bomb}).change(lambda m: part(m, UNITS).update(packed=len(bomb))).written(),
            "more than its manifest says",
        ),
        "a newer module": (
            true.change(lambda m: m["modules"][0].update(version="99.0")).written(),
            "is installed here: install 99.0 or newer",
        ),
        "a module that is not here": (true.change(lambda m: m["modules"][0].update(key="alchemy")).written(), "“alchemy”"),
        "a migration that is not here": (
            true.change(lambda m: m["modules"][0]["migrations"].append("catalogue_9999_x")).written(),
            "not known here",
        ),
        "a newer platform": (true.change(lambda m: m.update(platform="9999_future.sql")).written(), "newer Weft"),
        "keys that are none": (true.add_keys(b'{"1":"c2hvcnQ="}').written(), "what is no key"),
        "keys under no number": (true.add_keys(b'{"one":"c2hvcnQ="}').written(), "keys cannot be read"),
        "rows that are none": (true.put(UNITS, b"not\ta\trow\n").written(), "does not take"),
        "rows that break a constraint": (true.put(UNITS, text + text.splitlines(keepends=True)[0]).written(), "does not take"),
        "a role nobody made": (
            true.put(
                "people.json.gz",
                b'{"roles":[],"members":[{"person":"01a20404-23a2-7287-a052-c840fa3ba96d","name":"Eve","email":"eve@evil.example",'
                b'"roles":["01a20404-23a2-7287-a052-c840fa3ba96e"],"joined_at":"2026-01-01T00:00:00Z","disabled_at":null}]}',
            ).written(),
            "a role it does not have",
        ),
    }


async def standing(superuser: Connection) -> list[Any]:
    """Return everything that an import could leave behind."""
    return [
        await superuser.fetchval("SELECT count(*) FROM platform.tenant"),
        await superuser.fetchval("SELECT count(*) FROM pg_roles WHERE rolname ~ '^t_'"),
        await superuser.fetchval("SELECT count(*) FROM pg_namespace WHERE nspname ~ '^t_'"),
        await superuser.fetchval("SELECT count(*) FROM platform.file_waste"),
        await superuser.fetchval("SELECT count(*) FROM platform.audit_entry"),
        await superuser.fetchval("SELECT count(*) FROM platform.role"),
    ]


async def test_every_forgery_is_refused_with_its_reason_and_leaves_nothing_behind(
    installation: Installation, superuser: Connection, honest: Forged
) -> None:
    before = await standing(superuser)
    for what, (file, reason) in forgeries(honest).items():
        with pytest.raises(Invalid, match=reason):
            archive = Archive(file)
            await import_tenant(target_of(installation), Opened(archive, await archive.keys()), Wanted("forged"))
            pytest.fail(what)
        assert await standing(superuser) == before, what
    made = await import_tenant(target_of(installation), Opened(Archive(honest.written())), Wanted("honest"))
    assert made.files == 1
    with pytest.raises(Conflict, match="taken"):
        await import_tenant(target_of(installation), Opened(Archive(honest.written())), Wanted("honest"))
