-- What leaves a transaction: jobs, events, mail, notifications. Tenants write here from inside their scopes and see only their own rows.

CREATE TABLE platform.outbox (
    id          uuid PRIMARY KEY,
    tenant      name NOT NULL DEFAULT current_user,
    kind        text NOT NULL CHECK (kind IN ('job', 'event')),
    name        text NOT NULL,
    payload     jsonb NOT NULL,
    due         timestamptz,               -- NULL: at once
    key         text,
    actor       uuid,
    request_id  text NOT NULL DEFAULT '',
    trace       text NOT NULL DEFAULT '',  -- W3C traceparent
    created_at  timestamptz NOT NULL DEFAULT now()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);  -- a queue: every row is soon a dead one

-- Work to do and work done; the truth about every job, of which Redis only carries the ids.
CREATE TABLE platform.job (
    id            uuid PRIMARY KEY,
    tenant        name NOT NULL,
    name          text NOT NULL,
    payload       jsonb NOT NULL,
    state         text NOT NULL CHECK (state IN ('waiting', 'queued', 'running', 'done', 'dead', 'cancelled')),
    long          boolean NOT NULL DEFAULT false,  -- which queue
    due           timestamptz NOT NULL,
    key           text,
    attempts      integer NOT NULL DEFAULT 0,
    max_attempts  integer NOT NULL,
    worker        text NOT NULL DEFAULT '',
    beat_at       timestamptz,             -- last sign of life of the worker that runs it, or when it was queued
    stop_asked    boolean NOT NULL DEFAULT false,  -- a person cancelled it while it ran
    error         text NOT NULL DEFAULT '',  -- of the last attempt: one sentence
    traceback     text NOT NULL DEFAULT '',
    progress      integer NOT NULL DEFAULT 0,
    progress_of   integer NOT NULL DEFAULT 0,
    note          text NOT NULL DEFAULT '',
    actor         uuid,
    request_id    text NOT NULL DEFAULT '',
    trace         text NOT NULL DEFAULT '',  -- W3C traceparent
    created_at    timestamptz NOT NULL,
    started_at    timestamptz,
    finished_at   timestamptz
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);
CREATE INDEX job_waiting ON platform.job (long, tenant, due, id) WHERE state = 'waiting';
CREATE INDEX job_flying ON platform.job (beat_at) WHERE state IN ('queued', 'running');
CREATE INDEX job_ended ON platform.job (tenant, state, finished_at DESC, id DESC) WHERE state IN ('done', 'cancelled', 'dead');
CREATE INDEX job_finished ON platform.job (finished_at) WHERE state IN ('done', 'cancelled', 'dead');
CREATE UNIQUE INDEX job_key ON platform.job (tenant, name, key) WHERE key IS NOT NULL AND state IN ('waiting', 'queued');

-- Written inside the scope of an atomic job, so that its effects and this row commit together: applied exactly once.
CREATE TABLE platform.job_receipt (
    job_id  uuid PRIMARY KEY,
    tenant  name NOT NULL DEFAULT current_user,
    at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX job_receipt_at ON platform.job_receipt (at);

-- What the clock runs: a copy of what plugins declare, for each tenant that has them, with its next time in that tenant's zone.
CREATE TABLE platform.schedule (
    tenant    name NOT NULL,
    name      text NOT NULL,  -- of the job; a plugin's second schedule of the same job has "#2" after it
    job       text NOT NULL,
    cron      text NOT NULL,
    zone      text NOT NULL,
    payload   jsonb NOT NULL,
    due       timestamptz NOT NULL,
    last_run  timestamptz,
    paused    boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant, name)
);
CREATE INDEX schedule_due ON platform.schedule (due) WHERE NOT paused;

