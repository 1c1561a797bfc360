-- Copies of businesses: a business can stand beside the one it was copied from, so what its own tables refer to is unique within it alone.

ALTER TABLE platform.file DROP CONSTRAINT file_pkey;
DROP INDEX platform.file_tenant;
ALTER TABLE platform.file ADD PRIMARY KEY (tenant, id);

ALTER TABLE platform.import_batch DROP CONSTRAINT import_batch_pkey;
ALTER TABLE platform.import_batch ADD PRIMARY KEY (tenant, id);
ALTER TABLE platform.import_problem DROP CONSTRAINT import_problem_pkey;
ALTER TABLE platform.import_problem ADD PRIMARY KEY (tenant, batch, phase, row, place);
ALTER TABLE platform.import_row DROP CONSTRAINT import_row_pkey;
ALTER TABLE platform.import_row ADD PRIMARY KEY (tenant, batch, row);
DROP INDEX platform.import_row_record;
CREATE INDEX import_row_record ON platform.import_row (tenant, batch, record_id, row);

-- Data keys of businesses, wrapped by a key of the installation's that the database does not know. They go with the business, and with them
-- whatever was sealed with them, in whichever backup it is.
CREATE TABLE platform.tenant_key (
    tenant      name NOT NULL,
    generation  integer NOT NULL CHECK (generation > 0),  -- the highest one seals; the others still open
    wrapper     text NOT NULL,   -- which key of the installation's wrapped it
    wrapped     bytea NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, generation)
);
CREATE INDEX tenant_key_wrapper ON platform.tenant_key (wrapper);
CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON platform.tenant_key
    FOR EACH ROW EXECUTE FUNCTION platform.tell_changed('vault', 'tenant');

-- Backups of businesses: archives in the store of files, at `tenant/id`, sealed with the business's own key.
CREATE TABLE platform.backup (
    id           uuid PRIMARY KEY,
    tenant       name NOT NULL,
    state        text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'stored', 'failed')),
    asked_by     text NOT NULL DEFAULT '',  -- empty: by the clock
    made_at      timestamptz NOT NULL,      -- the moment it shows
    size         bigint NOT NULL DEFAULT 0,  -- bytes in the store
    rows         bigint NOT NULL DEFAULT 0,
    files        integer NOT NULL DEFAULT 0,
    seconds      double precision NOT NULL DEFAULT 0,
    note         text NOT NULL DEFAULT '',   -- why it failed, or what it could not hold
    tested_at    timestamptz,                -- when it was last restored beside the business, to try it
    trouble      text NOT NULL DEFAULT ''    -- what that brought to light; empty: everything was there
);
CREATE INDEX backup_tenant ON platform.backup (tenant, made_at DESC);

DO $$
DECLARE
    shared text;
BEGIN
    FOREACH shared IN ARRAY ARRAY['tenant_key', 'backup'] LOOP
        EXECUTE format('ALTER TABLE platform.%I ENABLE ROW LEVEL SECURITY', shared);
        EXECUTE format('CREATE POLICY own ON platform.%I TO weft_tenants USING (tenant = current_user) WITH CHECK (tenant = current_user)', shared);
        EXECUTE format('CREATE POLICY every ON platform.%I TO weft_platform USING (true) WITH CHECK (true)', shared);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON platform.%I TO weft_platform', shared);
    END LOOP;
END $$;
