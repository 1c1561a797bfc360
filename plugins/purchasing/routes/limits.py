"""The page of how much each person may approve."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.response import Response

from weft import Conflict, Form, Invalid, Tenant, TheForm, TheTenant, TheUi, Ui, needs, number

from ..domain.matching import plain
from ..permissions import LIMITS
from ..services import limiting
from ..services.rules import limits

PAGE = "purchasing/limits.html"


@get("/limits", guards=[needs(LIMITS)])
async def show_limits(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show everybody with their limit."""
    return await _page(tenant, ui)


async def _page(tenant: Tenant, ui: Ui, wrong: Invalid | Conflict | None = None, form: Form | None = None) -> Response[str]:
    found = await limiting.everyone(tenant)
    kept = {str(each.person.id): "" if each.most is None else plain(each.most) for each in found}
    typed = {key: form.get(f"most-{key}") if form else value for key, value in kept.items()}
    seen = {key: form.get(f"seen-{key}") if form and isinstance(wrong, Invalid) else value for key, value in kept.items()}
    context: dict[str, Any] = {"found": found, "typed": typed, "seen": seen, "rules": limits(tenant), "base": tenant.currency}
    if wrong is not None:
        return await ui.rejected(PAGE, wrong, **context)
    return await ui.page(PAGE, **context, errors={}, problem="")


@post("/limits", guards=[needs(LIMITS)])
async def save_limits(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Set limits."""
    try:
        changed = await limiting.save(tenant, _amounts(form, "most-"), _amounts(form, "seen-"))
    except (Invalid, Conflict) as wrong:
        return await _page(tenant, ui, wrong, form)
    said = "Nothing was changed." if not changed else f"{changed} {'limit is' if changed == 1 else 'limits are'} changed."
    return ui.redirect("/purchasing/limits", toast=said)


def _amounts(form: Form, prefix: str) -> dict[UUID, Decimal | None]:
    found: dict[UUID, Decimal | None] = {}
    wrong: dict[str, str] = {}
    for name in form.values:
        if not name.startswith(prefix):
            continue
        text = form.get(name)
        try:
            found[UUID(name.removeprefix(prefix))] = number(text) if text else None
        except ValueError as problem:
            wrong[name] = str(problem)
    if wrong:
        raise Invalid(fields=wrong)
    return found


limit_routes = [show_limits, save_limits]
