"""A stranger with the exported log, or one small proof, checks it with nothing but Python's library."""

import asyncio
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from core.audit.proofs import export_log, prove_consistency, prove_inclusion
from core.audit.seal import seal_tenant
from core.tenancy.tenant import LiveTenant
from infra.testing import Installation
from tests.audit.paper import Connection, as_owner, verdict, write
from weft import Missing

VERIFIER = Path(__file__).parents[2] / "docs" / "verify_audit.py"
SIZE = 13


@pytest.fixture
async def sealed(installation: Installation, tenant: LiveTenant) -> LiveTenant:
    """Return a tenant whose log has 13 entries under four seals."""
    await write(tenant, SIZE)
    await seal_tenant(installation.runtime.platform, tenant.schema, batch=4)
    return tenant


async def export(installation: Installation, tenant: LiveTenant) -> list[str]:
    return [line async for line in export_log(installation.runtime.platform, tenant.schema, tenant.name, datetime.now(UTC))]


async def ask(folder: Path, text: str | Sequence[str], *options: str) -> tuple[int, str]:
    """Run the verifier on a file of its own, without this installation's packages."""
    path = folder / "given"
    path.write_text(text if isinstance(text, str) else "".join(text))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", str(VERIFIER), str(path), *options), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


async def test_a_stranger_finds_the_exported_log_as_it_was_sealed(installation: Installation, sealed: LiveTenant, tmp_path: Path) -> None:
    now = await verdict(installation, sealed)
    root = f"{now.size}:{now.root.hex()}"
    assert await ask(tmp_path, await export(installation, sealed), "--root", root) == (
        *(0, f"13 entries are as they were sealed. Root: {root}\n"),
    )


async def test_people_of_the_tenant_export_their_own_log_alone(installation: Installation, sealed: LiveTenant, tmp_path: Path) -> None:
    other = await installation.new_tenant()
    async with sealed.transaction() as db:
        own = [line async for line in export_log(db, sealed.schema, sealed.name, datetime.now(UTC))]
    async with other.transaction() as db:
        foreign = [line async for line in export_log(db, sealed.schema, sealed.name, datetime.now(UTC))]
    assert len(own) == 1 + 4 + SIZE
    assert len(foreign) == 1, "nothing but the heading"
    assert (await ask(tmp_path, own))[0] == 0


def entries_of(lines: list[str]) -> list[int]:
    """Return where in the export the entries are."""
    return [number for number, line in enumerate(lines) if line.startswith('{"position"')]


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("change a value", "The seal over 8 entries does not fit them"),
        ("change a digit that a float would swallow", "The seal over 8 entries does not fit them"),
        ("leave one out", "Entry 5 is missing: entry 6 stands in its place."),
        ("leave the last out", "The log ends after 12 entries, and once had 13."),
        ("swap two", "Entry 5 is missing: entry 6 stands in its place."),
        ("repeat one", "Entry 6 is missing: entry 5 stands in its place."),
        ("change a seal", "The seal over 8 entries does not fit them"),
        ("leave the last seal out", "No seal covers the entries up to 13."),
    ],
)
async def test_a_stranger_names_what_was_done_to_an_export(
    installation: Installation, sealed: LiveTenant, tmp_path: Path, what: str, sentence: str
) -> None:
    lines = await export(installation, sealed)
    fifth, sixth, last = entries_of(lines)[5], entries_of(lines)[6], entries_of(lines)[-1]
    match what:
        case "change a value":
            lines[fifth] = lines[fifth].replace("priced", "prized")
        case "change a digit that a float would swallow":
            assert '"rate":1.5,' in lines[fifth]
            lines[fifth] = lines[fifth].replace('"rate":1.5,', '"rate":1.50000000000000000000001,')
        case "leave one out":
            del lines[fifth]
        case "leave the last out":
            del lines[last]
        case "swap two":
            lines[fifth], lines[sixth] = lines[sixth], lines[fifth]
        case "repeat one":
            lines.insert(fifth, lines[fifth])
        case "change a seal":
            row = json.loads(lines[2])
            lines[2] = json.dumps(row | {"root": "00" * 32}) + "\n"
        case "leave the last seal out":
            del lines[4]
    code, said = await ask(tmp_path, lines)
    assert code == 1
    assert sentence in said


