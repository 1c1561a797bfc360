-- Tenants, what each has switched on, and what the operator is asked to do.

CREATE TABLE platform.tenant (
    id            uuid PRIMARY KEY,
    schema        name NOT NULL UNIQUE CHECK (schema ~ '^t_[a-z0-9]{10}$'),  -- and the name of its role
    cell          text NOT NULL DEFAULT 'main',
    bucket        smallint NOT NULL DEFAULT 0,
    state         text NOT NULL CHECK (state IN ('building', 'spare', 'active', 'suspended', 'deleting', 'deleted')),
    slug          text UNIQUE CHECK (slug ~ '^[a-z][a-z0-9-]{1,38}[a-z0-9]$'),
    name          text NOT NULL DEFAULT '',
    country       text NOT NULL DEFAULT 'US' CHECK (country ~ '^[A-Z]{2}$'),
    currency      text NOT NULL DEFAULT 'USD' CHECK (currency ~ '^[A-Z]{3}$'),
    timezone      text NOT NULL DEFAULT 'UTC',
    locale        text NOT NULL DEFAULT 'en_US',
    logo          uuid,
    settings      jsonb NOT NULL DEFAULT '{}',  -- plugin → its settings
    onboarded     boolean NOT NULL DEFAULT false,
    reason        text NOT NULL DEFAULT '',     -- of a suspension or deletion, as people are told
    created_at    timestamptz NOT NULL DEFAULT now(),
    claimed_at    timestamptz,
    suspended_at  timestamptz,
    delete_after  timestamptz,
    version       integer NOT NULL DEFAULT 1,
    CHECK (state IN ('building', 'spare') OR slug IS NOT NULL OR state = 'deleted'),
    CHECK (state <> 'deleting' OR delete_after IS NOT NULL)
);
CREATE INDEX tenant_spare ON platform.tenant (created_at) WHERE state = 'spare';
CREATE INDEX tenant_deleting ON platform.tenant (delete_after) WHERE state = 'deleting';

CREATE TABLE platform.tenant_module (
    tenant_id   uuid NOT NULL REFERENCES platform.tenant (id) ON DELETE CASCADE,
    plugin      text NOT NULL,
    version     text NOT NULL,
    migration   text NOT NULL DEFAULT '',  -- the last one its schema has; empty: the plugin stores nothing
    enabled     boolean NOT NULL DEFAULT true,
    changed_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, plugin)
);
CREATE INDEX tenant_module_behind ON platform.tenant_module (plugin, migration, tenant_id);

-- The ledger: every step that changed a tenant's tables, written in the same transaction.
CREATE TABLE platform.migration_step (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id    uuid NOT NULL REFERENCES platform.tenant (id) ON DELETE CASCADE,
    plugin       text NOT NULL,
    migration    text NOT NULL,
    milliseconds integer NOT NULL,
    at           timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, plugin, migration)
);

CREATE TABLE platform.operation (
    id           uuid PRIMARY KEY,
    tenant_id    uuid REFERENCES platform.tenant (id) ON DELETE CASCADE,
    kind         text NOT NULL,
    arguments    jsonb NOT NULL DEFAULT '{}',
    state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    note         text NOT NULL DEFAULT '',  -- what it is doing, or why it failed
    asked_by     uuid,
    created_at   timestamptz NOT NULL DEFAULT now(),
    started_at   timestamptz,
    finished_at  timestamptz,
    attempts     integer NOT NULL DEFAULT 0
);
CREATE INDEX operation_open ON platform.operation (created_at) WHERE state IN ('waiting', 'running');
CREATE INDEX operation_tenant ON platform.operation (tenant_id, created_at DESC);

-- Caches of web processes and workers listen to `weft_changed` and drop what it names.
-- Arguments of the trigger: what kind of thing changed, and the column that tells which.
CREATE FUNCTION platform.tell_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    seen jsonb;
BEGIN
    IF TG_OP = 'DELETE' THEN seen := to_jsonb(OLD); ELSE seen := to_jsonb(NEW); END IF;
    PERFORM pg_notify('weft_changed', TG_ARGV[0] || ':' || ltrim(seen ->> TG_ARGV[1], '\x'));
    RETURN NULL;
END $$;
CREATE FUNCTION platform.tell_operation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('weft_operation', '');
    RETURN NULL;
END $$;

CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON platform.tenant
    FOR EACH ROW EXECUTE FUNCTION platform.tell_changed('tenant', 'id');
CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON platform.tenant_module
    FOR EACH ROW EXECUTE FUNCTION platform.tell_changed('tenant', 'tenant_id');
CREATE TRIGGER tell AFTER INSERT ON platform.operation FOR EACH STATEMENT EXECUTE FUNCTION platform.tell_operation();

GRANT SELECT ON platform.tenant TO weft_platform;
GRANT UPDATE (state, slug, name, country, currency, timezone, locale, logo, settings, onboarded, reason, claimed_at, suspended_at, delete_after,
    version) ON platform.tenant TO weft_platform;
GRANT SELECT ON platform.tenant_module, platform.migration_step TO weft_platform;
GRANT SELECT, INSERT ON platform.operation TO weft_platform;
