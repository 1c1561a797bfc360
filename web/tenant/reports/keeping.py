"""Pinning a report to the dashboard, and having it sent by mail."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response
from markupsafe import Markup

from core.auth.permissions import EXPORT
from core.messaging.clock import declared, store
from core.reports.letters import NewLetter, Often, arrange, letters_of, readers, stop
from core.reports.pins import Pin, pin, pins_of, unpin
from core.reports.running import find_report, is_figure, reports_for, shown_columns
from core.reports.wish import read_wish
from core.reports.words import heading_of
from core.tenancy.tenant import LiveTenant
from web.dependencies import TheForm, TheUi
from web.tenant.reports.page import chart_of, foot, headings, read_page, shown_row
from web.ui import LiveUi
from weft.errors import Invalid
from weft.forms import Form
from weft.permissions import for_everyone, needs
from weft.reports import Report
from weft.tenant import Tenant
from weft.ui import Ui, Widget

EVERYONE = for_everyone("each report asks for its own permission; a dashboard is one's own")
PIN, LETTERS = "reports/pin_form.html", "reports/letter_form.html"
ROWS = 8  # of a card


async def pinned(tenant: LiveTenant) -> list[Widget]:
    """Return the cards of the reports that who acts has pinned and may see."""
    known = {each.name: each for each in reports_for(tenant)}
    return [
        Widget(
            name=f"core.report.{each.id}",
            title=each.title,
            permission=known[each.report].permission,
            render=partial(_card, known[each.report], each),
            span=6,
            order=900,
        )
        for each in await pins_of(tenant)
        if each.report in known
    ]


def report_of(widget: Widget) -> Report[Any] | None:
    """Return the report that a card shows; nothing where it is no pinned one."""
    render = widget.render
    found: Report[Any] | None = render.args[0] if isinstance(render, partial) and render.func is _card else None
    return found


async def _card(report: Report[Any], pin_: Pin, tenant: Tenant, ui: Ui) -> Markup:
    assert isinstance(tenant, LiveTenant)
    wish = await read_wish(tenant, report, pin_.query)
    columns, read = shown_columns(wish), await read_page(tenant, wish)
    shown = [columns[0], *[each for each in columns[1:] if is_figure(each)][-2:]] if len(columns) > 3 else list(columns)
    chart = chart_of(report.chart, read, columns, tenant.currency) if report.chart else None
    return ui.partial(
        "reports/_pin.html",
        pin=pin_,
        heading=await heading_of(tenant, wish),
        chart=chart,
        columns=headings(shown),
        rows=[shown_row(number, row, shown) for number, row in enumerate(read.rows[:ROWS])],
        more=len(read.rows) > ROWS,
        totals=foot(read.totals, shown, tenant.currency),
    )


@get("/{name:str}/pin/new", guards=[EVERYONE])
async def new_pin(ui: TheUi, name: FromPath[str]) -> Response[str]:
    """Ask for the title of the card."""
    report = find_report(ui.door.tenant, name)
    return await ui.page(PIN, report=report, query=ui.request.url.query, form=Form.of(title=report.title), errors={}, problem="")


@post("/{name:str}/pins", guards=[EVERYONE])
async def add_pin(ui: TheUi, form: TheForm, name: FromPath[str]) -> Response[Any]:
    """Put a report on the dashboard."""
    tenant = ui.door.tenant
    report = find_report(tenant, name)
    try:
        wish = await read_wish(tenant, report, form.get("query"))
        made = await pin(tenant, report.name, form.get("title"), wish.encode(page=1))
    except Invalid as wrong:
        return await ui.rejected(PIN, wrong, report=report, query=form.get("query"), form=form)
    return ui.redirect("/", toast=f"“{made.title}” is on your dashboard.")


@post("/pins/{pin_id:uuid}/delete", guards=[EVERYONE])
async def drop_pin(ui: TheUi, pin_id: FromPath[UUID]) -> Response[Any]:
    """Take a report off the dashboard."""
    await unpin(ui.door.tenant, pin_id)
    return ui.redirect("/", toast="The card is off your dashboard.")


async def _letters(ui: LiveUi, report: Report[Any], query: str, form: Form) -> dict[str, Any]:
    tenant = ui.door.tenant
    people = await readers(tenant, report.permission)
    names = {each.id: each.name for each in people}
    return {
        "report": report,
        "query": query,
        "form": form,
        "people": [{"value": str(each.id), "label": each.name, "hint": each.email} for each in people],
        "often": [{"value": each.value, "label": each.value.capitalize()} for each in Often],
        "letters": [
            {"letter": each, "to": ", ".join(names[to] for to in each.recipients if to in names) or "nobody any more"}
            for each in await letters_of(tenant, report.name)
        ],
    }


@get("/{name:str}/letters/new", guards=[needs(EXPORT)])
async def new_letter(ui: TheUi, name: FromPath[str]) -> Response[str]:
    """Ask who is to get a report when; show what is sent already."""
    tenant = ui.door.tenant
    report = find_report(tenant, name)
    me = str(tenant.person.id) if tenant.person else ""
    form = Form.of(title=report.title, recipients=me, often=Often.MONTH.value, hour="7", format="pdf")
    return await ui.page(LETTERS, **await _letters(ui, report, ui.request.url.query, form), errors={}, problem="")


@post("/{name:str}/letters", guards=[needs(EXPORT)])
async def add_letter(ui: TheUi, form: TheForm, name: FromPath[str]) -> Response[Any]:
    """Have a report sent by the clock."""
    tenant = ui.door.tenant
    report = find_report(tenant, name)
    try:
        made = await arrange(tenant, report, form.read(NewLetter))
    except Invalid as wrong:
        return await ui.rejected(LETTERS, wrong, **await _letters(ui, report, form.get("query"), form))
    await _keep_schedules(ui)
    return ui.redirect(f"/reports/{name}?{made.query}", toast=f"“{made.title}” is sent {made.often}.")


@post("/{name:str}/letters/{letter_id:uuid}/delete", guards=[needs(EXPORT)])
async def drop_letter(ui: TheUi, name: FromPath[str], letter_id: FromPath[UUID]) -> Response[Any]:
    """Send a letter no more."""
    tenant = ui.door.tenant
    await stop(tenant, find_report(tenant, name), letter_id)
    await _keep_schedules(ui)
    return ui.redirect(f"/reports/{name}/letters/new", toast="It is sent no more.")


async def _keep_schedules(ui: LiveUi) -> None:
    """Bring the business's schedules to its letters at once, not at the clock's next look."""
    runtime, tenant = ui.door.runtime, ui.door.tenant
    async with runtime.platform.transaction() as db:
        await store(db, declared(runtime.registry), runtime.now(), tenant.schema)


keeping_routes = [new_pin, add_pin, drop_pin, new_letter, add_letter, drop_letter]
