"""How routes answer, kept: `weft.Ui` bound to one request."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request
from litestar.enums import MediaType
from litestar.response import Response
from litestar.utils.empty import value_or_default
from litestar.utils.scope.state import ScopeState
from markupsafe import Markup

from core.auth.permissions import MODULES
from core.firewall.calls import LeftOut, Spot
from core.tenancy.tenant import LiveTenant
from web.door import TOAST_COOKIE, Door, door_of
from web.flash import read_toast, toast_cookie
from web.history import history_items
from web.listing_view import listing_context
from web.shell import shell_of
from web.views import Surroundings, Views
from weft.errors import Conflict, Invalid, WeftError
from weft.listing import Listing
from weft.ui import Panel, Ui

SECTIONS_COOKIE = "weft_nav"  # which of its sections the person opened and closed
SIDE_COOKIE = "weft_side"  # the page's script remembers here whether the side bar is folded


class LiveUi(Ui):
    """Renders pages and fragments for the person at the door."""

    def __init__(self, views: Views, request: Request[Any, Any, Any]) -> None:
        self.views = views
        self.request = request
        self.door: Door = door_of(request)

    @property
    def htmx(self) -> bool:
        """Whether a script asked, for a piece of the page."""
        return "hx-request" in self.request.headers and "hx-boosted" not in self.request.headers

    async def page(self, template: str, /, *, status: int = 200, slots: Mapping[str, UUID] | None = None, **context: Any) -> Response[str]:
        """Return a whole page inside the shell."""
        filled = {name: await self._panels(name, record_id) for name, record_id in (slots or {}).items()}
        toast = read_toast(self.request.cookies.get(TOAST_COOKIE, ""))
        around = self._around(filled)
        shell = await self._shell(around)
        flashes = [{"text": toast, "tone": "good"}] if toast else []
        text = self.views.render(template, around, {"csrf_token": around.csrf_token, "shell": shell, "flashes": flashes, **context})
        response = Response(text, status_code=status, media_type=MediaType.HTML)
        if toast:
            response.delete_cookie(TOAST_COOKIE)
        return response

    def public_page(self, template: str, /, *, status: int = 200, **context: Any) -> Response[str]:
        """Return a page outside the shell."""
        door, around = self.door, self._around({})
        business = door.record.name if door.record else ""
        values = {"csrf_token": around.csrf_token, "shell": None, "flashes": [], "theme": "system", "business": business, **context}
        return Response(self.views.render(template, around, values), status_code=status, media_type=MediaType.HTML)

    async def _shell(self, around: Surroundings) -> Mapping[str, Any]:
        door, navigation = self.door, self.views.navigation
        record, access = door.record, door.access
        assert record is not None
        assert access is not None
        places = await door.runtime.places.of(door.person_id) if door.person_id else ()
        unread = await self.views.unread.count(door.tenant)
        cookies = self.request.cookies
        folded, pressed = cookies.get(SIDE_COOKIE) == "folded", cookies.get(SECTIONS_COOKIE, "")
        active = navigation.active(record.enabled, access.permissions, self.request.scope["path"])
        reader = (access.person, access.token_name, access.permissions, access.theme, folded, pressed, unread, places)
        key = (record.id, record.name, record.logo, record.enabled, active, *reader)
        return self.views.frame(
            key, around, lambda: shell_of(door, navigation, active, folded=folded, pressed=pressed, unread=unread, places=places)
        )

    async def fragment(self, template: str, /, *, status: int = 200, toast: str = "", **context: Any) -> Response[str]:
        """Return a piece of a page."""
        headers = {"HX-Trigger": _toast_event(toast)} if toast else {}
        return Response(self._render(template, context, {}), status_code=status, media_type=MediaType.HTML, headers=headers)

    async def listing(self, listing: Listing, /, *, template: str = "listing.html", **context: Any) -> Response[Any]:
        """Return a page of a listing as the query string asks for it."""
        return await self.page(template, **await listing_context(self, listing), **context)

    def partial(self, template: str, /, **context: Any) -> Markup:
        """Render a piece without answering with it."""
        return Markup(self._render(template, context, {}))  # noqa: S704  # rendered with autoescape

    def redirect(self, path: str, *, toast: str = "") -> Response[Any]:
        """Send the browser on, and show a sentence there."""
        cookies = [toast_cookie(toast)] if toast else []
        if self.htmx:
            return Response(b"", headers={"HX-Redirect": path}, cookies=cookies)
        return Response(b"", status_code=303, headers={"Location": path}, cookies=cookies)

    async def rejected(self, template: str, wrong: Invalid | Conflict, /, **context: Any) -> Response[str]:
        """Return the same form again, with a sentence beside each wrong field."""
        errors = wrong.fields if isinstance(wrong, Invalid) else {}
        general = "" if errors else wrong.message
        status = 409 if isinstance(wrong, Conflict) else 422
        return await self.page(template, status=status, errors=errors, problem=general, **context)

    async def history(self, kind: str, record_id: UUID) -> Sequence[dict[str, object]]:
        """Return the latest audit entries of one record."""
        return await history_items(self.door.tenant, kind, record_id)

    def actions(self, record: str, record_id: UUID) -> Sequence[Mapping[str, Any]]:
        """Return the buttons that modules put on one record."""
        tenant = self.door.tenant
        offered = self.views.runtime.registry.actions(record, tenant.catalogue_entry.enabled)
        return [
            {
                "label": each.title,
                each.method.replace("get", "href"): each.path.replace("{id}", str(record_id)),
                "icon": each.icon,
                "confirm": each.confirm or None,
            }
            for each in offered
            if tenant.may(each.permission)
        ]

    def _render(self, template: str, context: Mapping[str, Any], slots: Mapping[str, Markup]) -> str:
        around = self._around(slots)
        return self.views.render(template, around, {"csrf_token": around.csrf_token, **context})

    def _around(self, slots: Mapping[str, Markup]) -> Surroundings:
        door, token = self.door, str(value_or_default(ScopeState.from_scope(self.request.scope).csrf_token, ""))
        record = door.record
        zone, currency, locale = (record.timezone, record.currency, record.locale) if record else ("UTC", "EUR", "en_GB")
        permissions = door.access.permissions if door.access else frozenset()
        return Surroundings(self.views.formats(locale, zone, currency), token, permissions, slots)

    async def _panels(self, slot: str, record_id: UUID) -> Markup:
        tenant = self.door.tenant
        panels = [each for each in self.views.runtime.registry.panels(slot, tenant.catalogue_entry.enabled) if tenant.may(each.permission)]
        return Markup("").join([await self._panel(tenant, panel, record_id) for panel in panels])

    async def _panel(self, tenant: LiveTenant, panel: Panel, record_id: UUID) -> Markup:
        spot = Spot(panel.name.partition(".")[0], "panels", panel.title)
        return await contained(self, spot, lambda: panel.render(tenant, self, record_id))


async def contained(ui: LiveUi, spot: Spot, render: Callable[[], Any]) -> Markup:
    """Wait for a part of a page that a plugin renders; when it fails or takes too long the page stands, and says so in its place."""
    tenant = ui.door.tenant
    try:
        part: Markup = await ui.views.runtime.firewall.call(tenant, spot, render)
    except WeftError as wrong:
        return ui.partial("_left_out.html", title=spot.part, sentence=wrong.message, link="")
    except LeftOut as left:
        link = f"/modules/{spot.plugin}/faults" if tenant.may(MODULES) else ""
        return ui.partial("_left_out.html", title=spot.part, sentence=left.sentence, link=link)
    return part


def _toast_event(text: str) -> str:
    return msgspec.json.encode({"toast": {"text": text, "tone": "good"}}).decode()
