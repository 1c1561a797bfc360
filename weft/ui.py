"""What a plugin adds to pages, and how its routes answer."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from litestar.response import Response
from markupsafe import Markup

from weft.errors import Conflict, Invalid
from weft.listing import Listing
from weft.permissions import Permission

if TYPE_CHECKING:
    from weft.tenant import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    """One entry of the main navigation, which groups entries by `section`; `icon` is a name of the Tabler icon set."""

    title: str
    path: str
    permission: Permission
    icon: str = "point"
    section: str = ""  # empty: the plugin's own title
    order: int = 100
    shortcut: str = ""  # the letter after "g"


@dataclass(frozen=True, slots=True, kw_only=True)
class Widget:
    """One card of the dashboard. `render` opens its own transaction and returns the card whole (macros `ui.stat`, `ui.card`).

    `span` is its width in a grid of twelve columns.
    """

    name: str  # "<plugin>.<thing>"
    title: str
    permission: Permission
    render: "Callable[[Tenant, Ui], Awaitable[Markup]]"
    span: int = 4
    order: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A fragment for a named slot that another page leaves open; `render` gets the id of the record the page shows."""

    slot: str  # "<plugin>.<page>.<place>"
    name: str  # "<plugin>.<thing>"
    title: str
    permission: Permission
    render: "Callable[[Tenant, Ui, UUID], Awaitable[Markup]]"
    order: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A button on the records of a kind, perhaps another plugin's; `path` has ``{id}`` in it."""

    record: str  # the name of the `RecordKind`
    title: str
    path: str
    permission: Permission
    method: Literal["get", "post"] = "get"
    icon: str = ""
    confirm: str = ""  # the question to ask first
    order: int = 100


class Ui(ABC):
    """How a route answers; bound to the request. Templates are Jinja files of the plugin, named ``<plugin>/page.html`` and
    ``<plugin>/_fragment.html``.
    """

    @abstractmethod
    async def page(self, template: str, /, *, status: int = 200, slots: Mapping[str, UUID] | None = None, **context: Any) -> Response[str]:
        """Return a whole page inside the shell. `slots` names the places it leaves open, with the id of the record each is about."""

    @abstractmethod
    def public_page(self, template: str, /, *, status: int = 200, **context: Any) -> Response[str]:
        """Return a page outside the shell, for those who need not be signed in; `template` extends ``public.html``."""

    @abstractmethod
    async def fragment(self, template: str, /, *, status: int = 200, toast: str = "", **context: Any) -> Response[str]:
        """Return a piece of a page, for HTMX to put in place."""

    @abstractmethod
    async def listing(self, listing: Listing, /, *, template: str = "listing.html", **context: Any) -> Response[Any]:
        """Return a page of a listing as the query string asks for it; `template` extends ``listing.html``."""

    @abstractmethod
    def partial(self, template: str, /, **context: Any) -> Markup:
        """Render a piece without answering with it: what widgets and panels return."""

    @abstractmethod
    def redirect(self, path: str, *, toast: str = "") -> Response[Any]:
        """Send the browser on (303), and show a sentence there."""

    @abstractmethod
    async def rejected(self, template: str, wrong: Invalid | Conflict, /, **context: Any) -> Response[str]:
        """Return the same form again, with what was typed and a sentence beside each wrong field (422), or with what the other person saved
        (409).
        """

    @abstractmethod
    async def history(self, kind: str, record_id: UUID) -> Sequence[Any]:
        """Return the latest audit entries of one record, for the `timeline` macro."""

    @abstractmethod
    def actions(self, record: str, record_id: UUID) -> Sequence[Mapping[str, Any]]:
        """Return the buttons that modules put on one record of a kind, as items of the `menu` macro: those that the person may press."""
