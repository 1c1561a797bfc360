"""The mail that could not be sent, for whoever tries Weft out without a mail server. Never there in production."""

import re
from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import get
from litestar.connection import ASGIConnection
from litestar.enums import MediaType
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Response
from markupsafe import Markup, escape

from core.messaging.mail import read_files
from web.dependencies import TheDoor, TheGate
from web.door import door_of
from weft.errors import Missing

_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
_LETTER = """
SELECT m.id, m.recipient, m.subject, m.body_text, m.body_html <> '' AS has_html, m.created_at, COALESCE(t.name, 'Weft') AS sender,
    ARRAY(SELECT f ->> 'name' FROM jsonb_array_elements(m.files) AS f) AS files
FROM platform.mail m LEFT JOIN platform.tenant t ON t.schema = m.tenant
"""


def where_one_tries_things(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard the mailbox: links to new passwords are in it."""
    if not door_of(connection).runtime.settings.shows_mail:
        raise Missing("There is no mailbox here: mail is sent by a mail server, or this is no installation to try things out.")


@get("/mailbox")
async def mailbox(gate: TheGate, door: TheDoor) -> Response[str]:
    """Show the newest letters."""
    rows = await door.runtime.platform.fetch(_LETTER + "ORDER BY m.created_at DESC, m.id DESC LIMIT 100")
    return gate.page("platform/mailbox.html", letters=[dict(row) for row in rows])


@get("/mailbox/{mail_id:uuid}")
async def letter(gate: TheGate, door: TheDoor, mail_id: FromPath[UUID]) -> Response[str]:
    """Show one letter as text, with links to press."""
    row = await door.runtime.platform.fetchrow(_LETTER + "WHERE m.id = $1", mail_id)
    if row is None:
        raise Missing("There is no such letter.")
    return gate.page("platform/letter.html", letter=dict(row), body=with_links(row["body_text"]))


@get("/mailbox/{mail_id:uuid}/html")
async def letter_html(door: TheDoor, mail_id: FromPath[UUID]) -> Response[str]:
    """Return a letter as a mail program would show it, where no script and no form of it can do anything."""
    html = await door.runtime.platform.fetchval("SELECT body_html FROM platform.mail WHERE id = $1", mail_id)
    if not html:
        raise Missing("This letter has no HTML.")
    policy = (
        "sandbox allow-popups allow-top-navigation-by-user-activation; default-src 'none'; style-src-attr 'unsafe-inline'; img-src data:"
    )
    return Response(html, media_type=MediaType.HTML, headers={"Content-Security-Policy": policy})


@get("/mailbox/{mail_id:uuid}/files/{place:int}")
async def letter_file(door: TheDoor, mail_id: FromPath[UUID], place: FromPath[int]) -> Response[bytes]:
    """Return a file of a letter, to be saved."""
    files = read_files(await door.runtime.platform.fetchval("SELECT files::text FROM platform.mail WHERE id = $1", mail_id) or "[]")
    if not 0 <= place < len(files):
        raise Missing("There is no such file.")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(files[place].name)}"}
    return Response(files[place].content, media_type="application/octet-stream", headers=headers)


def with_links(text: str) -> Markup:
    """Return text with its web addresses as links."""
    parts, at = [], 0
    for found in _LINK.finditer(text):
        parts += [escape(text[at : found.start()]), Markup('<a href="{0}">{0}</a>').format(found[0])]
        at = found.end()
    return Markup("").join([*parts, escape(text[at:])])


mailbox_routes = [mailbox, letter, letter_html, letter_file]
