"""The tables of contacts. Columns are a list of data here: one line each says what differs from a NOT NULL column without a default."""

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.base import OnDelete
from piccolo.columns.column_types import JSONB, UUID, Array, Boolean, ForeignKey, Integer, SmallInt, Text, Timestamptz
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.table import Table

ID = "contacts_0001_tables"
VERSION = "1.38.0"
DESCRIPTION = "Parties with their contact points, addresses, identifiers and relations"


class Party(Table, tablename="contacts_party", schema=None):
    """What foreign keys point to."""

    id = UUID(primary_key=True, default=None)


PRIMARY = {"primary_key": True, "default": None}
EMPTY = {"default": ""}
NOW = {"default": TimestamptzNow()}
NEVER = {"default": None, "null": True}
TEXTS = {"base_column": Text(), "default": list}
OF_A_PARTY = {"references": Party, "on_delete": OnDelete.cascade}

COLUMNS: dict[tuple[str, str], list[tuple[str, type, dict[str, Any]]]] = {
    ("Party", "contacts_party"): [
        ("id", UUID, PRIMARY),
        ("kind", Text, {}),
        ("name", Text, {}),
        ("legal_name", Text, EMPTY),
        ("given_name", Text, EMPTY),
        ("family_name", Text, EMPTY),
        ("language", Text, EMPTY),
        ("notes", Text, EMPTY),
        ("tags", Array, TEXTS),
        ("sort_name", Text, {}),
        ("match_key", Text, {}),
        ("search_text", Text, {}),
        ("email", Text, EMPTY),
        ("phone", Text, EMPTY),
        ("city", Text, EMPTY),
        ("country", Text, EMPTY),
        ("archived_at", Timestamptz, NEVER),
        ("merged_into", ForeignKey, {"references": Party, "on_delete": OnDelete.restrict, "default": None, "null": True}),
        ("version", Integer, {"default": 1}),
        ("created_at", Timestamptz, NOW),
        ("updated_at", Timestamptz, NOW),
    ],
    ("ContactPoint", "contacts_point"): [
        ("id", UUID, PRIMARY),
        ("party", ForeignKey, OF_A_PARTY),
        ("kind", Text, {}),
        ("value", Text, {}),
        ("label", Text, EMPTY),
        ("position", SmallInt, {"default": 0}),
    ],
    ("PostalAddress", "contacts_address"): [
        ("id", UUID, PRIMARY),
        ("party", ForeignKey, OF_A_PARTY),
        ("kind", Text, EMPTY),
        ("lines", Array, TEXTS),
        ("postcode", Text, EMPTY),
        ("city", Text, EMPTY),
        ("region", Text, EMPTY),
        ("country", Text, EMPTY),
        ("position", SmallInt, {"default": 0}),
    ],
    ("Identifier", "contacts_identifier"): [
        ("id", UUID, PRIMARY),
        ("party", ForeignKey, OF_A_PARTY),
        ("scheme", Text, {}),
        ("value", Text, {}),
        ("shared", Boolean, {"default": False}),
        ("position", SmallInt, {"default": 0}),
    ],
    ("Relation", "contacts_relation"): [
        ("id", UUID, PRIMARY),
        ("kind", Text, {}),
        ("subject", ForeignKey, OF_A_PARTY),
        ("object", ForeignKey, OF_A_PARTY),
        ("note", Text, EMPTY),
        ("created_at", Timestamptz, NOW),
    ],
    ("Attachment", "contacts_attachment"): [
        ("id", UUID, PRIMARY),
        ("party", ForeignKey, OF_A_PARTY),
        ("file", UUID, {}),
        ("name", Text, {}),
        ("media_type", Text, {}),
        ("size", Integer, {}),
        ("note", Text, EMPTY),
        ("added_by", Text, EMPTY),
        ("created_at", Timestamptz, NOW),
    ],
    ("Tag", "contacts_tag"): [("name", Text, {"primary_key": True})],
    ("Merge", "contacts_merge"): [
        ("id", UUID, PRIMARY),
        ("kept", ForeignKey, OF_A_PARTY),
        ("merged", ForeignKey, OF_A_PARTY),
        ("kept_version", Integer, {}),
        ("before", JSONB, {}),
        ("merged_at", Timestamptz, NOW),
        ("merged_by", Text, EMPTY),
        ("undone_at", Timestamptz, NEVER),
    ],
    ("Duplicate", "contacts_duplicate"): [
        ("id", UUID, PRIMARY),
        ("first", ForeignKey, OF_A_PARTY),
        ("second", ForeignKey, OF_A_PARTY),
        ("reasons", Array, TEXTS),
        ("score", SmallInt, {"default": 0}),
        ("dismissed", Boolean, {"default": False}),
        ("found_at", Timestamptz, NOW),
    ],
}


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="contacts", description=DESCRIPTION)
    for (class_name, tablename), columns in COLUMNS.items():
        manager.add_table(class_name=class_name, tablename=tablename)
        for name, kind, differs in columns:
            manager.add_column(class_name, tablename, name, name, kind.__name__, kind, {"null": False, **differs})
    return manager
