"""Whatever somebody with all rights does to a sealed log is found, and named: where, and what it was."""

import pytest

from core.audit.seal import seal_tenant
from core.audit.tampering import Kind
from core.audit.verify import Anchor
from core.tenancy.tenant import LiveTenant
from infra.testing import Installation
from tests.audit.paper import Connection, as_owner, verdict, write

MINE = "tenant = $1 AND position"


@pytest.fixture
async def sealed(installation: Installation, tenant: LiveTenant) -> LiveTenant:
    """Return a tenant whose log has 12 entries under three seals."""
    for _ in range(3):
        await write(tenant, 4)
        await seal_tenant(installation.runtime.platform, tenant.schema)
    return tenant


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("at", "at + interval '1 microsecond'"),
        ("actor", "gen_random_uuid()"),
        ("actor_name", "'Somebody else'"),
        ("via", "'session'"),
        ("request_id", "'x'"),
        ("action", "'deleted'"),
        ("record_kind", "'notes.other'"),
        ("record_id", "gen_random_uuid()"),
        ("record_id", "NULL"),
        ("record_title", "record_title || ' '"),
        ("before", 'before || \'{"price": "9.00"}\''),
        ("after", "after - 'price'"),
        ("after", "jsonb_set(after, '{rate}', '1.50')"),
        ("after", "jsonb_set(after, '{tags,1}', 'false')"),
        ("after", "jsonb_set(after, '{Ä,a}', '3')"),
    ],
)
async def test_a_field_that_was_changed(
    installation: Installation, superuser: Connection, sealed: LiveTenant, change: str, value: str
) -> None:
    sql = f"UPDATE platform.audit_entry SET {change} = {value} WHERE {MINE} = $2"
    for place in (11, 5, 0):
        assert await as_owner(superuser, sql, sealed.schema, place) == "UPDATE 1"
        found = (await verdict(installation, sealed)).tampering
        assert found is not None
        assert (found.kind, found.position) == ("changed", place), "the first entry that differs is named"
        assert found.sentence == f"Entry {place} was changed after it was sealed."


@pytest.mark.parametrize(
    ("sql", "kind", "place"),
    [
        (f"DELETE FROM platform.audit_entry WHERE {MINE} = 5", "missing", 5),
        (f"DELETE FROM platform.audit_entry WHERE {MINE} = 0", "missing", 0),
        (f"DELETE FROM platform.audit_entry WHERE {MINE} = 11", "missing", 11),
        (f"DELETE FROM platform.audit_entry WHERE {MINE} >= 8", "missing", 8),
        (f"UPDATE platform.audit_entry SET position = NULL WHERE {MINE} = 6", "missing", 6),
        (f"UPDATE platform.audit_entry SET tenant = 't_elsewhere0' WHERE {MINE} = 3", "missing", 3),
        (f"UPDATE platform.audit_entry SET position = 20 WHERE {MINE} = 11", "missing", 11),
        (f"UPDATE platform.audit_entry SET position = -1 WHERE {MINE} = 0", "missing", 0),
        ("DELETE FROM platform.audit_seal WHERE tenant = $1 AND size = 4", "seal", 8),
        ("DELETE FROM platform.audit_seal WHERE tenant = $1 AND size = 8", "seal", 12),
        ("DELETE FROM platform.audit_seal WHERE tenant = $1 AND size = 12", "inserted", 8),
        (r"UPDATE platform.audit_seal SET root = '\x00' WHERE tenant = $1 AND size = 8", "seal", 8),
        (r"UPDATE platform.audit_seal SET peaks = '{}' WHERE tenant = $1 AND size = 8", "seal", 8),
        ("UPDATE platform.audit_seal SET size = 7 WHERE tenant = $1 AND size = 8", "seal", 7),
        (
            r"UPDATE platform.audit_seal SET leaves = set_byte(leaves, 40, 255 - get_byte(leaves, 40)) WHERE tenant = $1 AND size = 8",
            "changed",
            5,
        ),
        ("UPDATE platform.audit_seal SET leaves = substr(leaves, 33) WHERE tenant = $1 AND size = 8", "seal", 8),
    ],
)
async def test_what_was_taken_away_or_moved_aside(
    installation: Installation, superuser: Connection, sealed: LiveTenant, sql: str, kind: Kind, place: int
) -> None:
    assert await as_owner(superuser, sql, sealed.schema) not in ("UPDATE 0", "DELETE 0")
    found = (await verdict(installation, sealed)).tampering
    assert found is not None
    assert (found.kind, found.position) == (kind, place), found


async def renumber(superuser: Connection, schema: str, low: int, by: int) -> None:
    """Give every entry from a place on another place, without two ever sharing one."""
    await as_owner(superuser, f"UPDATE platform.audit_entry SET position = position + 1000 WHERE {MINE} >= $2", schema, low)
    await as_owner(superuser, f"UPDATE platform.audit_entry SET position = position - 1000 + $2 WHERE {MINE} >= 1000", schema, by)


