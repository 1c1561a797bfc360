"""What Piccolo has no words for: CHECKs, collation, indexes, and that no two prices of a kind hold on one day."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "catalogue_0002_checks_and_indexes"
VERSION = "1.38.0"
DESCRIPTION = "CHECKs and indexes"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


CHECKS = """
ALTER TABLE catalogue_unit
    ADD CONSTRAINT catalogue_unit_code UNIQUE (code),
    ADD CONSTRAINT catalogue_unit_dimension CHECK (dimension IN ('count', 'mass', 'volume', 'length', 'area', 'time')),
    ADD CONSTRAINT catalogue_unit_factor CHECK (factor > 0),
    ADD CONSTRAINT catalogue_unit_named CHECK (code <> '' AND title <> '');
ALTER TABLE catalogue_category
    ALTER COLUMN path TYPE text COLLATE "C",
    ADD CONSTRAINT catalogue_category_path UNIQUE (path),
    ADD CONSTRAINT catalogue_category_own_path CHECK (path LIKE '%/' || replace(id::text, '-', '') || '/'),
    ADD CONSTRAINT catalogue_category_named CHECK (name <> ''),
    ADD CONSTRAINT catalogue_category_parent CHECK (parent <> id);
ALTER TABLE catalogue_product
    ALTER COLUMN sort_name TYPE text COLLATE "C",
    ALTER COLUMN sku TYPE text COLLATE "C",
    ADD CONSTRAINT catalogue_product_name CHECK (name <> ''),
    ADD CONSTRAINT catalogue_product_kind CHECK (kind IN ('goods', 'service')),
    ADD CONSTRAINT catalogue_product_status CHECK (status IN ('draft', 'active', 'archived')),
    ADD CONSTRAINT catalogue_product_country CHECK (country = '' OR country ~ '^[A-Z][A-Z]$'),
    ADD CONSTRAINT catalogue_product_options CHECK (jsonb_typeof(options) = 'array'),
    ADD CONSTRAINT catalogue_product_version CHECK (version > 0);
ALTER TABLE catalogue_variant
    ALTER COLUMN sku TYPE text COLLATE "C",
    ADD CONSTRAINT catalogue_variant_sku CHECK (sku <> ''),
    ADD CONSTRAINT catalogue_variant_choices UNIQUE (product, choices),
    ADD CONSTRAINT catalogue_variant_weight CHECK (weight >= 0 AND weight_unit IN ('g', 'kg', 'oz', 'lb')),
    ADD CONSTRAINT catalogue_variant_size CHECK (length >= 0 AND width >= 0 AND height >= 0 AND size_unit IN ('mm', 'cm', 'm', 'in'));
ALTER TABLE catalogue_barcode
    ADD CONSTRAINT catalogue_barcode_kind CHECK (kind IN ('gtin8', 'gtin12', 'gtin13', 'gtin14', 'isbn', 'in_store', 'internal')),
    ADD CONSTRAINT catalogue_barcode_key CHECK (key <> '' AND (kind = 'internal' OR key ~ '^[0-9]+$' AND length(key) = 14)),
    ADD CONSTRAINT catalogue_barcode_quantity CHECK (quantity > 0);
ALTER TABLE catalogue_price_list
    ADD CONSTRAINT catalogue_price_list_code UNIQUE (code),
    ADD CONSTRAINT catalogue_price_list_currency CHECK (currency ~ '^[A-Z][A-Z][A-Z]$'),
    ADD CONSTRAINT catalogue_price_list_named CHECK (code <> '' AND title <> '');
ALTER TABLE catalogue_price
    ADD CONSTRAINT catalogue_price_amount CHECK (amount >= 0 AND compare_at >= 0 AND min_quantity >= 0),
    ADD CONSTRAINT catalogue_price_days CHECK (valid_from <= valid_to),
    ADD CONSTRAINT catalogue_price_once EXCLUDE USING gist
        (variant WITH =, price_list WITH =, min_quantity WITH =, daterange(valid_from, valid_to, '[]') WITH &&)
"""

INDEXES = """
CREATE UNIQUE INDEX catalogue_unit_default ON catalogue_unit (is_default) WHERE is_default;
CREATE UNIQUE INDEX catalogue_price_list_default ON catalogue_price_list (is_default) WHERE is_default;
CREATE UNIQUE INDEX catalogue_category_sibling ON catalogue_category (parent, lower(name)) NULLS NOT DISTINCT;
CREATE UNIQUE INDEX catalogue_product_reference ON catalogue_product (external_reference) WHERE external_reference <> '';
CREATE INDEX catalogue_product_by_name ON catalogue_product (sort_name, id);
CREATE INDEX catalogue_product_by_sku ON catalogue_product (sku, id);
CREATE INDEX catalogue_product_by_age ON catalogue_product (created_at, id);
CREATE INDEX catalogue_product_by_change ON catalogue_product (updated_at, id);
CREATE INDEX catalogue_product_by_status ON catalogue_product (status, sort_name, id);
CREATE INDEX catalogue_product_category ON catalogue_product (category, id);
CREATE INDEX catalogue_product_brand ON catalogue_product (brand) WHERE brand <> '';
CREATE INDEX catalogue_product_tags ON catalogue_product USING gin (tags);
CREATE INDEX catalogue_product_search ON catalogue_product USING gin (search_text extensions.gin_trgm_ops);
CREATE INDEX catalogue_product_bare ON catalogue_product (id) WHERE barcode = '';
CREATE INDEX catalogue_product_faceless ON catalogue_product (id) WHERE image IS NULL;
CREATE UNIQUE INDEX catalogue_variant_sku_once ON catalogue_variant (upper(sku));
CREATE INDEX catalogue_variant_product ON catalogue_variant (product, position);
CREATE INDEX catalogue_barcode_variant ON catalogue_barcode (variant, position);
CREATE INDEX catalogue_price_of_variant ON catalogue_price (variant, price_list, valid_from);
CREATE INDEX catalogue_price_of_list ON catalogue_price (price_list);
CREATE INDEX catalogue_image_product ON catalogue_image (product, position)
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="catalogue", description=DESCRIPTION)

    async def run() -> None:
        await Raw.raw(CHECKS)
        await Raw.raw(INDEXES)

    manager.add_raw(run)
    return manager
