"""How the pages before the shell answer: sign-up, sign-in, invitations, new passwords."""

from typing import Any

from litestar import Request
from litestar.enums import MediaType
from litestar.response import Response
from litestar.utils.empty import value_or_default
from litestar.utils.scope.state import ScopeState

from web.door import door_of
from web.views import Surroundings, Views


class GateUi:
    """Renders pages of the platform's host; bound to one request."""

    def __init__(self, views: Views, request: Request[Any, Any, Any]) -> None:
        self.views = views
        self.request = request
        self.door = door_of(request)

    def page(self, template: str, /, *, status: int = 200, **context: Any) -> Response[str]:
        """Return a whole page."""
        token = str(value_or_default(ScopeState.from_scope(self.request.scope).csrf_token, ""))
        around = Surroundings(self.views.formats("en_GB", "UTC", "EUR"), token)
        person = self.door.access.person if self.door.access else None
        theme = self.door.access.theme if self.door.access else "system"
        values = {"shell": None, "csrf_token": token, "person": person, "theme": theme, "settings": self.views.runtime.settings, **context}
        return Response(self.views.render(template, around, values), status_code=status, media_type=MediaType.HTML)

    def redirect(self, path: str) -> Response[Any]:
        """Send the browser on (303)."""
        return Response(b"", status_code=303, headers={"Location": path})
