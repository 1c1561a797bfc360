"""What is typed into a sign-up: checked all at once, with a sentence for every field that is wrong."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec

from core.auth import limits, passwords
from core.auth.limits import network
from core.business import Business, check_business
from core.people.accounts import account_by_email, clean_email, clean_name
from core.people.strength import check_strength
from core.runtime import Runtime
from tenants.life import check_slug, slug_is_free
from tenants.sign_up import Wanted
from web.door import Door
from web.places import countries, currencies, locales, time_zones
from web.platform.slugs import slug_of, variants
from weft.errors import Invalid
from weft.forms import Form


def around(form: Form) -> dict[str, Any]:
    """Return what the form's template needs beside errors."""
    return {
        "form": form,
        "countries": countries(),
        "currencies": currencies(),
        "locales": locales(),
        "time_zones": time_zones(),
        "checked": False,
        "wrong": "",
    }


async def free_slug(runtime: Runtime, business: str, country: str) -> str:
    """Return an address that reads like a business's name and can be taken; empty when the name gives none."""
    slug = slug_of(business)
    if not slug:
        return ""
    for each in (slug, *variants(slug, country)):
        if not await wrong_with(runtime, each):
            return each
    return slug


async def wrong_with(runtime: Runtime, slug: str) -> str:
    """Return why an address cannot be taken, or nothing."""
    try:
        check_slug(slug)
    except Invalid as wrong:
        return wrong.fields["slug"]
    return "" if await slug_is_free(runtime, slug) else f"Somebody has the address “{slug}” already: choose another."


async def read(door: Door, form: Form) -> Wanted:
    """Return a sign-up with everything checked; raises `Invalid` with a sentence for every wrong field at once, and `TooManyTries`."""
    runtime, person = door.runtime, door.access.person if door.access else None
    problems: dict[str, str] = {}
    business = _business(form, problems)
    slug = form.get("slug").lower()
    if wrong := await wrong_with(runtime, slug) if slug else "Choose the address where your people will find the business.":
        problems["slug"] = wrong
    name, email, password = form.get("name"), form.get("email"), form.get("password")
    if person is None:
        name = _checked(problems, clean_name, name)
        email = _checked(problems, clean_email, email)
        _checked(problems, lambda text: check_strength(text, known=(name, email, business.name)), password)
    if problems:
        raise Invalid(fields=problems)
    await limits.spend(runtime.platform, limits.SIGN_UP, network(door.visitor.address), runtime.now())
    wanted = Wanted(
        business=business.name,
        slug=slug,
        country=business.country,
        currency=business.currency,
        timezone=business.timezone,
        locale=business.locale,
    )
    if person:
        return msgspec.structs.replace(wanted, person_id=person.id, signed_in=True)
    known, hashed = await _who(runtime, email, password)
    if known:
        return msgspec.structs.replace(wanted, person_id=known)
    return msgspec.structs.replace(wanted, name=name, email=email, password_hash=hashed)


async def _who(runtime: Runtime, email: str, password: str) -> tuple[UUID | None, str]:
    """Return who is known by this address and password, and a hash for who is not; its time tells nothing of whether somebody is."""
    await limits.spend(runtime.platform, limits.ACCOUNT, email, runtime.now())
    await limits.spend(runtime.platform, limits.MAIL, email, runtime.now())
    async with runtime.platform.transaction() as db:
        account = await account_by_email(db, email)
    hashed, fits = await passwords.hash_beside(account.password_hash if account else None, password)
    return (account.id if account and fits and not account.disabled else None), hashed


def _business(form: Form, problems: dict[str, str]) -> Business:
    business = Business(
        name=" ".join(form.get("business").split()),
        country=form.get("country"),
        currency=form.get("currency"),
        timezone=form.get("timezone"),
        locale=form.get("locale"),
    )
    if not 1 <= len(business.name) <= 120:
        problems["business"] = "Enter the name of your business, with at most 120 characters."
    elif "://" in business.name:
        problems["business"] = "A name does not hold a web address."
    if business.country not in {each["value"] for each in countries()}:
        problems["country"] = "Choose a country of the list."
    try:
        check_business(business)
    except Invalid as wrong:
        problems.update({key: sentence for key, sentence in wrong.fields.items() if key != "name"})
    return business


def _checked(problems: dict[str, str], check: Callable[[str], str | None], text: str) -> str:
    try:
        return check(text) or text
    except Invalid as wrong:
        problems.update(wrong.fields)
        return text
