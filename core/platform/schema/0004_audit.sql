-- The audit log: who did what to which record. Nobody may change or delete an entry; batches are sealed into a Merkle tree per tenant (RFC 6962).

CREATE TABLE platform.audit_entry (
    id            uuid PRIMARY KEY,
    tenant        name NOT NULL DEFAULT current_user,
    at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor         uuid,
    actor_name    text NOT NULL,
    via           text NOT NULL CHECK (via IN ('session', 'token', 'job', 'command', 'platform')),
    request_id    text NOT NULL DEFAULT '',
    action        text NOT NULL,
    record_kind   text NOT NULL,
    record_id     uuid,
    record_title  text NOT NULL DEFAULT '',
    before        jsonb NOT NULL DEFAULT '{}',
    after         jsonb NOT NULL DEFAULT '{}',
    position      bigint  -- its leaf in the tenant's tree, counted from 0; given when it is sealed
);
CREATE UNIQUE INDEX audit_entry_position ON platform.audit_entry (tenant, position) WHERE position IS NOT NULL;
CREATE INDEX audit_entry_unsealed ON platform.audit_entry (tenant, at, id) WHERE position IS NULL;
CREATE INDEX audit_entry_time ON platform.audit_entry (tenant, at DESC, id DESC);
CREATE INDEX audit_entry_record ON platform.audit_entry (tenant, record_id, at DESC) WHERE record_id IS NOT NULL;

CREATE TABLE platform.audit_seal (
    tenant     name NOT NULL,
    size       bigint NOT NULL,          -- leaves in the tree
    root       bytea NOT NULL,
    peaks      bytea[] NOT NULL,         -- roots of the full subtrees, to append from
    leaves     bytea NOT NULL,           -- hashes of the leaves since the seal before, 32 bytes each: they tell which entry was changed
    sealed_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, size)
);

CREATE FUNCTION platform.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER sealed BEFORE UPDATE ON platform.audit_entry FOR EACH ROW WHEN (
    OLD.position IS NOT NULL
    OR (OLD.id, OLD.tenant, OLD.at, OLD.actor, OLD.actor_name, OLD.via, OLD.request_id, OLD.action, OLD.record_kind, OLD.record_id,
        OLD.record_title, OLD.before, OLD.after)
    IS DISTINCT FROM (NEW.id, NEW.tenant, NEW.at, NEW.actor, NEW.actor_name, NEW.via, NEW.request_id, NEW.action, NEW.record_kind, NEW.record_id,
        NEW.record_title, NEW.before, NEW.after)
) EXECUTE FUNCTION platform.refuse_change();
CREATE TRIGGER sealed BEFORE UPDATE ON platform.audit_seal FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();

ALTER TABLE platform.audit_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform.audit_seal ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON platform.audit_entry TO weft_tenants USING (tenant = current_user) WITH CHECK (tenant = current_user);
CREATE POLICY own ON platform.audit_seal FOR SELECT TO weft_tenants USING (tenant = current_user);
CREATE POLICY every ON platform.audit_entry TO weft_platform USING (true) WITH CHECK (true);
CREATE POLICY every ON platform.audit_seal TO weft_platform USING (true) WITH CHECK (true);

GRANT SELECT ON platform.audit_entry, platform.audit_seal TO weft_tenants, weft_platform;
GRANT INSERT (id, actor, actor_name, via, request_id, action, record_kind, record_id, record_title, before, after) ON platform.audit_entry TO weft_tenants;
-- Nobody says when an entry was written, and a new one has no position yet.
GRANT INSERT (id, tenant, actor, actor_name, via, request_id, action, record_kind, record_id, record_title, before, after)
    ON platform.audit_entry TO weft_platform;
GRANT INSERT ON platform.audit_seal TO weft_platform;
GRANT UPDATE (position) ON platform.audit_entry TO weft_platform;