@pytest.mark.parametrize("place", [0, 3, 5, 7, 10])
async def test_an_entry_that_was_taken_out_while_later_ones_moved_up(
    installation: Installation, superuser: Connection, sealed: LiveTenant, place: int
) -> None:
    await as_owner(superuser, f"DELETE FROM platform.audit_entry WHERE {MINE} = $2", sealed.schema, place)
    await renumber(superuser, sealed.schema, place, -1)
    found = (await verdict(installation, sealed)).tampering
    assert found is not None
    assert (found.kind, found.position) == ("missing", place)
    assert "later ones were given other places" in found.sentence


@pytest.mark.parametrize("place", [0, 3, 5, 7, 11])
async def test_an_entry_that_was_put_in_while_later_ones_moved_down(
    installation: Installation, superuser: Connection, sealed: LiveTenant, place: int
) -> None:
    await renumber(superuser, sealed.schema, place, 1)
    await superuser.execute(
        "INSERT INTO platform.audit_entry (id, tenant, actor_name, via, action, record_kind, position)"
        " VALUES (uuidv7(), $1, 'Nobody', 'job', 'invented', 'notes.note', $2)",
        sealed.schema,
        place,
    )
    found = (await verdict(installation, sealed)).tampering
    assert found is not None
    assert (found.kind, found.position) == ("inserted", place)


async def test_an_entry_that_was_put_behind_the_end(installation: Installation, superuser: Connection, sealed: LiveTenant) -> None:
    await superuser.execute(
        "INSERT INTO platform.audit_entry (id, tenant, actor_name, via, action, record_kind, position)"
        " VALUES (uuidv7(), $1, 'Nobody', 'job', 'invented', 'notes.note', 12)",
        sealed.schema,
    )
    found = (await verdict(installation, sealed)).tampering
    assert found is not None
    assert (found.kind, found.position) == ("inserted", 12)


@pytest.mark.parametrize(("one", "other"), [(1, 2), (0, 3), (4, 9), (3, 4)])
async def test_two_entries_that_changed_places(
    installation: Installation, superuser: Connection, sealed: LiveTenant, one: int, other: int
) -> None:
    swap = "UPDATE platform.audit_entry SET position = $3 WHERE tenant = $1 AND position = $2"
    for low, high in ((one, 1000), (other, one), (1000, other)):
        assert await as_owner(superuser, swap, sealed.schema, low, high) == "UPDATE 1"
    found = (await verdict(installation, sealed)).tampering
    assert found is not None
    assert (found.kind, found.position) == ("moved", one)


async def forge(installation: Installation, superuser: Connection, tenant: LiveTenant, size: int) -> None:
    """Do what only a root written down elsewhere can show: change the log, throw its seals away, and seal it anew."""
    await as_owner(superuser, "DELETE FROM platform.audit_seal WHERE tenant = $1", tenant.schema)
    await as_owner(superuser, f"DELETE FROM platform.audit_entry WHERE {MINE} >= $2", tenant.schema, size)
    await as_owner(superuser, "UPDATE platform.audit_entry SET position = NULL, actor_name = 'Forged' WHERE tenant = $1", tenant.schema)
    await seal_tenant(installation.runtime.platform, tenant.schema)


async def test_a_log_that_was_rewritten_as_a_whole_is_found_by_a_root_written_down_elsewhere(
    installation: Installation, superuser: Connection, sealed: LiveTenant
) -> None:
    was = await verdict(installation, sealed)
    await forge(installation, superuser, sealed, 12)
    assert (await verdict(installation, sealed)).tampering is None, "the log alone cannot show this"
    found = (await verdict(installation, sealed, anchor=Anchor(was.size, was.root))).tampering
    assert found is not None
    assert (found.kind, found.position) == ("rewritten", 12)


async def test_a_log_that_was_cut_short_with_its_seals_is_found_by_a_root_written_down_elsewhere(
    installation: Installation, superuser: Connection, sealed: LiveTenant
) -> None:
    was = await verdict(installation, sealed)
    await forge(installation, superuser, sealed, 8)
    found = (await verdict(installation, sealed, anchor=Anchor(was.size, was.root))).tampering
    assert found is not None
    assert (found.kind, found.position) == ("truncated", 8)


async def test_a_root_written_down_between_two_seals_holds(installation: Installation, sealed: LiveTenant) -> None:
    was = await verdict(installation, sealed)
    await write(sealed, 3)
    await seal_tenant(installation.runtime.platform, sealed.schema)
    told: list[tuple[int, int]] = []
    now = await verdict(installation, sealed, anchor=Anchor(was.size, was.root), progress=lambda done, of: told.append((done, of)))
    assert (now.size, now.tampering) == (15, None)
    assert told == [(4, 15), (8, 15), (12, 15), (15, 15)]


async def test_a_log_that_nobody_touched_is_well_and_what_waits_is_counted(installation: Installation, tenant: LiveTenant) -> None:
    assert (await verdict(installation, tenant)).size == 0
    await write(tenant, 2)
    found = await verdict(installation, tenant)
    assert (found.size, found.unsealed, found.tampering) == (0, 2, None)
