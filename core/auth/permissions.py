"""What the platform itself lets roles do in a tenant."""

from weft.permissions import Permission

IMPORT = Permission("core.import", "Import data, and undo imports")
JOBS = Permission("core.jobs", "See and retry jobs")
PEOPLE = Permission("core.people", "Invite people and set their roles")
MODULES = Permission("core.modules", "Switch modules on and off")
AUDIT = Permission("core.audit", "Read the audit log")
SETTINGS = Permission("core.settings", "Change settings")
TOKENS = Permission("core.tokens", "Make and revoke API tokens")
WEBHOOKS = Permission("core.webhooks", "Connect other systems by webhooks")
BACKUPS = Permission("core.backups", "Take all data out, and restore it beside this business")
EXPORT = Permission("core.export", "Export lists")

CORE = (SETTINGS, MODULES, PEOPLE, TOKENS, WEBHOOKS, IMPORT, EXPORT, JOBS, AUDIT, BACKUPS)
