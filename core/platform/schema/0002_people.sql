-- People, where they belong, and how they prove who they are.

-- An address belongs to whoever has opened a link that was mailed there. Until then it only waits in `pending_email`, where two people may
-- have the same: so a sign-up need not tell whether an address is known, and nobody can take one that is not theirs.
CREATE TABLE platform.person (
    id             uuid PRIMARY KEY,
    email          text UNIQUE CHECK (email = lower(email) AND email LIKE '%_@_%'),  -- what one signs in with
    pending_email  text CHECK (pending_email = lower(pending_email) AND pending_email LIKE '%_@_%'),
    name           text NOT NULL,
    password_hash  text NOT NULL,  -- argon2id
    theme          text NOT NULL DEFAULT 'system' CHECK (theme IN ('light', 'dark', 'system')),
    created_at     timestamptz NOT NULL DEFAULT now(),
    disabled_at    timestamptz,
    CHECK (email IS NOT NULL OR pending_email IS NOT NULL)
);
CREATE INDEX person_pending ON platform.person (pending_email) WHERE pending_email IS NOT NULL;

CREATE TABLE platform.role (
    id           uuid PRIMARY KEY,
    tenant_id    uuid NOT NULL REFERENCES platform.tenant (id) ON DELETE CASCADE,
    title        text NOT NULL CHECK (title <> ''),
    template     text NOT NULL DEFAULT '',  -- "<plugin>.<key>" of the template it came from; "owner" may do everything
    permissions  text[] NOT NULL DEFAULT '{}',
    offered      text[],  -- what the template allowed when somebody last looked at it; NULL: a role without a template
    version      integer NOT NULL DEFAULT 1,
    UNIQUE (tenant_id, title)
);
CREATE UNIQUE INDEX role_template ON platform.role (tenant_id, template) WHERE template <> '';

CREATE TABLE platform.membership (
    id           uuid PRIMARY KEY,
    tenant_id    uuid NOT NULL REFERENCES platform.tenant (id) ON DELETE CASCADE,
    person_id    uuid NOT NULL REFERENCES platform.person (id) ON DELETE CASCADE,
    joined_at    timestamptz NOT NULL DEFAULT now(),
    disabled_at  timestamptz,
    version      integer NOT NULL DEFAULT 1,
    UNIQUE (tenant_id, person_id)
);
CREATE INDEX membership_person ON platform.membership (person_id);

CREATE TABLE platform.membership_role (
    membership_id  uuid NOT NULL REFERENCES platform.membership (id) ON DELETE CASCADE,
    role_id        uuid NOT NULL REFERENCES platform.role (id) ON DELETE CASCADE,
    PRIMARY KEY (membership_id, role_id)
);
CREATE INDEX membership_role_role ON platform.membership_role (role_id);

-- A browser signed in. `root` is the session at the platform's host that those at the tenants' hosts came from: they end together.
CREATE TABLE platform.session (
    id            uuid PRIMARY KEY,
    root          uuid NOT NULL,
    token_hash    bytea NOT NULL UNIQUE,  -- SHA-256 of the cookie
    person_id     uuid NOT NULL REFERENCES platform.person (id) ON DELETE CASCADE,
    tenant_id     uuid REFERENCES platform.tenant (id) ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    last_seen_at  timestamptz NOT NULL DEFAULT now(),
    expires_at    timestamptz NOT NULL,
    kept          boolean NOT NULL DEFAULT true,  -- the browser keeps the cookie when it is closed
    address       text NOT NULL DEFAULT '',
    user_agent    text NOT NULL DEFAULT ''
);
CREATE INDEX session_person ON platform.session (person_id);
CREATE INDEX session_root ON platform.session (root);
CREATE INDEX session_expires ON platform.session (expires_at);

