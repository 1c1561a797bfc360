-- How a person has arranged the pages of one tenant.

CREATE TABLE platform.saved_view (
    id         uuid PRIMARY KEY,
    tenant     name NOT NULL DEFAULT current_user,
    listing    text NOT NULL,
    title      text NOT NULL CHECK (title <> ''),
    query      text NOT NULL,
    person_id  uuid,  -- NULL: everyone's
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX saved_view_listing ON platform.saved_view (tenant, listing);

CREATE TABLE platform.dashboard (
    tenant     name NOT NULL DEFAULT current_user,
    person_id  uuid NOT NULL,
    layout     jsonb NOT NULL,  -- [{"name": …, "span": …, "hidden": …}]
    PRIMARY KEY (tenant, person_id)
);

DO $$
DECLARE
    shared text;
BEGIN
    FOREACH shared IN ARRAY ARRAY['saved_view', 'dashboard'] LOOP
        EXECUTE format('ALTER TABLE platform.%I ENABLE ROW LEVEL SECURITY', shared);
        EXECUTE format('CREATE POLICY own ON platform.%I TO weft_tenants USING (tenant = current_user) WITH CHECK (tenant = current_user)', shared);
        EXECUTE format('CREATE POLICY every ON platform.%I TO weft_platform USING (true) WITH CHECK (true)', shared);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON platform.%I TO weft_tenants', shared);
        EXECUTE format('GRANT SELECT, DELETE ON platform.%I TO weft_platform', shared);
    END LOOP;
END $$;