CREATE TABLE platform.mail (
    id          uuid PRIMARY KEY,
    tenant      name DEFAULT current_user,  -- NULL: the platform's own
    recipient   text NOT NULL,
    subject     text NOT NULL,
    body_text   text NOT NULL,
    body_html   text NOT NULL DEFAULT '',
    reply_to    text NOT NULL DEFAULT '',
    state       text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'kept', 'failed')),  -- kept: no SMTP server is set
    created_at  timestamptz NOT NULL DEFAULT now(),
    due         timestamptz,  -- not before; NULL: at once
    attempts    integer NOT NULL DEFAULT 0,
    sent_at     timestamptz,
    error       text NOT NULL DEFAULT ''
);
CREATE INDEX mail_waiting ON platform.mail (due NULLS FIRST) WHERE state = 'waiting';
CREATE INDEX mail_created ON platform.mail (created_at DESC, id DESC);

CREATE TABLE platform.notification (
    id          uuid PRIMARY KEY,
    tenant      name NOT NULL DEFAULT current_user,
    person_id   uuid,               -- NULL: everyone who holds `permission`
    permission  text NOT NULL DEFAULT '',
    body        text NOT NULL,
    link        text NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX notification_tenant ON platform.notification (tenant, created_at DESC, id DESC);
CREATE TABLE platform.notification_read (
    tenant_id  uuid NOT NULL REFERENCES platform.tenant (id) ON DELETE CASCADE,
    person_id  uuid NOT NULL REFERENCES platform.person (id) ON DELETE CASCADE,
    read_up_to timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, person_id)
);

CREATE FUNCTION platform.tell_outbox() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_catalog.pg_notify('weft_outbox', TG_TABLE_NAME);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION platform.tell_outbox() FROM PUBLIC;
CREATE TRIGGER tell AFTER INSERT ON platform.outbox FOR EACH STATEMENT EXECUTE FUNCTION platform.tell_outbox();
CREATE TRIGGER tell AFTER INSERT ON platform.mail FOR EACH STATEMENT EXECUTE FUNCTION platform.tell_outbox();

ALTER TABLE platform.outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform.job ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform.job_receipt ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform.schedule ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform.mail ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform.notification ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON platform.outbox TO weft_tenants USING (tenant = current_user) WITH CHECK (tenant = current_user);
CREATE POLICY own ON platform.job TO weft_tenants USING (tenant = current_user);
CREATE POLICY own ON platform.job_receipt TO weft_tenants USING (tenant = current_user) WITH CHECK (tenant = current_user);
CREATE POLICY own ON platform.schedule TO weft_tenants USING (tenant = current_user);
CREATE POLICY own ON platform.mail TO weft_tenants USING (tenant = current_user) WITH CHECK (tenant = current_user);
CREATE POLICY own ON platform.notification TO weft_tenants USING (tenant = current_user) WITH CHECK (tenant = current_user);
CREATE POLICY every ON platform.outbox TO weft_platform USING (true) WITH CHECK (true);
CREATE POLICY every ON platform.job TO weft_platform USING (true) WITH CHECK (true);
CREATE POLICY every ON platform.job_receipt TO weft_platform USING (true);
CREATE POLICY every ON platform.schedule TO weft_platform USING (true) WITH CHECK (true);
CREATE POLICY every ON platform.mail TO weft_platform USING (true) WITH CHECK (true);
CREATE POLICY every ON platform.notification TO weft_platform USING (true) WITH CHECK (true);

GRANT INSERT (id, kind, name, payload, due, key, actor, request_id, trace) ON platform.outbox TO weft_tenants;
GRANT INSERT (job_id) ON platform.job_receipt TO weft_tenants;
GRANT INSERT (id, recipient, subject, body_text, body_html, reply_to) ON platform.mail TO weft_tenants;
GRANT INSERT (id, person_id, permission, body, link) ON platform.notification TO weft_tenants;
GRANT SELECT ON platform.job, platform.schedule, platform.notification TO weft_tenants;

GRANT SELECT, INSERT, UPDATE, DELETE ON platform.outbox, platform.job, platform.schedule, platform.mail, platform.notification,
    platform.notification_read TO weft_platform;
GRANT SELECT, DELETE ON platform.job_receipt TO weft_platform;
