"""The module of a business that moves: notes, with a page that writes them, and a table that has no primary key and counts by itself."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from litestar import get, post
from litestar.params import QueryParameter
from litestar.response import Response
from litestar.types import ControllerRouterHandler
from piccolo.conf.apps import AppConfig

from tests.sample.events import NoteWritten
from tests.sample.jobs import NOTE, Told
from tests.sample.jobs import WRITE as WRITING
from tests.sample.plugin import READ, WRITE, Notes
from weft import Change, Plugin, RecordRef, TheForm, TheTenant, hookimpl, needs, new_id

TITLES = "SELECT title FROM notes_note ORDER BY title"


@post("/write", guards=[needs(WRITE)])
async def write_note(tenant: TheTenant, form: TheForm) -> Response[Any]:
    """Write a note, tell of it, and have a job write another."""
    title = form.get("title")
    async with tenant.transaction() as db:
        note = new_id()
        await db.execute("INSERT INTO notes_note (id, title, version) VALUES ($1, $2, 1)", note, title)
        await tenant.record(Change(RecordRef(NOTE, note, title), "written"))
        await tenant.emit(NoteWritten(title))
        await tenant.enqueue(WRITING, Told(title=f"job of {title}"))
    return Response(title, status_code=201, media_type="text/plain")


@get("/titles", guards=[needs(READ)])
async def titles(tenant: TheTenant, begin: Annotated[str, QueryParameter(max_length=100)] = "") -> list[str]:
    """Return what all notes say."""
    async with tenant.transaction() as db:
        return [row["title"] for row in await db.fetch(TITLES) if row["title"].startswith(begin)]


class MovingNotes(Notes):
    """Notes, with pages."""

    @hookimpl
    def routes(self) -> Sequence[ControllerRouterHandler]:
        return [write_note, titles]


class Tally(Plugin):
    """Counts, in a table that has no primary key; and has triggers that would not have their rows twice."""

    key = "tally"
    title = "Tally"
    version = "1.0"

    @hookimpl
    def storage(self) -> AppConfig:
        return AppConfig(app_name="tally", migrations_folder_path=Path(__file__).parent / "migrations", table_classes=[])


PLUGINS = (MovingNotes(), Tally())
