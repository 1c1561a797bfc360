"""The auditor's bundle holds the books whole, and the published program checks it with Python alone."""

import csv
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import msgspec
import pytest

from plugins.accounting.services import bundling, sealing
from plugins.accounting.tests.conftest import Books, line
from weft import Conflict, Tenant

from .conftest import Tamperer

ROOT = Path(__file__).parents[4]
VERIFIER = ROOT / "docs" / "verify_ledger.py"


def verified(path: Path, *more: str) -> tuple[int, str]:
    """Run the program as an auditor would; returns its exit code and what it told."""
    ran = subprocess.run([sys.executable, "-I", str(VERIFIER), str(path), *more], capture_output=True, text=True, check=False, timeout=60)
    return ran.returncode, ran.stdout + ran.stderr


async def bundle(tenant: Tenant, to: Path) -> Path:
    """Make a bundle and keep it on the disk."""
    made = await bundling.make_bundle(tenant)
    async with tenant.transaction():
        content = b"".join([part async for part in tenant.files.read(made.file)])
    assert len(content) == made.bytes
    to.write_bytes(content)  # noqa: ASYNC240 (a test's own small file)
    return to


def rewritten(path: Path, name: str, old: str, new: str) -> Path:
    """Return a bundle in which a text of one file is another."""
    changed = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(changed, "w") as after:
        for each in before.namelist():
            content = before.read(each)
            if each == name:
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode(), 1)
            after.writestr(each, content)
    return changed


async def test_a_bundle_holds_all_and_is_verified_with_python_alone(sealed: Books, tmp_path: Path) -> None:
    await sealed.post(line("6100", "99.90", description="=1+1"), line("1000", "-99.90"))
    path = await bundle(sealed.tenant, tmp_path / "books.zip")
    code, told = verified(path)
    root = (await sealing.heads(sealed.tenant))[0].root.hex()
    assert (code, told.splitlines()) == (
        0,
        [
            f"8 entries with 16 lines are as they were sealed, balance, and lack no number. Root: 8:{root}",
            "entries.csv and trial_balance.csv say the same.",
        ],
    )
    with zipfile.ZipFile(path) as found:
        assert found.testzip() is None
        assert found.read("verify_ledger.py") == VERIFIER.read_bytes()
        assert found.read("verify_audit.py") == (ROOT / "docs" / "verify_audit.py").read_bytes()
        assert f"--root 8:{root}" in found.read("README.txt").decode()
        entries = list(csv.DictReader(io.StringIO(found.read("entries.csv").decode())))
        chart = {row["Account id"]: row["Account"] for row in csv.DictReader(io.StringIO(found.read("accounts.csv").decode()))}
        assert [chart[row["Account id"]] for row in entries[-2:]] == ["6100", "1000"]
        assert entries[-2]["Description"] == "'=1+1", "a spreadsheet takes no text for a formula"
        trial = list(csv.DictReader(io.StringIO(found.read("trial_balance.csv").decode())))
        assert [row["Balance"] for row in trial] == ["-99.90", "1689.50", "-1689.50", "99.90", "0.00"]
        assert found.read("audit.jsonl").startswith(b'{"log":"weft audit log 1"')


async def test_a_bundle_that_was_changed_is_refused(sealed: Books, tmp_path: Path) -> None:
    path = await bundle(sealed.tenant, tmp_path / "books.zip")
    for name, old, new, told in (
        ("ledger.jsonl", "Müller", "Mueller", "The seal over 3 entries does not fit them"),
        ("ledger.jsonl", '"amount":"240.50"', '"amount":"250.50"', "Entry GEN/2026/00001 does not balance: 10.00"),
        ("ledger.jsonl", '"number":2,', '"number":3,', "Entry GEN/2026/00003: its number is taken twice"),
        ("entries.csv", ",240.50,", ",241.50,", "entries.csv says something else of account"),
        ("trial_balance.csv", "1689.50", "1689.51", "trial_balance.csv says something else of account"),
    ):
        code, answer = verified(rewritten(path, name, old, new))
        assert code == 1, name
        assert told in answer
    assert verified(path, "--root", f"4:{'0' * 64}") == (1, "The books were rewritten: over 4 entries they had another root.\n")
    assert verified(path, "--root", f"9:{'0' * 64}") == (1, "The books end after 7 entries, and once had 9.\n")
    garbage = tmp_path / "garbage"
    garbage.write_bytes(b"\x00\xff")
    assert verified(garbage)[0] == 2


async def test_books_that_were_changed_below_do_not_pass_as_sealed(sealed: Books, tamperer: Tamperer, tmp_path: Path) -> None:
    first = "(SELECT s.entry FROM accounting_sealed s WHERE s.position = 0)"
    await tamperer.run(f"UPDATE accounting_line SET amount = amount * 2, base = base * 2 WHERE entry = {first}")
    code, told = verified(await bundle(sealed.tenant, tmp_path / "books.zip"))
    assert (code, "The seal over 3 entries does not fit them" in told) == (1, True)


async def test_each_proof_is_verified_with_python_alone(sealed: Books, tmp_path: Path) -> None:
    rows = await sealed.figures("SELECT s.entry FROM accounting_sealed s ORDER BY s.position")
    proof = await sealing.prove_entry(sealed.tenant, rows[4]["entry"])
    growth = await sealing.prove_growth(sealed.tenant, 3)
    for made, told in ((proof, "The entry is number 4 of the books."), (growth, "The books of 3 entries are the beginning of those of 7.")):
        path = tmp_path / "proof.json"
        path.write_bytes(msgspec.json.encode(made))
        assert verified(path)[1].startswith(told)
        path.write_bytes(msgspec.json.encode(msgspec.structs.replace(made, root="00" * 32)))
        assert verified(path)[0] == 1
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(proof, leaf=proof.leaf.replace("Müller", "Meier"))))
    assert verified(path) == (1, "The entry is not in the books with this root.\n")


async def test_nothing_posted_gives_no_bundle(books: Books) -> None:
    with pytest.raises(Conflict, match="Nothing is posted yet"):
        await bundling.make_bundle(books.tenant)
    assert await bundling.latest(books.tenant) == []
