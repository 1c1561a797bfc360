"""How the pages before the shell answer: sign-up, sign-in, invitations, new passwords, a person's own account."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Request
from litestar.datastructures import Cookie
from litestar.enums import MediaType
from litestar.response import Response
from litestar.utils.empty import value_or_default
from litestar.utils.scope.state import ScopeState

from web.door import TOAST_COOKIE, door_of
from web.flash import read_toast, toast_cookie
from web.views import Surroundings, Views
from weft.errors import Conflict, Invalid


class GateUi:
    """Renders pages of the platform's host; bound to one request."""

    def __init__(self, views: Views, request: Request[Any, Any, Any]) -> None:
        self.views = views
        self.request = request
        self.door = door_of(request)

    @property
    def htmx(self) -> bool:
        """Whether a script asked, for a piece of the page."""
        return "hx-request" in self.request.headers

    def page(self, template: str, /, *, status: int = 200, headers: Mapping[str, str] | None = None, **context: Any) -> Response[str]:
        """Return a whole page, or a fragment of one."""
        token = str(value_or_default(ScopeState.from_scope(self.request.scope).csrf_token, ""))
        around = Surroundings(self.views.formats("en_GB", "UTC", "EUR"), token)
        access = self.door.access
        toast = "" if template.rpartition("/")[2].startswith("_") else read_toast(self.request.cookies.get(TOAST_COOKIE, ""))
        values = {
            "shell": None,
            "csrf_token": token,
            "person": access.person if access else None,
            "theme": access.theme if access else "system",
            "mailbox": self.views.runtime.settings.shows_mail,
            "base_host": self.views.runtime.settings.base_host,
            "flashes": [{"text": toast, "tone": "good"}] if toast else [],
            **context,
        }
        text = self.views.render(template, around, values)
        response = Response(text, status_code=status, media_type=MediaType.HTML, headers=headers)
        if toast:
            response.delete_cookie(TOAST_COOKIE)
        return response

    def rejected(self, template: str, wrong: Invalid | Conflict, /, **context: Any) -> Response[str]:
        """Return the same form again, with a sentence beside each wrong field (422), or above it (409)."""
        errors = wrong.fields if isinstance(wrong, Invalid) else {}
        status = 409 if isinstance(wrong, Conflict) else 422
        return self.page(template, status=status, errors=errors, problem="" if errors else wrong.message, **context)

    def redirect(self, path: str, *, toast: str = "", cookies: Sequence[Cookie] = ()) -> Response[Any]:
        """Send the browser on (303), and show a sentence there."""
        given = [*cookies, toast_cookie(toast)] if toast else list(cookies)
        if self.htmx:
            return Response(b"", headers={"HX-Redirect": path}, cookies=given)
        return Response(b"", status_code=303, headers={"Location": path}, cookies=given)
