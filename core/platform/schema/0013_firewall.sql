-- What parts of plugins did wrong on pages, checks and searches of others, and which are left out until when. One row for each hook of a
-- plugin in a tenant, kept after it is sound again. Nothing of it can be reached from inside a tenant's scope.

CREATE TABLE platform.hook_fault (
    tenant     name NOT NULL,
    plugin     text NOT NULL,
    hook       text NOT NULL,
    failures   integer NOT NULL DEFAULT 0,
    since      timestamptz,           -- the first of `failures`
    trips      integer NOT NULL DEFAULT 0,
    retry_at   timestamptz,           -- left out until then; NULL: not at all
    failed_at  timestamptz NOT NULL DEFAULT now(),
    part       text NOT NULL DEFAULT '',
    cause      text NOT NULL DEFAULT '',
    error      text NOT NULL DEFAULT '',
    traceback  text NOT NULL DEFAULT '',
    PRIMARY KEY (tenant, plugin, hook)
);

ALTER TABLE platform.hook_fault ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON platform.hook_fault TO weft_tenants USING (tenant = current_user) WITH CHECK (tenant = current_user);
CREATE POLICY every ON platform.hook_fault TO weft_platform USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON platform.hook_fault TO weft_platform;
CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON platform.hook_fault
    FOR EACH ROW EXECUTE FUNCTION platform.tell_changed('fault', 'tenant');
