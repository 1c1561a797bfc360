"""What handlers can ask for by name: `tenant`, `ui`, `form`, `door`, `gate`."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from litestar import Request
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.params import SkipValidation

from core.tenancy.tenant import LiveTenant
from web.door import Door, door_of
from web.gate import GateUi
from web.ui import LiveUi
from web.views import Views
from weft.errors import Invalid
from weft.forms import Form

AnyRequest = Request[Any, Any, Any]

# How handlers of ours ask for them.
TheDoor: TypeAlias = NamedDependency[SkipValidation[Door]]
TheTenant: TypeAlias = NamedDependency[SkipValidation[LiveTenant]]
TheUi: TypeAlias = NamedDependency[SkipValidation[LiveUi]]
TheGate: TypeAlias = NamedDependency[SkipValidation[GateUi]]
TheForm: TypeAlias = NamedDependency[SkipValidation[Form]]


def dependencies(views: Views) -> Mapping[str, Provide]:
    """Return the dependencies of an application."""

    def ui(request: AnyRequest, tenant: TheTenant) -> LiveUi:
        # Asking for the tenant, which it does not need, puts the two one after the other: Litestar starts tasks for those side by side.
        return LiveUi(views, request)

    def gate(request: AnyRequest) -> GateUi:
        return GateUi(views, request)

    return {
        "door": Provide(the_door, sync_to_thread=False),
        "tenant": Provide(the_tenant, sync_to_thread=False),
        "ui": Provide(ui, sync_to_thread=False),
        "gate": Provide(gate, sync_to_thread=False),
        "form": Provide(the_form),
    }


def the_door(request: AnyRequest) -> Door:
    """Return what the dispatcher found out about the request."""
    return door_of(request)


def the_tenant(request: AnyRequest) -> LiveTenant:
    """Return the tenant of the request's host, with the person at the door acting."""
    return door_of(request).tenant


async def the_form(request: AnyRequest) -> Form:
    """Return the submitted fields; files are asked for by `request.form()`. Raises `Invalid` for text that is not UTF-8."""
    try:
        data = await request.form()
    except UnicodeDecodeError as wrong:
        raise Invalid("The form's text is not valid UTF-8: send it as UTF-8.") from wrong
    except ValueError as wrong:
        raise HTTPException(status_code=400, detail=f"The form could not be read: {wrong}") from wrong
    return Form({key: [value for value in data.getall(key) if isinstance(value, str)] for key in data})
