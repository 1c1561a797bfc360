-- What the API has answered to requests that carry an Idempotency-Key, written in the transaction of what they changed.

CREATE TABLE platform.api_answer (
    tenant      name NOT NULL DEFAULT current_user,
    token       uuid NOT NULL,         -- of the API token: keys of two programs have nothing to do with each other
    key         text NOT NULL CHECK (key <> ''),
    fingerprint bytea NOT NULL,        -- SHA-256 of the request
    status      smallint NOT NULL DEFAULT 0,
    headers     jsonb NOT NULL DEFAULT '[]',
    body        bytea NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, token, key)
);
CREATE INDEX api_answer_created ON platform.api_answer (created_at);

ALTER TABLE platform.api_answer ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON platform.api_answer TO weft_tenants USING (tenant = current_user) WITH CHECK (tenant = current_user);
CREATE POLICY every ON platform.api_answer TO weft_platform USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON platform.api_answer TO weft_tenants;
GRANT SELECT, DELETE ON platform.api_answer TO weft_platform;
