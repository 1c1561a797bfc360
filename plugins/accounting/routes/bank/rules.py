"""Rules of reconciliation, those that are proposed, and what was learned."""

from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response
from msgspec import Meta

from weft import Form, Invalid, Tenant, TheForm, TheTenant, TheUi, Ui, needs

from ...domain.bank.rules import Rule
from ...domain.bank.scoring import told
from ...permissions import READ, SETUP
from ...services import bank_desk, bank_matching

PATH = "/accounting/bank/rules"


class RuleForm(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as somebody writes it; words are separated by commas."""

    name: Annotated[str, Meta(max_length=100)] = ""
    direction: Literal["", "in", "out"] = ""
    words: Annotated[str, Meta(max_length=500)] = ""
    counterparty: Annotated[str, Meta(max_length=200)] = ""
    account: Annotated[str, Meta(max_length=50)] = ""
    least: Decimal | None = None
    most: Decimal | None = None
    to_account: Annotated[str, Meta(max_length=200)] = ""
    automatic: bool = False


async def _page(
    tenant: Tenant, ui: Ui, form: Form, errors: dict[str, str] | None = None, problem: str = "", status: int = 200
) -> Response[str]:
    learned = await bank_matching.learned(tenant)
    return await ui.page(
        "accounting/bank_rules.html",
        status=status,
        rules=await bank_matching.all_rules(tenant),
        proposed=await bank_matching.proposed_rules(tenant),
        learned=learned,
        counts=told(learned),
        accounts=await bank_desk.posting_accounts(tenant),
        form=form,
        errors=errors or {},
        problem=problem,
    )


@get("/bank/rules", guards=[needs(READ)])
async def bank_rules(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show rules."""
    return await _page(tenant, ui, Form({}))


@post("/bank/rules", guards=[needs(SETUP)])
async def add_rule(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Add a rule, or show the form again."""
    try:
        read = form.read(RuleForm)
        words = tuple(filter(None, (each.strip() for each in read.words.split(","))))
        rule = Rule(
            name=read.name,
            direction=read.direction,
            words=words,
            counterparty=read.counterparty,
            account=read.account,
            least=read.least,
            most=read.most,
            to_account=read.to_account.split(" ")[0],
            automatic=read.automatic,
        )
        made = await bank_matching.save_rule(tenant, rule)
    except Invalid as wrong:
        return await _page(tenant, ui, form, wrong.fields, "" if wrong.fields else wrong.message, 422)
    return ui.redirect(PATH, toast=f"Rule “{made.name}” is added.")


@post("/bank/rules/{rule_id:uuid}/delete", guards=[needs(SETUP)])
async def delete_rule(tenant: TheTenant, ui: TheUi, rule_id: FromPath[UUID]) -> Response[Any]:
    """Delete a rule."""
    await bank_matching.remove_rule(tenant, rule_id)
    return ui.redirect(PATH, toast="The rule is deleted.")


rule_routes = [bank_rules, add_rule, delete_rule]
