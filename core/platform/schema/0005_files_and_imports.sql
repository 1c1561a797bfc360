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

-- Bytes that no row names any more; they are deleted after the transaction that put them here has committed.
CREATE TABLE platform.file_waste (
    path    text PRIMARY KEY,
    tenant  name NOT NULL DEFAULT current_user,
    at      timestamptz NOT NULL DEFAULT now(),
    CHECK (path ~ ('^' || tenant || '/[0-9a-f-]{36}$'))  -- else a tenant could have another's bytes deleted
);

CREATE TABLE platform.import_batch (
    id            uuid PRIMARY KEY,
    tenant        name NOT NULL DEFAULT current_user,
    importer      text NOT NULL,
    file          uuid NOT NULL,
    file_name     text NOT NULL,
    state         text NOT NULL DEFAULT 'mapping' CHECK (state IN
                  ('mapping', 'checking', 'checked', 'importing', 'done', 'failed', 'undoing', 'undone', 'cancelled')),
    headings      text[] NOT NULL DEFAULT '{}',
    sample        jsonb NOT NULL DEFAULT '[]',
    mapping       jsonb NOT NULL DEFAULT '{}',   -- field → heading
    options       jsonb NOT NULL DEFAULT '{}',
    job           uuid,
    total         integer NOT NULL DEFAULT 0,
    next_row      integer NOT NULL DEFAULT 0,    -- where to go on after a stop
    created       integer NOT NULL DEFAULT 0,
    updated       integer NOT NULL DEFAULT 0,
    unchanged     integer NOT NULL DEFAULT 0,
    refused       integer NOT NULL DEFAULT 0,
    note          text NOT NULL DEFAULT '',
    person_id     uuid,
    person_name   text NOT NULL DEFAULT '',
    created_at    timestamptz NOT NULL DEFAULT now(),
    finished_at   timestamptz,
    UNIQUE (id, tenant)
);
CREATE INDEX import_batch_tenant ON platform.import_batch (tenant, created_at DESC, id DESC);

-- A foreign key is checked past row security, so that of these two names the tenant: nothing can be hung on another's import.
CREATE TABLE platform.import_problem (
    batch     uuid NOT NULL,
    tenant    name NOT NULL DEFAULT current_user,
    row       integer NOT NULL,
    field     text NOT NULL,
    sentence  text NOT NULL,
    value     text NOT NULL DEFAULT '',
    FOREIGN KEY (batch, tenant) REFERENCES platform.import_batch (id, tenant) ON DELETE CASCADE
);
CREATE INDEX import_problem_batch ON platform.import_problem (batch, row);

CREATE TABLE platform.import_row (
    batch      uuid NOT NULL,
    tenant     name NOT NULL DEFAULT current_user,
    row        integer NOT NULL,
    record_id  uuid NOT NULL,
    action     text NOT NULL CHECK (action IN ('created', 'updated', 'unchanged')),
    version    integer NOT NULL,
    before     jsonb NOT NULL DEFAULT '{}',
    FOREIGN KEY (batch, tenant) REFERENCES platform.import_batch (id, tenant) ON DELETE CASCADE
);
CREATE INDEX import_row_batch ON platform.import_row (batch, row);

CREATE TABLE platform.import_mapping (
    tenant    name NOT NULL DEFAULT current_user,
    importer  text NOT NULL,
    headings  text NOT NULL,  -- the file's headings, joined: the same file again finds the same mapping
    mapping   jsonb NOT NULL,
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
