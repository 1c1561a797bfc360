-- Several servers, called cells: which there are, which business lives where, and businesses on their way from one to another. What the
-- home cell says of the first three counts; elsewhere they are kept and never asked.

CREATE TABLE platform.cell (
    name        text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9-]{0,30}$'),
    open        boolean NOT NULL DEFAULT true,  -- for new businesses
    changed_at  timestamptz NOT NULL DEFAULT now()
);

-- Every address that is taken anywhere, so that none is given twice. Those of the home cell's own businesses follow its catalogue.
CREATE TABLE platform.residence (
    slug        text PRIMARY KEY,
    cell        text NOT NULL DEFAULT 'main',
    held_until  timestamptz,  -- until then requests to it wait, since it is about to be somewhere else
    since       timestamptz NOT NULL DEFAULT now()
);
INSERT INTO platform.residence (slug) SELECT slug FROM platform.tenant WHERE slug IS NOT NULL;

CREATE TABLE platform.move (
    id           uuid PRIMARY KEY,
    slug         text NOT NULL,
    schema       name NOT NULL,
    business     uuid NOT NULL,  -- its id, which outlives what is erased
    source       text NOT NULL,
    target       text NOT NULL,
    state        text NOT NULL DEFAULT 'moving' CHECK (state IN ('moving', 'arrived', 'done', 'doubtful', 'undone')),
    note         text NOT NULL DEFAULT '',
    started_at   timestamptz NOT NULL DEFAULT now(),
    finished_at  timestamptz,
    held_ms      integer,           -- how long requests were held
    tables       integer,           -- that were compared, row by row
    rows         bigint
);
CREATE UNIQUE INDEX move_open ON platform.move (slug) WHERE state IN ('moving', 'arrived');

ALTER TABLE platform.tenant ADD COLUMN moving text NOT NULL DEFAULT ''
    CHECK (moving IN ('', 'copying', 'draining', 'frozen', 'gone'));  -- to another cell; draining: it begins no jobs; gone: it lives there

CREATE FUNCTION platform.keep_residence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        IF OLD.slug IS NOT NULL AND (TG_OP = 'DELETE' OR NEW.slug IS DISTINCT FROM OLD.slug) THEN
            DELETE FROM platform.residence WHERE slug = OLD.slug AND cell = 'main';
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        IF NEW.slug IS NOT NULL THEN
            INSERT INTO platform.residence (slug) VALUES (NEW.slug) ON CONFLICT DO NOTHING;
            IF EXISTS (SELECT 1 FROM platform.residence WHERE slug = NEW.slug AND cell <> 'main') THEN
                RAISE EXCEPTION 'the address % is taken in another cell', NEW.slug
                    USING ERRCODE = 'unique_violation', CONSTRAINT = 'tenant_slug_key', SCHEMA = 'platform', TABLE = 'tenant';
            END IF;
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER residence AFTER INSERT OR UPDATE OF slug OR DELETE ON platform.tenant
    FOR EACH ROW EXECUTE FUNCTION platform.keep_residence();
CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON platform.residence
    FOR EACH ROW EXECUTE FUNCTION platform.tell_changed('residence', 'slug');

-- Who belongs to a business, and what the operator is to do for it, does not change where it is about to leave. Whoever was on the way to
-- it waits for the lock that the move holds on these tables meanwhile, and is told here.
CREATE FUNCTION platform.refuse_while_moving() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    seen jsonb;
    whose uuid;
    how text;
BEGIN
    IF TG_OP = 'DELETE' THEN seen := to_jsonb(OLD); ELSE seen := to_jsonb(NEW); END IF;
    whose := seen ->> 'tenant_id';
    IF whose IS NULL AND seen ? 'membership_id' THEN
        SELECT tenant_id INTO whose FROM platform.membership WHERE id = (seen ->> 'membership_id')::uuid;
    END IF;
    SELECT moving INTO how FROM platform.tenant WHERE id = whose;
    IF how IN ('frozen', 'gone') OR (TG_TABLE_NAME = 'operation' AND TG_OP = 'INSERT' AND how IN ('copying', 'draining')) THEN
        RAISE EXCEPTION 'this business is on its way to another server' USING ERRCODE = 'object_in_use';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER moving BEFORE INSERT OR UPDATE ON platform.role FOR EACH ROW EXECUTE FUNCTION platform.refuse_while_moving();
CREATE TRIGGER moving BEFORE INSERT OR UPDATE ON platform.membership FOR EACH ROW EXECUTE FUNCTION platform.refuse_while_moving();
CREATE TRIGGER moving BEFORE INSERT ON platform.membership_role FOR EACH ROW EXECUTE FUNCTION platform.refuse_while_moving();
CREATE TRIGGER moving BEFORE INSERT OR UPDATE OF revoked_at, permissions ON platform.api_token
    FOR EACH ROW EXECUTE FUNCTION platform.refuse_while_moving();
CREATE TRIGGER moving BEFORE INSERT ON platform.operation FOR EACH ROW EXECUTE FUNCTION platform.refuse_while_moving();

GRANT SELECT ON platform.cell, platform.move TO weft_platform;
GRANT SELECT, INSERT, DELETE ON platform.residence TO weft_platform;
