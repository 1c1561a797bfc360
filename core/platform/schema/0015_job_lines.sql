-- The order of one tenant's own jobs, and those of which only some may run at once.

ALTER TABLE platform.job
    ADD COLUMN priority smallint NOT NULL DEFAULT 0,  -- 1 high, 0 normal, -1 low
    ADD COLUMN lane text NOT NULL DEFAULT '';         -- the job's name where its concurrency is limited; empty: the lane of all others
ALTER TABLE platform.outbox ADD COLUMN priority smallint;  -- NULL: what the job's declaration says

-- A message that calls a job off; its name is the job's id.
ALTER TABLE platform.outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE platform.outbox ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('job', 'event', 'cancel'));
ALTER TABLE platform.outbox ADD CONSTRAINT outbox_cancel_id CHECK (kind <> 'cancel' OR pg_catalog.pg_input_is_valid(name, 'uuid'));
CREATE INDEX outbox_cancel ON platform.outbox (id) WHERE kind = 'cancel';

DROP INDEX platform.job_waiting;
CREATE INDEX job_waiting ON platform.job (long, tenant, lane, priority, due, id) WHERE state = 'waiting';

GRANT INSERT (priority) ON platform.outbox TO weft_tenants;
