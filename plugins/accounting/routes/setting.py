"""Journals, dimensions, posting rules and templates."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from weft import Conflict, Form, Invalid, Tenant, TheForm, TheTenant, TheUi, Ui, needs

from ..domain.ground import Journal
from ..domain.rules import EVENTS
from ..permissions import DRAFT, READ, SETUP
from ..records import BOOKS, DIMENSION, JOURNAL, TEMPLATE
from ..services import accounts, completing, journals, setup, templates
from ..services.journals import DimensionDraft, JournalDraft, ValueDraft
from ..services.templates import TemplateDraft
from .view import at_rows, read_lines, shown_rows, typed_rows

KINDS = {
    "general": "General",
    "sales": "Sales",
    "purchases": "Purchases",
    "bank": "Bank",
    "cash": "Cash",
    "opening": "Opening balances",
    "closing": "Year close",
}


@get("/setup", guards=[needs(SETUP)])
async def setup_page(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show what can be arranged."""
    counts = {
        "accounts": len(await accounts.chart(tenant)),
        "journals": len(await journals.all_journals(tenant)),
        "dimensions": len(await journals.all_dimensions(tenant)),
        "templates": len(await templates.all_templates(tenant)),
    }
    return await ui.page("accounting/setup.html", counts=counts)


@get("/journals", guards=[needs(READ)])
async def show_journals(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show the journals."""
    return await ui.page("accounting/journals.html", journals=await journals.all_journals(tenant), kinds=KINDS)


@get("/journals/new", guards=[needs(SETUP)])
async def new_journal(ui: TheUi) -> Response[str]:
    """Show an empty form."""
    return await _journal_form(ui, Form.of(active="yes", number_format="{code}/{year}/{number:5}", kind="general"), None)


@post("/journals/new", guards=[needs(SETUP)])
async def add_journal(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Add a journal."""
    try:
        made = await journals.save(tenant, form.read(JournalDraft))
    except Invalid as wrong:
        return await _journal_form(ui, form, None, wrong, 422)
    return ui.redirect("/accounting/journals", toast=f"The journal {made.code} is added.")


@get("/journals/{journal_id:uuid}", guards=[needs(READ)])
async def show_journal(tenant: TheTenant, ui: TheUi, journal_id: FromPath[UUID]) -> Response[Any]:
    """Show the form of a journal."""
    if journal_id == BOOKS:
        return ui.redirect("/accounting/journals")
    journal = await journals.get(tenant, journal_id)
    values = {name: str(getattr(journal, name)) for name in ("code", "name", "kind", "number_format", "version")}
    form = Form.of(**values, active="yes" if journal.active else "no")
    return await _journal_form(ui, form, journal, history=await ui.history(JOURNAL.name, journal_id))


@post("/journals/{journal_id:uuid}", guards=[needs(SETUP)])
async def change_journal(tenant: TheTenant, ui: TheUi, form: TheForm, journal_id: FromPath[UUID]) -> Response[Any]:
    """Change a journal."""
    stored = await journals.get(tenant, journal_id)
    try:
        version = int(form.get("version")) if form.get("version").isdigit() else 0
        done = await journals.save(tenant, form.read(JournalDraft), journal_id, version)
    except Invalid as wrong:
        return await _journal_form(ui, form, stored, wrong, 422)
    except Conflict as wrong:
        return await _journal_form(ui, Form({**form.values, "version": [str(stored.version)]}), stored, wrong, 409, theirs=stored)
    return ui.redirect("/accounting/journals", toast=f"The journal {done.code} is saved.")


@post("/journals/{journal_id:uuid}/delete", guards=[needs(SETUP)])
async def delete_journal(tenant: TheTenant, ui: TheUi, journal_id: FromPath[UUID]) -> Response[Any]:
    """Delete a journal without entries."""
    return ui.redirect("/accounting/journals", toast=f"“{await journals.delete(tenant, journal_id)}” is deleted.")


async def _journal_form(
    ui: Ui, form: Form, journal: Journal | None, wrong: Invalid | Conflict | None = None, status: int = 200, **more: Any
) -> Response[str]:
    errors = wrong.fields if isinstance(wrong, Invalid) else {}
    problem = wrong.message if wrong and not errors else ""
    kinds = [{"value": key, "label": title} for key, title in KINDS.items()]
    context = {"history": [], "theirs": None, **more}
    return await ui.page(
        "accounting/journal_form.html", status=status, form=form, journal=journal, kinds=kinds, errors=errors, problem=problem, **context
    )


@get("/dimensions", guards=[needs(READ)])
async def show_dimensions(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show the dimensions."""
    return await ui.page("accounting/dimensions.html", dimensions=await journals.all_dimensions(tenant), errors={}, form=Form({}))


@post("/dimensions", guards=[needs(SETUP)])
async def add_dimension(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Add a dimension."""
    try:
        made = await journals.save_dimension(tenant, form.read(DimensionDraft))
    except Invalid as wrong:
        return await ui.rejected("accounting/dimensions.html", wrong, dimensions=await journals.all_dimensions(tenant), form=form)
    return ui.redirect(DIMENSION.url(made.id), toast=f"“{made.title}” is added: give it values.")


@get("/dimensions/{dimension_id:uuid}", guards=[needs(READ)])
async def show_dimension(tenant: TheTenant, ui: TheUi, dimension_id: FromPath[UUID]) -> Response[str]:
    """Show a dimension with its values."""
    return await _dimension(tenant, ui, dimension_id, Form({}))


@post("/dimensions/{dimension_id:uuid}", guards=[needs(SETUP)])
async def change_dimension(tenant: TheTenant, ui: TheUi, form: TheForm, dimension_id: FromPath[UUID]) -> Response[Any]:
    """Rename a dimension, add a value to it, or switch one on or off."""
    try:
        if form.get("do") == "value":
            await journals.save_value(tenant, dimension_id, form.read(ValueDraft))
        elif form.get("do") == "switch":
            of = await journals.dimension(tenant, dimension_id)
            for each in of.values:
                if str(each.id) == form.get("id"):
                    await journals.save_value(
                        tenant, dimension_id, ValueDraft(code=each.code, title=each.title, active=not each.active), each.id
                    )
        else:
            version = int(form.get("version")) if form.get("version").isdigit() else 0
            await journals.save_dimension(tenant, form.read(DimensionDraft), dimension_id, version)
    except (Invalid, Conflict) as wrong:
        return await _dimension(tenant, ui, dimension_id, form, wrong, 409 if isinstance(wrong, Conflict) else 422)
    return ui.redirect(DIMENSION.url(dimension_id), toast="Saved.")


async def _dimension(
    tenant: Tenant, ui: Ui, dimension_id: UUID, form: Form, wrong: Invalid | Conflict | None = None, status: int = 200
) -> Response[str]:
    errors = wrong.fields if isinstance(wrong, Invalid) else {}
    return await ui.page(
        "accounting/dimension.html",
        status=status,
        dimension=await journals.dimension(tenant, dimension_id),
        form=form,
        errors=errors,
        problem=wrong.message if wrong and not errors else "",
        history=await ui.history(DIMENSION.name, dimension_id),
    )


@get("/rules", guards=[needs(READ)])
async def show_rules(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show which account each event goes to."""
    return await _rules(tenant, ui, Form({}))


@post("/rules", guards=[needs(SETUP)])
async def change_rule(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Choose the account of an event."""
    try:
        await setup.set_rule(tenant, form.get("event"), form.get("detail"), form.get("code").split(" ")[0])
    except Invalid as wrong:
        return await _rules(tenant, ui, form, wrong.fields, 422)
    return ui.redirect("/accounting/rules", toast="The rule is saved.")


@post("/rules/complete", guards=[needs(SETUP)])
async def complete_rules(tenant: TheTenant, ui: TheUi) -> Response[Any]:
    """Give events that have no account the one of our chart."""
    count = await completing.complete(tenant)
    return ui.redirect("/accounting/rules", toast=f"{count} events got an account." if count else "No event of our chart lacks an account.")


async def _rules(tenant: Tenant, ui: Ui, form: Form, errors: dict[str, str] | None = None, status: int = 200) -> Response[str]:
    chart = await accounts.chart(tenant)
    found = await setup.all_rules(tenant)
    return await ui.page(
        "accounting/rules.html",
        status=status,
        events=EVENTS,
        rules=found,
        names={each.code: each.name for each in chart},
        accounts=[each for each in chart if each.posting and not each.closed],
        form=form,
        errors=errors or {},
    )


@get("/templates", guards=[needs(DRAFT)])
async def show_templates(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show the templates of entries."""
    names = {each.id: each.code for each in await journals.all_journals(tenant)}
    return await ui.page("accounting/templates.html", templates=await templates.all_templates(tenant), journals=names, base=tenant.currency)


@get("/templates/new", guards=[needs(DRAFT)])
async def new_template(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show an empty template."""
    return await _template_form(tenant, ui, Form.of(active="yes", every_months="0"), shown_rows((), {}, 4), None)


@post("/templates/new", guards=[needs(DRAFT)])
async def add_template(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Add a template."""
    return await _take_template(tenant, ui, form, None)


@get("/templates/{template_id:uuid}", guards=[needs(DRAFT)])
async def show_template(tenant: TheTenant, ui: TheUi, template_id: FromPath[UUID]) -> Response[str]:
    """Show the form of a template."""
    made = await templates.get(tenant, template_id)
    names = ("title", "journal", "description", "currency", "every_months", "next_date", "version")
    flags = {name: "yes" if getattr(made, name) else "no" for name in ("post_at_once", "active")}
    head = Form.of(**{name: str(getattr(made, name) or "") for name in names}, **flags)
    return await _template_form(tenant, ui, head, shown_rows(made.lines, {}, len(made.lines) + 1), template_id)


@post("/templates/{template_id:uuid}", guards=[needs(DRAFT)])
async def change_template(tenant: TheTenant, ui: TheUi, form: TheForm, template_id: FromPath[UUID]) -> Response[Any]:
    """Change a template."""
    return await _take_template(tenant, ui, form, template_id)


@post("/templates/{template_id:uuid}/delete", guards=[needs(DRAFT)])
async def delete_template(tenant: TheTenant, ui: TheUi, template_id: FromPath[UUID]) -> Response[Any]:
    """Delete a template."""
    return ui.redirect("/accounting/templates", toast=f"“{await templates.delete(tenant, template_id)}” is deleted.")


async def _take_template(tenant: Tenant, ui: Ui, form: Form, template_id: UUID | None) -> Response[Any]:
    keys = [each.key for each in await journals.all_dimensions(tenant)]
    rows = typed_rows(form, keys)
    lines, places, errors = read_lines(form, keys)
    try:
        if errors:
            raise Invalid(fields=errors)
        version = int(form.get("version")) if form.get("version").isdigit() else 0
        made = await templates.save(tenant, form.read(TemplateDraft), lines, template_id, version)
    except Invalid as wrong:
        return await _template_form(
            tenant, ui, form, rows, template_id, at_rows(wrong.fields, {} if errors else places), wrong.message, 422
        )
    except Conflict as wrong:
        return await _template_form(tenant, ui, form, rows, template_id, {}, wrong.message, 409)
    return ui.redirect(TEMPLATE.url(made.id), toast=f"“{made.title}” is saved.")


async def _template_form(
    tenant: Tenant,
    ui: Ui,
    head: Form,
    rows: list[dict[str, Any]],
    template_id: UUID | None,
    errors: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> Response[str]:
    chart = await accounts.chart(tenant)
    names = {each.code: each.name for each in chart}
    for row in rows:
        row["name"] = names.get(str(row.get("code", "")), "")
    return await ui.page(
        "accounting/template_form.html",
        status=status,
        head=head,
        rows=rows,
        template_id=template_id,
        accounts=[each for each in chart if each.posting and not each.closed],
        journals=[each for each in await journals.all_journals(tenant) if each.active],
        dimensions=[each for each in await journals.all_dimensions(tenant) if each.active and each.values],
        base=tenant.currency,
        foreign=False,
        errors=errors or {},
        problem="" if errors else problem,
    )


setting_routes = [
    *(setup_page, show_journals, new_journal, add_journal, show_journal, change_journal, delete_journal),
    *(show_dimensions, add_dimension, show_dimension, change_dimension, show_rules, change_rule, complete_rules),
    *(show_templates, new_template, add_template, show_template, change_template, delete_template),
]
