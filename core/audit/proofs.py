"""Small documents that prove something about a tenant's audit log to somebody who does not trust us, and the log itself to check.

`docs/verify_audit.py` reads all three.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import msgspec

from core.audit.leaf import COLUMNS, leaf_bytes, time_text
from core.audit.verify import Reader, sealed_leaves
from weft.errors import Missing
from weft.merkle import consistency_proof, inclusion_proof, root_of

TOGETHER = 2000  # entries read at once


class Inclusion(msgspec.Struct, frozen=True, kw_only=True, tag_field="proof", tag="inclusion"):
    """One entry is in the log that had `root` at `size`; `leaf` is what is sealed of it, hashes are in hexadecimal."""

    position: int
    size: int
    leaf: str
    path: list[str]
    root: str


class Consistency(msgspec.Struct, frozen=True, kw_only=True, tag_field="proof", tag="consistency"):
    """The log that had `older_root` is the beginning of the one that has `root`: nothing in it was changed since."""

    older: int
    older_root: str
    size: int
    path: list[str]
    root: str


async def prove_inclusion(reader: Reader, schema: str, position: int) -> Inclusion:
    """Prove that one entry is in the log as it is sealed now; raises `Missing` for one that is not sealed."""
    leaves = await _all_leaves(reader, schema)
    rows = await reader.fetch(f"SELECT {COLUMNS} FROM platform.audit_entry WHERE tenant = $1 AND position = $2", schema, position)
    if not rows or position >= len(leaves):
        raise Missing(f"There is no sealed entry {position}.")
    path = [each.hex() for each in inclusion_proof(leaves, position)]
    return Inclusion(position=position, size=len(leaves), leaf=leaf_bytes(rows[0]).decode(), path=path, root=root_of(leaves).hex())


async def prove_consistency(reader: Reader, schema: str, older: int) -> Consistency:
    """Prove that the log at an older size is the beginning of the one that is sealed now; raises `Missing` for a size it never had."""
    leaves = await _all_leaves(reader, schema)
    if not 0 < older <= len(leaves):
        raise Missing(f"The log has {len(leaves)} sealed entries: there is no proof for {older}.")
    path = [each.hex() for each in consistency_proof(leaves, older)]
    return Consistency(older=older, older_root=root_of(leaves[:older]).hex(), size=len(leaves), path=path, root=root_of(leaves).hex())


async def export_log(reader: Reader, schema: str, name: str, at: datetime) -> AsyncIterator[str]:
    """Yield a tenant's sealed log as JSON lines: a heading, the seals, and the entries in their places."""
    seals = await reader.fetch("SELECT size, root, sealed_at FROM platform.audit_seal WHERE tenant = $1 ORDER BY size", schema)
    size = seals[-1]["size"] if seals else 0
    yield _line({"log": "weft audit log 1", "name": name, "size": size, "exported_at": time_text(at)})
    for seal in seals:
        yield _line({"seal": seal["size"], "root": seal["root"].hex(), "sealed_at": time_text(seal["sealed_at"])})
    for start in range(0, size, TOGETHER):
        rows = await reader.fetch(
            f"SELECT position, {COLUMNS} FROM platform.audit_entry"
            " WHERE tenant = $1 AND position >= $2 AND position < $3 AND position < $4 ORDER BY position",
            *(schema, start, start + TOGETHER, size),
        )
        for row in rows:
            yield f'{{"position":{row["position"]},"entry":{leaf_bytes(row).decode()}}}\n'


async def _all_leaves(reader: Reader, schema: str) -> list[bytes]:
    return await sealed_leaves(reader, schema, -1, 2**62)


def _line(value: dict[str, Any]) -> str:
    return f"{msgspec.json.encode(value).decode()}\n"
