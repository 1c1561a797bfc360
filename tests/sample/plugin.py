"""A small plugin that the platform's own tests switch on."""

from weft import Permission, Plugin, RoleTemplate, hookimpl

from .events import NoteWritten
from .jobs import JOBS, NOTE, SCHEDULES, SUBSCRIPTIONS
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

    @hookimpl
    def records(self):
        return [NOTE]

    @hookimpl
    def jobs(self):
        return JOBS

    @hookimpl
    def schedules(self):
        return SCHEDULES

    @hookimpl
    def events(self):
        return [NoteWritten]

    @hookimpl
    def subscriptions(self):
        return SUBSCRIPTIONS


plugin = Notes()
