-- Files that come with a letter, such as an invoice as PDF: a list of name, media_type and content in Base64.

ALTER TABLE platform.mail ADD COLUMN files jsonb NOT NULL DEFAULT '[]';
GRANT INSERT (files) ON platform.mail TO weft_tenants;
