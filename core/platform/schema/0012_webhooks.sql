-- Webhooks: whom a business tells of its events, what is owed to whom, and how each attempt went. Nothing of it can be reached from inside a
-- tenant's scope: an endpoint added there would carry every event out of the house.

CREATE TABLE platform.webhook_endpoint (
    id            uuid PRIMARY KEY,
    tenant        name NOT NULL,
    url           text NOT NULL CHECK (url <> ''),
    title         text NOT NULL DEFAULT '',
    events        text[] NOT NULL DEFAULT '{}',  -- none: every one
    secret        bytea NOT NULL,                -- sealed with a key of the installation's
    old_secret    bytea,                         -- signs as well until `old_until`, so that receivers can change theirs
    old_until     timestamptz,
    state         text NOT NULL DEFAULT 'on' CHECK (state IN ('on', 'paused', 'off')),  -- paused: by us, and tried now and then
    failing_since timestamptz,                   -- first failure after the last success
    probe_at      timestamptz,                   -- of a paused one: when it is tried next
    last_error    text NOT NULL DEFAULT '',
    created_at    timestamptz NOT NULL DEFAULT now(),
    version       integer NOT NULL DEFAULT 1
);
CREATE INDEX webhook_endpoint_tenant ON platform.webhook_endpoint (tenant);

CREATE TABLE platform.webhook_message (
    id         uuid PRIMARY KEY,  -- of the event in the outbox
    tenant     name NOT NULL,
    event      text NOT NULL,
    payload    jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX webhook_message_created ON platform.webhook_message (created_at);

CREATE TABLE platform.webhook_delivery (
    id          uuid PRIMARY KEY,
    tenant      name NOT NULL,
    endpoint    uuid NOT NULL REFERENCES platform.webhook_endpoint (id) ON DELETE CASCADE,
    message     uuid NOT NULL REFERENCES platform.webhook_message (id) ON DELETE CASCADE,
    state       text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed', 'cancelled')),
    attempts    integer NOT NULL DEFAULT 0,
    due         timestamptz NOT NULL DEFAULT now(),
    created_at  timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    CONSTRAINT webhook_delivery_once UNIQUE (message, endpoint)
) WITH (fillfactor = 80);
CREATE INDEX webhook_delivery_due ON platform.webhook_delivery (endpoint, due) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_latest ON platform.webhook_delivery (endpoint, created_at DESC, id DESC);

CREATE TABLE platform.webhook_attempt (
    id       uuid PRIMARY KEY,
    tenant   name NOT NULL,
    delivery uuid NOT NULL REFERENCES platform.webhook_delivery (id) ON DELETE CASCADE,
    at       timestamptz NOT NULL,
    status   integer,            -- NULL: there was no answer
    ms       integer NOT NULL,
    error    text NOT NULL DEFAULT '',
    answer   text NOT NULL DEFAULT ''  -- how it began
);
CREATE INDEX webhook_attempt_delivery ON platform.webhook_attempt (delivery, at);

DO $$
DECLARE
    shared text;
BEGIN
    FOREACH shared IN ARRAY ARRAY['webhook_endpoint', 'webhook_message', 'webhook_delivery', 'webhook_attempt'] LOOP
        EXECUTE format('ALTER TABLE platform.%I ENABLE ROW LEVEL SECURITY', shared);
        EXECUTE format('CREATE POLICY own ON platform.%I TO weft_tenants USING (tenant = current_user) WITH CHECK (tenant = current_user)', shared);
        EXECUTE format('CREATE POLICY every ON platform.%I TO weft_platform USING (true) WITH CHECK (true)', shared);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON platform.%I TO weft_platform', shared);
    END LOOP;
END $$;
CREATE TRIGGER tell AFTER INSERT ON platform.webhook_delivery FOR EACH STATEMENT EXECUTE FUNCTION platform.tell_outbox();
