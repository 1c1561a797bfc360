-- What the checks of modules came to, newest runs of each kept.

CREATE TABLE platform.check_run (
    id      uuid PRIMARY KEY,
    tenant  name NOT NULL DEFAULT current_user,
    plugin  text NOT NULL,
    made_at timestamptz NOT NULL,
    answers jsonb NOT NULL  -- [{"name": …, "title": …, "question": …, "permission": …, "note": …, "findings": [{"sentence": …, "link": …, "severity": …}]}]
);
CREATE INDEX check_run_latest ON platform.check_run (tenant, plugin, made_at);

ALTER TABLE platform.check_run ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON platform.check_run TO weft_tenants USING (tenant = current_user) WITH CHECK (tenant = current_user);
CREATE POLICY every ON platform.check_run TO weft_platform USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON platform.check_run TO weft_tenants;
GRANT SELECT, DELETE ON platform.check_run TO weft_platform;
