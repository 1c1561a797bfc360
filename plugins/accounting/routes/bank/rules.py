"""Rules of reconciliation, those that are proposed, and what was learned."""

from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response
from msgspec import Meta

from weft import Conflict, Form, Invalid, Tenant, TheForm, TheTenant, TheUi, Ui, needs

from ...domain.bank.rules import Rule
from ...domain.bank.scoring import told
from ...permissions import READ, SETUP
from ...services import bank_desk, bank_matching, bank_rules
from ...services.bank_rules import RuleChanged, Trial

PATH = "/accounting/bank/rules"
LISTS = ("words", "any_words", "without")


class RuleForm(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as somebody writes it; words are separated by commas."""

    name: Annotated[str, Meta(max_length=100)] = ""
    direction: Literal["", "in", "out"] = ""
    words: Annotated[str, Meta(max_length=500)] = ""
    any_words: Annotated[str, Meta(max_length=500)] = ""
    without: Annotated[str, Meta(max_length=500)] = ""
    counterparty: Annotated[str, Meta(max_length=200)] = ""
    account: Annotated[str, Meta(max_length=50)] = ""
    least: Decimal | None = None
    most: Decimal | None = None
    to_account: Annotated[str, Meta(max_length=200)] = ""
    automatic: bool = False
    version: int = 1


def _read(form: Form, stored: Rule | None) -> Rule:
    """Return the rule that a form says; what the form does not ask stays as it was. Raises `Invalid` by field."""
    read = form.read(RuleForm)
    words = {name: tuple(filter(None, (each.strip() for each in getattr(read, name).split(",")))) for name in LISTS}
    rule = stored or Rule()
    plain = {
        name: getattr(read, name) for name in ("name", "direction", "counterparty", "account", "least", "most", "automatic", "version")
    }
    return msgspec.structs.replace(rule, **plain, **words, to_account=read.to_account.split(" ")[0])


def _filled(rule: Rule) -> Form:
    lists = {name: ", ".join(getattr(rule, name)) for name in LISTS}
    amounts = {name: "" if (value := getattr(rule, name)) is None else f"{value:f}" for name in ("least", "most")}
    texts = {name: getattr(rule, name) for name in ("name", "direction", "counterparty", "to_account")}
    texts["account"] = rule.masked_account
    return Form.of(**texts, **lists, **amounts, automatic="yes" if rule.automatic else "", version=str(rule.version))


async def _page(
    tenant: Tenant,
    ui: Ui,
    form: Form,
    *,
    rule: Rule | None = None,
    wrong: Invalid | Conflict | None = None,
    theirs: Form | None = None,
    trial: Trial | None = None,
    status: int = 200,
) -> Response[str]:
    learned = await bank_matching.learned(tenant)
    errors = wrong.fields if isinstance(wrong, Invalid) else {}
    return await ui.page(
        "accounting/bank_rules.html",
        status=status,
        rules=await bank_rules.all_rules(tenant),
        proposed=await bank_rules.proposed_rules(tenant),
        learned=learned,
        counts=told(learned),
        accounts=await bank_desk.posting_accounts(tenant),
        rule=rule,
        form=form,
        theirs=theirs,
        trial=trial,
        errors=errors,
        problem=wrong.message if wrong and not errors else "",
    )


@get("/bank/rules", guards=[needs(READ)])
async def show_rules(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show rules."""
    return await _page(tenant, ui, Form({}))


@post("/bank/rules", guards=[needs(SETUP)])
async def add_rule(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Add a rule, show the form again, or show what the rule takes of past lines."""
    return await _save(tenant, ui, form, None)


@get("/bank/rules/{rule_id:uuid}", guards=[needs(SETUP)])
async def edit_rule(tenant: TheTenant, ui: TheUi, rule_id: FromPath[UUID]) -> Response[str]:
    """Show a rule in the form."""
    rule = await bank_rules.find_rule(tenant, rule_id)
    return await _page(tenant, ui, _filled(rule), rule=rule)


@post("/bank/rules/{rule_id:uuid}", guards=[needs(SETUP)])
async def change_rule(tenant: TheTenant, ui: TheUi, form: TheForm, rule_id: FromPath[UUID]) -> Response[Any]:
    """Change a rule, show the form again, or show what the changed rule takes of past lines."""
    return await _save(tenant, ui, form, await bank_rules.find_rule(tenant, rule_id))


async def _save(tenant: Tenant, ui: Ui, form: Form, stored: Rule | None) -> Response[Any]:
    try:
        rule = _read(form, stored)
        if form.get("do") == "try":
            return await _page(tenant, ui, form, rule=stored, trial=await bank_rules.try_rule(tenant, rule))
        made = await bank_rules.save_rule(tenant, rule)
    except RuleChanged as wrong:
        newer = Form({**form.values, "version": [str(wrong.current.version)]})
        return await _page(tenant, ui, newer, rule=wrong.current, wrong=wrong, theirs=_filled(wrong.current), status=409)
    except Invalid as wrong:
        return await _page(tenant, ui, form, rule=stored, wrong=wrong, status=422)
    return ui.redirect(PATH, toast=f"Rule “{made.name}” is {'saved' if stored else 'added'}.")


@post("/bank/rules/{rule_id:uuid}/move", guards=[needs(SETUP)])
async def move_rule(tenant: TheTenant, ui: TheUi, form: TheForm, rule_id: FromPath[UUID]) -> Response[Any]:
    """Put a rule one place up or down."""
    await bank_rules.move_rule(tenant, rule_id, up=form.get("to") == "up")
    return ui.redirect(PATH)


@post("/bank/rules/{rule_id:uuid}/delete", guards=[needs(SETUP)])
async def delete_rule(tenant: TheTenant, ui: TheUi, rule_id: FromPath[UUID]) -> Response[Any]:
    """Delete a rule."""
    await bank_rules.remove_rule(tenant, rule_id)
    return ui.redirect(PATH, toast="The rule is deleted.")


rule_routes = [show_rules, add_rule, edit_rule, change_rule, move_rule, delete_rule]
