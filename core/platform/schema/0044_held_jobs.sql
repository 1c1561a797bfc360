-- Work of plugins whose job, reaction or importer is left out in a business waits for that hook, and is let go when it is sound again.

ALTER TABLE platform.job ADD COLUMN held_by text NOT NULL DEFAULT '';  -- the plugin and the hook it waits for, with a space between; empty: none
CREATE INDEX job_held ON platform.job (tenant, held_by) WHERE state = 'waiting' AND held_by <> '';
