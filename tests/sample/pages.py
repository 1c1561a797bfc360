"""The notes with a page of their own: what the benchmark of pages asks for."""

from collections.abc import Sequence
from typing import Any

from litestar import get
from litestar.response import Response
from litestar.types import ControllerRouterHandler
from piccolo.conf.apps import AppConfig

from weft import MenuItem, Permission, Plugin, TheTenant, TheUi, hookimpl, needs

from .piccolo_app import APP_CONFIG

READ = Permission("notes.note.read", "Read notes")
QUERY = "SELECT id, title, version FROM notes_note ORDER BY title LIMIT $1"


@get("/list", guards=[needs(READ)])
async def list_notes(tenant: TheTenant, ui: TheUi) -> Response[Any]:
    """Show twenty notes."""
    async with tenant.transaction() as db:
        rows = await db.fetch(QUERY, 20)
    return await ui.page("notes/list.html", rows=rows)


class NotesWithPages(Plugin):
    """Notes, and a page that shows them."""

    key = "notes"
    title = "Notes"
    version = "1.0"

    @hookimpl
    def storage(self) -> AppConfig:
        return APP_CONFIG

    @hookimpl
    def permissions(self) -> Sequence[Permission]:
        return [READ]

    @hookimpl
    def menu(self) -> Sequence[MenuItem]:
        return [MenuItem(title="Notes", path="/notes/list", permission=READ, icon="note")]

    @hookimpl
    def routes(self) -> Sequence[ControllerRouterHandler]:
        return [list_notes]


plugin = NotesWithPages()
