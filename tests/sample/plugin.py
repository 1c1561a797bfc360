"""A small plugin that the platform's own tests switch on."""

from collections.abc import Sequence
from typing import Any

from piccolo.conf.apps import AppConfig

from weft import Event, Job, Permission, Plugin, RecordKind, RoleTemplate, Schedule, Subscription, hookimpl

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
    def storage(self) -> AppConfig:
        return APP_CONFIG

    @hookimpl
    def permissions(self) -> Sequence[Permission]:
        return [READ, WRITE]

    @hookimpl
    def role_templates(self) -> Sequence[RoleTemplate]:
        return [RoleTemplate("writer", "Writer", (READ, WRITE))]

    @hookimpl
    def records(self) -> Sequence[RecordKind]:
        return [NOTE]

    @hookimpl
    def jobs(self) -> Sequence[Job[Any]]:
        return JOBS

    @hookimpl
    def schedules(self) -> Sequence[Schedule]:
        return SCHEDULES

    @hookimpl
    def events(self) -> Sequence[type[Event]]:
        return [NoteWritten]

    @hookimpl
    def subscriptions(self) -> Sequence[Subscription[Any]]:
        return SUBSCRIPTIONS


plugin = Notes()
