-- What the operator says of the WAL it keeps: from when to when one business can be brought back as it was. One row, or none.
CREATE TABLE platform.wal_kept (
    only_one   boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    days       integer NOT NULL,            -- how far back one shall be able to go
    oldest_at  timestamptz,                 -- the first moment that can be had, without a gap up to now
    newest_at  timestamptz,                 -- when the newest segment was archived
    based_at   timestamptz,                 -- when the newest base backup was made
    bytes      bigint NOT NULL DEFAULT 0,   -- the room that all of it takes
    trouble    text NOT NULL DEFAULT '',    -- what keeps it from being kept; empty: nothing
    looked_at  timestamptz NOT NULL
);
GRANT SELECT ON platform.wal_kept TO weft_platform;
