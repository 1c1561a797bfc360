"""The page on which customers are reminded of what is overdue, and where it is said how."""

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import QueryParameter
from litestar.response import Response
from msgspec import Meta

from weft import Conflict, Form, Invalid, Tenant, TheForm, TheTenant, TheUi, needs

from ...domain.documents.dunning import DunningLevel, DunningPolicy
from ...permissions import ISSUE, READ
from ...services import reminding

PAGE = "accounting/reminders.html"
MOST = 100  # percent


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """One level as it is typed."""

    title: Annotated[str, Meta(min_length=1, max_length=60)]
    days: Annotated[int, Meta(ge=1, le=3650)]
    fee: Decimal = Decimal(0)
    flat_fee: bool = False
    interest: bool = False


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What is typed besides the levels."""

    law: str
    version: int = 0
    pause: Annotated[int, Meta(ge=0, le=365)] = 7
    least: Decimal = Decimal(0)


class TypedRate(msgspec.Struct, frozen=True, kw_only=True):
    """The reference rate in percent, where interest is asked for."""

    rate: Decimal | None = None


async def _context(tenant: Tenant, rate: Decimal | None, form: Form | None = None) -> dict[str, Any]:
    if rate is not None and (not rate.is_finite() or abs(rate) > MOST):
        raise Invalid.field("rate", f"A reference rate is a percentage below {MOST}.")
    found = await reminding.propose(tenant, tenant.today(), rate)
    needs_rate = any(each.interest for each in found.policy.policy.levels)
    rows = [Form.of(**_typed(each)) for each in found.policy.policy.levels]
    return {
        "found": found,
        "rate": rate,
        "needs_rate": needs_rate,
        "laws": reminding.laws(),
        "rows": form.rows("levels") if form else [*rows, *([Form({})] if len(rows) < 5 else [])],
        "typed": form or Form({}),
        "today": tenant.today(),
    }


def _typed(level: DunningLevel) -> dict[str, str]:
    flags = {"flat_fee": "yes" if level.flat_fee else "", "interest": "yes" if level.interest else ""}
    return {"title": level.title, "days": str(level.days), "fee": f"{level.fee:f}" if level.fee else ""} | flags


@get("/reminders", guards=[needs(READ)])
async def show_reminders(tenant: TheTenant, ui: TheUi, rate: Annotated[Decimal | None, QueryParameter()] = None) -> Response[str]:
    """Show who would be reminded of what today."""
    return await ui.page(PAGE, **await _context(tenant, rate), errors={}, problem="")


@post("/reminders/send", guards=[needs(ISSUE)])
async def send_reminders(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Send the reminders of the chosen parties; one that cannot be sent is told and holds no other up."""
    rate = _rate(form)
    chosen = [UUID(each) for each in form.all("party") if _is_uuid(each)]
    if not chosen:
        return await ui.rejected(PAGE, Conflict("Choose whom to remind first."), **await _context(tenant, rate))
    sent, problems = 0, []
    for party in chosen:
        try:
            sent += await reminding.send(tenant, party, tenant.today(), rate)
        except (Invalid, Conflict) as wrong:
            problems.append(wrong.message)
    if problems:
        told = f"{sent} sent. " if sent else ""
        return await ui.rejected(PAGE, Conflict(told + " ".join(problems)), **await _context(tenant, rate))
    return ui.redirect("/accounting/reminders", toast=f"{sent} reminder{'' if sent == 1 else 's'} sent.")


def _rate(form: Form) -> Decimal | None:
    return form.read(TypedRate).rate


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@post("/reminders/policy", guards=[needs(ISSUE)])
async def change_policy(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Say how the business reminds."""
    try:
        read = form.read(Policy)
        policy = DunningPolicy(levels=_levels(form), pause=read.pause, least=read.least)
        await reminding.save_policy(tenant, policy, read.law, read.version)
    except (Invalid, Conflict) as wrong:
        return await ui.rejected(PAGE, wrong, **await _context(tenant, None, form))
    return ui.redirect("/accounting/reminders", toast="Reminders are made that way from now on.")


def _levels(form: Form) -> tuple[DunningLevel, ...]:
    levels: list[DunningLevel] = []
    wrong: dict[str, str] = {}
    for place, row in enumerate(form.rows("levels")):
        try:
            read = row.read(Level)
            levels.append(DunningLevel(title=read.title, days=read.days, fee=read.fee, flat_fee=read.flat_fee, interest=read.interest))
        except Invalid as problem:
            wrong |= {f"levels.{place}.{name}": sentence for name, sentence in problem.fields.items()}
    if wrong:
        raise Invalid(fields=wrong)
    return tuple(levels)


reminder_routes = [show_reminders, send_reminders, change_policy]