async def test_a_root_written_down_earlier_shows_a_log_that_was_rewritten(
    installation: Installation, sealed: LiveTenant, superuser: Connection, tmp_path: Path
) -> None:
    was = await verdict(installation, sealed)
    await as_owner(superuser, "DELETE FROM platform.audit_seal WHERE tenant = $1", sealed.schema)
    await as_owner(superuser, "UPDATE platform.audit_entry SET position = NULL, action = 'forged' WHERE tenant = $1", sealed.schema)
    await seal_tenant(installation.runtime.platform, sealed.schema)
    lines = await export(installation, sealed)
    assert (await ask(tmp_path, lines))[0] == 0
    assert await ask(tmp_path, lines, "--root", f"{was.size}:{was.root.hex()}") == (
        *(1, "The log was rewritten: over 13 entries it had another root.\n"),
    )
    assert await ask(tmp_path, lines, "--root", f"99:{was.root.hex()}") == (1, "The log ends after 13 entries, and once had 99.\n")


@pytest.mark.parametrize("place", range(SIZE))
async def test_every_entry_can_be_proven_to_be_in_the_log(
    installation: Installation, sealed: LiveTenant, tmp_path: Path, place: int
) -> None:
    proof = await prove_inclusion(installation.runtime.platform, sealed.schema, place)
    text = msgspec.json.encode(proof).decode()
    code, said = await ask(tmp_path, text)
    assert code == 0
    assert f"The entry is number {place} of the log." in said
    forged = msgspec.structs.replace(proof, leaf=proof.leaf.replace("priced", "prized"))
    assert (await ask(tmp_path, msgspec.json.encode(forged).decode()))[0] == 1
    moved = msgspec.structs.replace(proof, position=(place + 1) % SIZE)
    assert (await ask(tmp_path, msgspec.json.encode(moved).decode()))[0] == 1


@pytest.mark.parametrize("older", [1, 2, 3, 4, 7, 8, 12, 13])
async def test_an_older_log_can_be_proven_to_be_the_beginning_of_the_newer(
    installation: Installation, sealed: LiveTenant, tmp_path: Path, older: int
) -> None:
    proof = await prove_consistency(installation.runtime.platform, sealed.schema, older)
    assert (await ask(tmp_path, msgspec.json.encode(proof).decode()))[0] == 0
    for forged in (
        msgspec.structs.replace(proof, older_root="00" * 32),
        msgspec.structs.replace(proof, root="00" * 32),
        msgspec.structs.replace(proof, path=[*proof.path, "00" * 32]),
        msgspec.structs.replace(proof, older=SIZE + 1),
    ):
        code, said = await ask(tmp_path, msgspec.json.encode(forged).decode())
        assert code == 1, said


async def test_what_is_not_sealed_cannot_be_proven(installation: Installation, sealed: LiveTenant) -> None:
    await write(sealed, 1)
    for place in (SIZE, -1, 99):
        with pytest.raises(Missing):
            await prove_inclusion(installation.runtime.platform, sealed.schema, place)
    for older in (0, SIZE + 1):
        with pytest.raises(Missing):
            await prove_consistency(installation.runtime.platform, sealed.schema, older)


@pytest.mark.parametrize(
    "text", ["", "not json", "[]", "{}", '{"log": "weft audit log 2"}', '{"proof": "other"}', '{"proof": "inclusion"}']
)
async def test_what_is_neither_log_nor_proof_is_told_apart_from_tampering(tmp_path: Path, text: str) -> None:
    code, said = await ask(tmp_path, text)
    assert code == 2
    assert "cannot be read" in said


async def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, str(VERIFIER), str(tmp_path / "none"), stderr=asyncio.subprocess.DEVNULL)
    assert await process.wait() == 2
