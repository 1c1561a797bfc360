"""A small plugin that the platform's own tests switch on."""

from weft import Permission, Plugin, RoleTemplate, hookimpl
from .piccolo_app import APP_CONFIG

READ = Permission("notes.note.read", "Read notes")
WRITE = Permission("notes.note.write", "Write notes")


class Notes(Plugin):
    key = "notes"
    title = "Notes"
    version = "1.0"

    @hookimpl
    def storage(self):
        return APP_CONFIG

    @hookimpl
    def permissions(self):
        return [READ, WRITE]

    @hookimpl
    def role_templates(self):
        return [RoleTemplate("writer", "Writer", (READ, WRITE))]


plugin = Notes()
