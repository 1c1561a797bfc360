-- Whose connections a tenant's transactions run on: those it shares with others, in its role; or its own, logged in as its role.
ALTER TABLE platform.tenant ADD COLUMN isolation text NOT NULL DEFAULT 'shared' CHECK (isolation IN ('shared', 'strict'));
