"""What Sample tasks adds to the platform."""

from collections.abc import Sequence
from typing import Any

from litestar.types import ControllerRouterHandler
from piccolo.conf.apps import AppConfig
from weft import (
    Event,
    Importer,
    Job,
    Listing,
    MenuItem,
    Permission,
    Plugin,
    RecordKind,
    RoleTemplate,
    Schedule,
    SearchSource,
    Settings,
    Widget,
    hookimpl,
)

from . import api, events, imports, jobs, listing, permissions, records, routes, search, widgets
from .piccolo_app import APP_CONFIG
from .settings import TaskSettings


class SampleTasks(Plugin):
    """Tasks with a day on which they are due."""

    key = "sample_tasks"
    title = "Sample tasks"
    version = "0.1.0"
    summary = "Tasks with a day on which they are due, and a reminder in time."
    category = "Other"
    icon = "checklist"
    vendor = ""

    @hookimpl
    def storage(self) -> AppConfig:
        return APP_CONFIG

    @hookimpl
    def settings(self) -> type[Settings]:
        return TaskSettings

    @hookimpl
    def records(self) -> Sequence[RecordKind]:
        return [records.TASK]

    @hookimpl
    def permissions(self) -> Sequence[Permission]:
        return permissions.ALL

    @hookimpl
    def role_templates(self) -> Sequence[RoleTemplate]:
        return [permissions.READER, permissions.EDITOR]

    @hookimpl
    def routes(self) -> Sequence[ControllerRouterHandler]:
        return routes.ALL

    @hookimpl
    def api(self) -> Sequence[ControllerRouterHandler]:
        return api.ALL

    @hookimpl
    def menu(self) -> Sequence[MenuItem]:
        return [MenuItem(title="Sample tasks", path="/sample_tasks", permission=permissions.READ, icon="checklist")]

    @hookimpl
    def listings(self) -> Sequence[Listing]:
        return [listing.TASKS]

    @hookimpl
    def widgets(self) -> Sequence[Widget]:
        return [widgets.DUE]

    @hookimpl
    def search(self) -> Sequence[SearchSource]:
        return [search.TASKS]

    @hookimpl
    def jobs(self) -> Sequence[Job[Any]]:
        return [jobs.REMIND]

    @hookimpl
    def schedules(self) -> Sequence[Schedule]:
        return [jobs.EVERY_MORNING]

    @hookimpl
    def events(self) -> Sequence[type[Event]]:
        return [events.TaskFinished]

    @hookimpl
    def importers(self) -> Sequence[Importer[Any]]:
        return [imports.TASKS]


plugin = SampleTasks()
