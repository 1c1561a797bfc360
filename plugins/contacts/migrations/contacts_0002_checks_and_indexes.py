"""What Piccolo has no words for: CHECKs, collation, partial and trigram indexes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "contacts_0002_checks_and_indexes"
VERSION = "1.38.0"
DESCRIPTION = "CHECKs and indexes"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


CHECKS = """
ALTER TABLE contacts_party
    ALTER COLUMN sort_name TYPE text COLLATE "C",
    ADD CONSTRAINT contacts_party_kind CHECK (kind IN ('organisation', 'person')),
    ADD CONSTRAINT contacts_party_name CHECK (name <> '' AND sort_name <> ''),
    ADD CONSTRAINT contacts_party_country CHECK (country = '' OR country ~ '^[A-Z][A-Z]$'),
    ADD CONSTRAINT contacts_party_merged CHECK (merged_into <> id),
    ADD CONSTRAINT contacts_party_version CHECK (version > 0);
ALTER TABLE contacts_point
    ADD CONSTRAINT contacts_point_kind CHECK (kind IN ('email', 'phone', 'website')),
    ADD CONSTRAINT contacts_point_value CHECK (value <> ''),
    ADD CONSTRAINT contacts_point_once UNIQUE (party, kind, value);
ALTER TABLE contacts_address
    ADD CONSTRAINT contacts_address_kind CHECK (kind IN ('', 'invoice', 'delivery', 'visit', 'home', 'other')),
    ADD CONSTRAINT contacts_address_country CHECK (country = '' OR country ~ '^[A-Z][A-Z]$');
ALTER TABLE contacts_identifier
    ADD CONSTRAINT contacts_identifier_value CHECK (scheme <> '' AND value <> ''),
    ADD CONSTRAINT contacts_identifier_once UNIQUE (party, scheme, value);
ALTER TABLE contacts_relation
    ADD CONSTRAINT contacts_relation_two CHECK (subject <> object),
    ADD CONSTRAINT contacts_relation_once UNIQUE (kind, subject, object);
ALTER TABLE contacts_tag ADD CONSTRAINT contacts_tag_name CHECK (name <> '');
ALTER TABLE contacts_merge ADD CONSTRAINT contacts_merge_two CHECK (kept <> merged);
ALTER TABLE contacts_duplicate
    ADD CONSTRAINT contacts_duplicate_order CHECK (first < second),
    ADD CONSTRAINT contacts_duplicate_once UNIQUE (first, second)
"""

INDEXES = """
CREATE INDEX contacts_party_by_name ON contacts_party (sort_name, id) WHERE merged_into IS NULL AND archived_at IS NULL;
CREATE INDEX contacts_party_by_kind ON contacts_party (kind, sort_name, id) WHERE merged_into IS NULL AND archived_at IS NULL;
CREATE INDEX contacts_party_by_city ON contacts_party (lower(city), id) WHERE merged_into IS NULL AND archived_at IS NULL;
CREATE INDEX contacts_party_by_age ON contacts_party (created_at, id) WHERE merged_into IS NULL AND archived_at IS NULL;
CREATE INDEX contacts_party_by_change ON contacts_party (updated_at, id) WHERE merged_into IS NULL AND archived_at IS NULL;
CREATE INDEX contacts_party_archived ON contacts_party (sort_name, id) WHERE archived_at IS NOT NULL;
CREATE INDEX contacts_party_merged ON contacts_party (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX contacts_party_country ON contacts_party (country) WHERE country <> '';
CREATE INDEX contacts_party_match ON contacts_party (match_key);
CREATE INDEX contacts_party_tags ON contacts_party USING gin (tags);
CREATE INDEX contacts_party_search ON contacts_party USING gin (search_text extensions.gin_trgm_ops);
CREATE INDEX contacts_party_city_part ON contacts_party USING gin (city extensions.gin_trgm_ops);
CREATE INDEX contacts_point_by_value ON contacts_point (kind, value);
CREATE INDEX contacts_address_party ON contacts_address (party);
CREATE UNIQUE INDEX contacts_identifier_unique ON contacts_identifier (scheme, value) WHERE NOT shared;
CREATE INDEX contacts_identifier_value ON contacts_identifier (value);
CREATE INDEX contacts_relation_subject ON contacts_relation (subject);
CREATE INDEX contacts_relation_object ON contacts_relation (object);
CREATE INDEX contacts_attachment_party ON contacts_attachment (party);
CREATE INDEX contacts_merge_kept ON contacts_merge (kept);
CREATE INDEX contacts_merge_merged ON contacts_merge (merged);
CREATE INDEX contacts_duplicate_second ON contacts_duplicate (second);
CREATE INDEX contacts_duplicate_open ON contacts_duplicate (score, id) WHERE NOT dismissed
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="contacts", description=DESCRIPTION)

    async def run() -> None:
        await Raw.raw(CHECKS)
        await Raw.raw(INDEXES)

    manager.add_raw(run)
    return manager
