"""What PostgreSQL archives is kept whole or not at all; the same again is fine, another one of its name is not."""

import os
import random
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from infra.wal.shelf import Shelf
from weft.errors import Conflict, Invalid, Missing

SIZE = 1 << 20
NAME = "000000010000000000000007"


def segment(system: int = 4711, filling: int = 1, size: int = SIZE) -> bytes:
    """Return a WAL segment, as far as anybody but PostgreSQL can tell."""
    return (struct.pack("=HHIQI4xQII", 0xD118, 2, 1, 7 * SIZE, 0, system, SIZE, 8192) + random.Random(filling).randbytes(SIZE))[:size]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path / "wal")
    made.make()
    return made


def lay(shelf: Shelf, content: bytes, name: str = NAME) -> Path:
    (shelf.incoming / name).write_bytes(content)
    return shelf.incoming / name


def test_the_same_segment_again_is_fine_and_another_one_of_its_name_is_refused(shelf: Shelf) -> None:
    assert shelf.put(lay(shelf, segment())) is True
    assert shelf.put(lay(shelf, segment())) is False
    with pytest.raises(Conflict, match="two servers"):
        shelf.put(lay(shelf, segment(filling=2)))
    shelf.verify(NAME)
    unpacked = subprocess.run(["gzip", "-dc", str(shelf.segments / f"{NAME}.gz")], capture_output=True, check=True).stdout
    assert unpacked == segment()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        (NAME, segment(size=SIZE - 1), "no whole WAL segment"),
        (NAME, b"", "no whole WAL segment"),
        ("../../etc/passwd", segment(), "no name of a file"),
        ("0000000100000000000000zz", segment(), "no name of a file"),
    ],
)
def test_what_is_no_segment_is_refused_and_leaves_nothing(shelf: Shelf, name: str, content: bytes, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        shelf.put(lay(shelf, content, "given"), name)
    assert list(shelf.segments.iterdir()) == []


def test_wal_of_another_database_is_refused(shelf: Shelf) -> None:
    shelf.put(lay(shelf, segment()))
    with pytest.raises(Conflict, match="another database"):
        shelf.put(lay(shelf, segment(system=4712)), "000000010000000000000008")
    assert len(list(shelf.segments.iterdir())) == 1


def test_a_segment_that_was_damaged_or_lost_since_is_found_out(shelf: Shelf) -> None:
    shelf.put(lay(shelf, segment()))
    file = shelf.segments / f"{NAME}.gz"
    whole = file.read_bytes()
    for broken in (whole[:-9], whole[:200] + bytes([whole[200] ^ 1]) + whole[201:]):
        file.write_bytes(broken)
        with pytest.raises(Invalid, match="damaged"):
            shelf.verify(NAME)
    file.unlink()
    with pytest.raises(Missing, match="gone"):
        shelf.verify(NAME)


def test_the_command_for_a_server_of_ones_own_says_by_its_exit_code_whether_the_segment_is_safe(shelf: Shelf, tmp_path: Path) -> None:
    file = tmp_path / NAME
    for content, code in ((segment(), 0), (segment(), 0), (segment(filling=2), 1)):
        file.write_bytes(content)
        command = [sys.executable, "-m", "infra", "wal", "put", str(file), "--in", str(shelf.folder)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ))
        assert ran.returncode == code, ran.stderr
    shelf.verify(NAME)


def test_what_was_laid_down_is_taken_in_in_order_and_is_gone_from_there(shelf: Shelf) -> None:
    lay(shelf, segment(), NAME)
    lay(shelf, segment(filling=3), "000000010000000000000008")
    lay(shelf, b"1\t0/5000000\tno recovery target specified\n", "00000002.history")
    (shelf.incoming / "archtemp.000000010000000000000009.1.2").write_bytes(b"half")
    assert shelf.take_in() == 3
    assert sorted(shelf.archived()) == [NAME, "000000010000000000000008"]
    assert [each.name for each in shelf.incoming.iterdir()] == ["archtemp.000000010000000000000009.1.2"]