-- Secrets that work once: brought to the tenant's host after signing in, or mailed to prove an address or set a new password.
CREATE TABLE platform.one_time_secret (
    token_hash  bytea PRIMARY KEY,
    purpose     text NOT NULL CHECK (purpose IN ('handoff', 'password_reset', 'confirm_email')),
    person_id   uuid NOT NULL REFERENCES platform.person (id) ON DELETE CASCADE,
    tenant_id   uuid REFERENCES platform.tenant (id) ON DELETE CASCADE,
    root        uuid,   -- of a handoff: the session it comes from
    browser     bytea,  -- of a handoff: SHA-256 of the cookie of the one browser it is for
    email       text,   -- the address it was mailed to
    expires_at  timestamptz NOT NULL
);
CREATE INDEX one_time_secret_expires ON platform.one_time_secret (expires_at);
CREATE INDEX one_time_secret_person ON platform.one_time_secret (person_id);

-- What was typed into a sign-up while no spare was left: it is completed as soon as there is one.
CREATE TABLE platform.sign_up (
    token_hash  bytea PRIMARY KEY,
    wanted      jsonb NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL
);

CREATE TABLE platform.invitation (
    id           uuid PRIMARY KEY,
    tenant_id    uuid NOT NULL REFERENCES platform.tenant (id) ON DELETE CASCADE,
    email        text NOT NULL CHECK (email = lower(email)),
    roles        uuid[] NOT NULL,
    token_hash   bytea NOT NULL UNIQUE,
    invited_by   uuid REFERENCES platform.person (id) ON DELETE SET NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    accepted_at  timestamptz,
    revoked_at   timestamptz
);
CREATE UNIQUE INDEX invitation_open ON platform.invitation (tenant_id, email) WHERE accepted_at IS NULL AND revoked_at IS NULL;

CREATE TABLE platform.api_token (
    id            uuid PRIMARY KEY,
    tenant_id     uuid NOT NULL REFERENCES platform.tenant (id) ON DELETE CASCADE,
    name          text NOT NULL CHECK (name <> ''),
    token_hash    bytea NOT NULL UNIQUE,
    hint          text NOT NULL,  -- its last four characters
    permissions   text[] NOT NULL,
    created_by    uuid REFERENCES platform.person (id) ON DELETE SET NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    last_used_at  timestamptz,
    expires_at    timestamptz,
    revoked_at    timestamptz
);
CREATE INDEX api_token_tenant ON platform.api_token (tenant_id);

-- Counts of tries in a window of time, such as sign-ins per account and per address.
CREATE UNLOGGED TABLE platform.attempt (
    key        text PRIMARY KEY,  -- what is counted, and a hash of whom
    count      integer NOT NULL,
    free_at    timestamptz NOT NULL,  -- no further try before
    resets_at  timestamptz NOT NULL
);
CREATE INDEX attempt_resets ON platform.attempt (resets_at);

CREATE TRIGGER tell AFTER DELETE ON platform.session
    FOR EACH ROW EXECUTE FUNCTION platform.tell_changed('session', 'token_hash');
CREATE TRIGGER tell AFTER UPDATE OF revoked_at, permissions OR DELETE ON platform.api_token
    FOR EACH ROW EXECUTE FUNCTION platform.tell_changed('session', 'token_hash');
CREATE TRIGGER tell AFTER UPDATE OR DELETE ON platform.person
    FOR EACH ROW EXECUTE FUNCTION platform.tell_changed('person', 'id');
CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON platform.membership
    FOR EACH ROW EXECUTE FUNCTION platform.tell_changed('person', 'person_id');
CREATE TRIGGER tell AFTER INSERT OR DELETE ON platform.membership_role
    FOR EACH ROW EXECUTE FUNCTION platform.tell_changed('membership', 'membership_id');
CREATE TRIGGER tell AFTER UPDATE OR DELETE ON platform.role
    FOR EACH ROW EXECUTE FUNCTION platform.tell_changed('access', 'tenant_id');

GRANT SELECT, INSERT, UPDATE, DELETE ON platform.person, platform.role, platform.membership, platform.membership_role, platform.session,
    platform.one_time_secret, platform.sign_up, platform.invitation, platform.api_token, platform.attempt TO weft_platform;
