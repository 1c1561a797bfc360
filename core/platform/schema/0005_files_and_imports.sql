-- Files people upload, and what they bring in from them.

CREATE TABLE platform.file (
    id          uuid PRIMARY KEY,
    tenant      name NOT NULL DEFAULT current_user,
    name        text NOT NULL,
    media_type  text NOT NULL,
    size        bigint NOT NULL,
    sha256      text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX file_tenant ON platform.file (tenant, id);

-- Bytes that no row of `file` names: those still on their way in, and those to be deleted. Whoever makes a file takes its row from here in
-- the same transaction, and whoever deletes bytes holds their row locked, so that a file which was just made never loses them.
CREATE TABLE platform.file_waste (
    path    text PRIMARY KEY,
    tenant  name NOT NULL DEFAULT current_user,
    at      timestamptz NOT NULL DEFAULT now(),  -- when they became waste; of bytes on their way in, when they will have
    CHECK (path ~ ('^' || tenant || '/[0-9a-f-]{36}(\.thumb)?$'))  -- else a tenant could have another's bytes deleted
);
CREATE INDEX file_waste_at ON platform.file_waste (at);

-- One file that somebody brings in: how it is read, what its columns mean, what a dry run found, what was saved.
CREATE TABLE platform.import_batch (
    id            uuid PRIMARY KEY,
    tenant        name NOT NULL DEFAULT current_user,
    importer      text NOT NULL,
    file          uuid NOT NULL,
    file_name     text NOT NULL,
    size          bigint NOT NULL,               -- bytes
    state         text NOT NULL DEFAULT 'reading' CHECK (state IN
                  ('reading', 'mapping', 'checking', 'checked', 'importing', 'done', 'failed', 'undoing', 'undone', 'cancelled')),
    chain         text NOT NULL DEFAULT '' CHECK (chain IN ('', 'check', 'import')),  -- how far to go on without asking: programs do
    reading       jsonb NOT NULL DEFAULT '{}',   -- encoding, delimiter, sheet, where the headings are
    columns       jsonb NOT NULL DEFAULT '[]',   -- headings, samples, and which numbers and dates were seen
    mapping       jsonb NOT NULL DEFAULT '[]',   -- field, column, how its numbers and dates are written
    options       jsonb NOT NULL DEFAULT '{}',
    wanted        jsonb NOT NULL DEFAULT '{}',   -- field, heading: a mapping that came with the file, before its columns were known
    job           uuid,
    stop          boolean NOT NULL DEFAULT false,  -- a person asked for it
    total         integer NOT NULL DEFAULT 0,    -- rows of the file, without headings and empty ones
    expected      jsonb NOT NULL DEFAULT '{}',   -- what the dry run counted
    next_row      integer NOT NULL DEFAULT 0,    -- the row to go on from after a stop
    created       integer NOT NULL DEFAULT 0,
    updated       integer NOT NULL DEFAULT 0,
    unchanged     integer NOT NULL DEFAULT 0,
    refused       integer NOT NULL DEFAULT 0,
    undone        integer NOT NULL DEFAULT 0,
    kept          integer NOT NULL DEFAULT 0,    -- records that an undo left alone
    failed_while  text NOT NULL DEFAULT '',      -- the state it was in when it failed
    note          text NOT NULL DEFAULT '',
    person_id     uuid,
    person_name   text NOT NULL DEFAULT '',
    created_at    timestamptz NOT NULL DEFAULT now(),
    finished_at   timestamptz,
    version       integer NOT NULL DEFAULT 1,
    UNIQUE (id, tenant)
);
CREATE INDEX import_batch_tenant ON platform.import_batch (tenant, created_at DESC, id DESC);

-- A foreign key is checked past row security, so that of these two names the tenant: nothing can be hung on another's import.
CREATE TABLE platform.import_problem (
    batch     uuid NOT NULL,
    tenant    name NOT NULL DEFAULT current_user,
    phase     text NOT NULL DEFAULT 'import' CHECK (phase IN ('check', 'import', 'undo')),
    row       integer NOT NULL,
    place     smallint NOT NULL DEFAULT 0,       -- of the problem among those of its row
    field     text NOT NULL,
    sentence  text NOT NULL,
    value     text NOT NULL DEFAULT '',
    PRIMARY KEY (batch, phase, row, place),
    FOREIGN KEY (batch, tenant) REFERENCES platform.import_batch (id, tenant) ON DELETE CASCADE
);

CREATE TABLE platform.import_row (
    batch      uuid NOT NULL,
    tenant     name NOT NULL DEFAULT current_user,
    row        integer NOT NULL,
    record_id  uuid NOT NULL,
    action     text NOT NULL CHECK (action IN ('created', 'updated', 'unchanged')),
    version    integer NOT NULL,
    before     jsonb NOT NULL DEFAULT '{}',
    kept       boolean NOT NULL DEFAULT false,   -- an undo looked at it, and left the record as it is
    PRIMARY KEY (batch, row),
    FOREIGN KEY (batch, tenant) REFERENCES platform.import_batch (id, tenant) ON DELETE CASCADE
);
CREATE INDEX import_row_record ON platform.import_row (batch, record_id, row);

CREATE TABLE platform.import_mapping (
    tenant    name NOT NULL DEFAULT current_user,
    importer  text NOT NULL,
    headings  text NOT NULL,                      -- SHA-256 of the file's headings: the same file again finds the same mapping
    mapping   jsonb NOT NULL,
    options   jsonb NOT NULL DEFAULT '{}',
    used_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, importer, headings)
);

DO $$
DECLARE
    shared text;
BEGIN
    FOREACH shared IN ARRAY ARRAY['file', 'file_waste', 'import_batch', 'import_problem', 'import_row', 'import_mapping'] LOOP
        EXECUTE format('ALTER TABLE platform.%I ENABLE ROW LEVEL SECURITY', shared);
        EXECUTE format('CREATE POLICY own ON platform.%I TO weft_tenants USING (tenant = current_user) WITH CHECK (tenant = current_user)', shared);
        EXECUTE format('CREATE POLICY every ON platform.%I TO weft_platform USING (true) WITH CHECK (true)', shared);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON platform.%I TO weft_tenants', shared);
        EXECUTE format('GRANT SELECT, DELETE ON platform.%I TO weft_platform', shared);
    END LOOP;
END $$;
-- Bytes are announced before they are sent, outside of any transaction of the tenant's; who deletes them locks their row first.
GRANT INSERT, UPDATE ON platform.file_waste TO weft_platform;
