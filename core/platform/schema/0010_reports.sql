-- Reports that people have pinned to their dashboard, and those that are sent to them by the clock.

CREATE TABLE platform.report_pin (
    id         uuid PRIMARY KEY,
    tenant     name NOT NULL DEFAULT current_user,
    person_id  uuid NOT NULL,
    report     text NOT NULL,
    title      text NOT NULL CHECK (title <> ''),
    query      text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX report_pin_person ON platform.report_pin (tenant, person_id);

CREATE TABLE platform.report_letter (
    id         uuid PRIMARY KEY,
    tenant     name NOT NULL DEFAULT current_user,
    person_id  uuid NOT NULL,  -- who arranged it
    report     text NOT NULL,
    title      text NOT NULL CHECK (title <> ''),
    query      text NOT NULL,
    format     text NOT NULL CHECK (format IN ('pdf', 'xlsx', 'csv')),
    cron       text NOT NULL,
    recipients uuid[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX report_letter_report ON platform.report_letter (tenant, report);

DO $$
DECLARE
    shared text;
BEGIN
    FOREACH shared IN ARRAY ARRAY['report_pin', 'report_letter'] LOOP
        EXECUTE format('ALTER TABLE platform.%I ENABLE ROW LEVEL SECURITY', shared);
        EXECUTE format('CREATE POLICY own ON platform.%I TO weft_tenants USING (tenant = current_user) WITH CHECK (tenant = current_user)', shared);
        EXECUTE format('CREATE POLICY every ON platform.%I TO weft_platform USING (true) WITH CHECK (true)', shared);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON platform.%I TO weft_tenants', shared);
        EXECUTE format('GRANT SELECT, DELETE ON platform.%I TO weft_platform', shared);
    END LOOP;
END $$;
