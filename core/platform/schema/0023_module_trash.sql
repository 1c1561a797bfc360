-- Modules that were removed: their tables wait in a schema of their own, which no tenant's role may enter, until somebody wants them back
-- or their time is over.

CREATE TABLE platform.module_trash (
    id           uuid PRIMARY KEY,
    tenant       name NOT NULL,
    tenant_id    uuid NOT NULL REFERENCES platform.tenant (id) ON DELETE CASCADE,
    plugin       text NOT NULL,
    title        text NOT NULL,
    version      text NOT NULL,
    enabled      boolean NOT NULL,                -- whether it was switched on
    schema       name NOT NULL UNIQUE CHECK (schema ~ '^trash_[a-z0-9]{10}$'),
    state        text NOT NULL DEFAULT 'kept' CHECK (state IN ('kept', 'restored', 'purged')),
    removed_at   timestamptz NOT NULL,
    removed_by   text NOT NULL DEFAULT '',
    purge_after  timestamptz NOT NULL,
    tables       jsonb NOT NULL DEFAULT '{}',     -- name → rows
    kept         jsonb NOT NULL DEFAULT '{}',     -- what has to be put back beside the tables
    certificate  jsonb                            -- of the purge
);
CREATE INDEX module_trash_tenant ON platform.module_trash (tenant, removed_at DESC);
CREATE INDEX module_trash_due ON platform.module_trash (purge_after) WHERE state = 'kept';

ALTER TABLE platform.module_trash ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON platform.module_trash TO weft_tenants USING (tenant = current_user) WITH CHECK (tenant = current_user);
CREATE POLICY every ON platform.module_trash TO weft_platform USING (true) WITH CHECK (true);
GRANT SELECT ON platform.module_trash TO weft_platform;

-- What a trial of a change found out, for whoever is to confirm the change.
CREATE TABLE platform.module_preview (
    id       uuid PRIMARY KEY,  -- of the operation that made it
    tenant   name NOT NULL,
    plugin   text NOT NULL,
    change   text NOT NULL CHECK (change IN ('enable', 'upgrade', 'remove')),
    made_at  timestamptz NOT NULL DEFAULT now(),
    sheet    jsonb NOT NULL
);
CREATE INDEX module_preview_tenant ON platform.module_preview (tenant, made_at DESC);
ALTER TABLE platform.module_preview ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON platform.module_preview TO weft_tenants USING (tenant = current_user) WITH CHECK (tenant = current_user);
CREATE POLICY every ON platform.module_preview TO weft_platform USING (true) WITH CHECK (true);
GRANT SELECT ON platform.module_preview TO weft_platform;
