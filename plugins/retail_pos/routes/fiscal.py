"""What the tax office asks for: chains, closings, archives and the journal of technical events."""

from datetime import date, timedelta
from typing import Any

from litestar import get, post
from litestar.response import Response

from weft import Form, Invalid, TheForm, TheTenant, TheUi, needs

from ..journal import JOURNAL
from ..permissions import CASH, READ
from ..services import archiving, fiscal
from ..services.archiving import Wanted

PATH = "/retail_pos/fiscal"


@get("/fiscal", guards=[needs(READ)])
async def show_fiscal(tenant: TheTenant, ui: TheUi) -> Response[Any]:
    """Show chains, closings and archives."""
    last = tenant.today().replace(day=1) - timedelta(1)
    form = Form.of(first=last.replace(day=1).isoformat(), last=last.isoformat())
    return await ui.page("retail_pos/fiscal.html", form=form, errors={}, problem="", **await _given(tenant))


async def _given(tenant: TheTenant) -> dict[str, Any]:
    async with tenant.transaction():
        runs = await tenant.check_runs(fiscal.PLUGIN, 1)
    own = {check.name for check in fiscal.CHECKS}
    answers = [answer for answer in runs[0].answers if answer.name in own] if runs else []
    proof = {"made_at": runs[0].made_at, "holds": all(each.holds for each in answers), "answers": answers} if answers else None
    return {"state": await fiscal.state(tenant), "proof": proof, "currency": tenant.currency}


@post("/fiscal/check", guards=[needs(READ)])
async def check_now(tenant: TheTenant, ui: TheUi) -> Response[Any]:
    """Ask for every record and closing to be looked at."""
    async with tenant.transaction(unaudited="a check changes nothing"):
        await tenant.ask_checks(fiscal.PLUGIN)
    return ui.redirect(PATH, toast="Every record is being checked: the answer comes to this page.")


@post("/fiscal/close", guards=[needs(CASH)])
async def close_due(tenant: TheTenant, ui: TheUi) -> Response[Any]:
    """Close the months and years that are over."""
    made = await fiscal.close_due(tenant)
    told = ", ".join(f"{each.kind} {each.number}" for each in made)
    return ui.redirect(PATH, toast=f"Closed: {told}." if made else "Nothing is due: every month that is over is closed.")


@post("/fiscal/archives", guards=[needs(CASH)])
async def ask_for_archive(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Ask for an archive of some days."""
    try:
        wanted = form.read(Wanted)
        await archiving.ask(tenant, wanted)
    except Invalid as wrong:
        return await ui.rejected("retail_pos/fiscal.html", wrong, form=form, **await _given(tenant))
    return ui.redirect(PATH, toast=f"The archive of {_days(wanted.first, wanted.last)} is being made.")


def _days(first: date, last: date) -> str:
    return f"{first.isoformat()} to {last.isoformat()}"


@get("/fiscal/journal", guards=[needs(READ)])
async def show_journal(ui: TheUi) -> Response[Any]:
    """Show the technical events of all tills."""
    return await ui.listing(JOURNAL)


FISCAL = (show_fiscal, check_now, close_due, ask_for_archive, show_journal)
