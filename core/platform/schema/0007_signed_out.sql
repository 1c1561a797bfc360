-- When somebody signed a member out of a tenant: sign-ins from before then lead there no more, until their password is typed anew.

ALTER TABLE platform.membership ADD COLUMN signed_out_at timestamptz;
