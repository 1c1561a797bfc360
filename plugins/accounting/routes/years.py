"""Fiscal years, locks with their exceptions, and closing a year."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from weft import Conflict, Form, Invalid, Refused, Tenant, TheForm, TheTenant, TheUi, Ui, needs

from ..domain.calendar import YearDraft
from ..domain.locks import LOCKS
from ..permissions import CLOSE, LOCK, READ
from ..records import BOOKS, YEAR
from ..services import closing, years
from ..services.years import ExceptionDraft

PAGE = "/accounting/years"


@get("/years", guards=[needs(READ)])
async def show_years(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show fiscal years, locks and exceptions."""
    return await _years(tenant, ui, Form({}))


async def _years(
    tenant: Tenant, ui: Ui, form: Form, wrong: Invalid | Conflict | None = None, status: int = 200, about: str = ""
) -> Response[str]:
    calendar = await years.read_calendar(tenant)
    errors = wrong.fields if isinstance(wrong, Invalid) else {}
    return await ui.page(
        "accounting/years.html",
        status=status,
        years=list(reversed(calendar.years)),
        locks=calendar.locks,
        kinds=LOCKS,
        exceptions=calendar.exceptions,
        people=await tenant.people(),
        now=tenant.now(),
        form=form,
        errors=errors,
        about=about,
        problem=wrong.message if wrong and not errors else "",
        history=await ui.history(YEAR.name, BOOKS),
    )


@post("/years", guards=[needs(CLOSE)])
async def open_year(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Open a fiscal year: the next one, or one with days of its own."""
    try:
        made = await years.next_year(tenant) if form.get("do") == "next" else await years.open_year(tenant, form.read(YearDraft))
    except (Invalid, Conflict) as wrong:
        return await _years(tenant, ui, form, wrong, 409 if isinstance(wrong, Conflict) else 422, "year")
    return ui.redirect(PAGE, toast=f"The fiscal year {made.code} is open.")


@post("/locks", guards=[needs(LOCK)])
async def set_lock(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Set, move or lift a lock."""
    kind = form.get("kind")
    if kind == "hard" and not tenant.may(CLOSE):
        raise Refused(f"You need the permission “{CLOSE.title}” for the hard lock.")
    if kind == "hard" and form.get("sure") != "yes":
        problem = Invalid.field("sure", "Say that you mean it: the hard lock can never be taken back.")
        return await _years(tenant, ui, form, problem, 422, f"lock-{kind}")
    try:
        await years.set_lock(tenant, kind, date.fromisoformat(form.get("through")) if form.get("through") else None)
    except ValueError:
        return await _years(tenant, ui, form, Invalid.field("through", "Enter a date."), 422, f"lock-{kind}")
    except (Invalid, Conflict) as wrong:
        return await _years(tenant, ui, form, wrong, 409 if isinstance(wrong, Conflict) else 422, f"lock-{kind}")
    return ui.redirect(PAGE, toast=f"Locked through {form.get('through')}." if form.get("through") else "The lock is lifted.")


@post("/locks/exceptions", guards=[needs(LOCK)])
async def grant(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Let one person past a lock for a time."""
    try:
        draft = form.read(ExceptionDraft)
        names = {each.id: each.name for each in await tenant.people()}
        if draft.person not in names:
            raise Invalid.field("person", "Choose somebody of the list.")
        made = await years.grant(tenant, msgspec.structs.replace(draft, person_name=names[draft.person]))
    except Invalid as wrong:
        return await _years(tenant, ui, form, wrong, 422, "exception")
    return ui.redirect(PAGE, toast=f"{made.person_name} may post past the lock until the time is over.")


@post("/locks/exceptions/{exception_id:uuid}/revoke", guards=[needs(LOCK)])
async def revoke(tenant: TheTenant, ui: TheUi, exception_id: FromPath[UUID]) -> Response[Any]:
    """End an exception before its time."""
    await years.revoke(tenant, exception_id)
    return ui.redirect(PAGE, toast="The exception is over.")


@get("/years/{year_id:uuid}", guards=[needs(READ)])
async def show_year(tenant: TheTenant, ui: TheUi, year_id: FromPath[UUID]) -> Response[Any]:
    """Show a fiscal year with what is left to do before it is closed."""
    if year_id == BOOKS:
        return ui.redirect(PAGE)
    return await _year(tenant, ui, year_id)


async def _year(
    tenant: Tenant, ui: Ui, year_id: UUID, problem: str = "", errors: dict[str, str] | None = None, status: int = 200
) -> Response[str]:
    year = await years.find_year(tenant, year_id)
    checks = await closing.checklist(tenant, year_id) if year.state != "closed" else []
    return await ui.page(
        "accounting/year.html",
        status=status,
        year=year,
        checks=checks,
        ready=all(each.done or not each.blocks for each in checks),
        profit=await closing.preview(tenant, year_id) if year.state != "closed" else None,
        base=tenant.currency,
        problem=problem,
        errors=errors or {},
        history=await ui.history(YEAR.name, year_id),
    )


@post("/years/{year_id:uuid}/close", guards=[needs(CLOSE)])
async def close_year(tenant: TheTenant, ui: TheUi, year_id: FromPath[UUID]) -> Response[Any]:
    """Close a fiscal year."""
    try:
        await closing.close(tenant, year_id)
    except (Conflict, Invalid) as wrong:
        return await _year(tenant, ui, year_id, wrong.message, status=409)
    return ui.redirect(YEAR.url(year_id), toast="The year is closed.")


@post("/years/{year_id:uuid}/reopen", guards=[needs(CLOSE)])
async def reopen_year(tenant: TheTenant, ui: TheUi, form: TheForm, year_id: FromPath[UUID]) -> Response[Any]:
    """Open a closed year again."""
    try:
        await closing.reopen(tenant, year_id, form.get("reason"))
    except Invalid as wrong:
        return await _year(tenant, ui, year_id, errors=wrong.fields or {"reason": wrong.message}, status=422)
    except Conflict as wrong:
        return await _year(tenant, ui, year_id, wrong.message, status=409)
    return ui.redirect(YEAR.url(year_id), toast="The year is open again.")


@post("/years/{year_id:uuid}/delete", guards=[needs(CLOSE)])
async def delete_year(tenant: TheTenant, ui: TheUi, year_id: FromPath[UUID]) -> Response[Any]:
    """Delete a fiscal year without entries."""
    await years.delete_year(tenant, year_id)
    return ui.redirect(PAGE, toast="The fiscal year is deleted.")


year_routes = [show_years, open_year, set_lock, grant, revoke, show_year, close_year, reopen_year, delete_year]
