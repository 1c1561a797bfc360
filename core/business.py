"""What a tenant's admin sets: facts of the business, and the settings of its modules."""

import hashlib
from functools import cache
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import available_timezones

import msgspec
from babel import Locale, UnknownLocaleError

from core.audit.trail import write_entry
from core.messaging.clock import declared, store
from core.runtime import Runtime
from core.tenancy.catalogue import TenantRecord
from core.tenancy.pending import Actor
from core.tenancy.tenant import LiveTenant, read_settings
from weft.errors import Conflict, Invalid
from weft.money import is_currency
from weft.settings import Settings


class Business(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of a business that decide how its pages read."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=120, title="Name of the business")]
    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$", title="Country")]
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$", title="Currency")]
    timezone: Annotated[str, msgspec.Meta(max_length=60, title="Time zone")]
    locale: Annotated[str, msgspec.Meta(max_length=20, title="Language and formats")]


def business_of(record: TenantRecord) -> Business:
    """Return the facts as they stand."""
    return Business(name=record.name, country=record.country, currency=record.currency, timezone=record.timezone, locale=record.locale)


@cache
def time_zones() -> frozenset[str]:
    """Return the names of all time zones; looked for once, since that reads hundreds of files."""
    return frozenset(available_timezones())


def check_business(business: Business) -> None:
    """Raise `Invalid` for a currency, time zone or locale that does not exist."""
    wrong = {}
    if not is_currency(business.currency):
        wrong["currency"] = f"“{business.currency}” is not an ISO 4217 currency."
    if business.timezone not in time_zones():
        wrong["timezone"] = f"“{business.timezone}” is not a time zone: choose one of the list, such as Europe/London."
    try:
        Locale.parse(business.locale)
    except (ValueError, LookupError, UnknownLocaleError):
        wrong["locale"] = f"“{business.locale}” is not a language we can write dates and numbers in."
    if wrong:
        raise Invalid(fields=wrong)


async def save_business(runtime: Runtime, record: TenantRecord, actor: Actor, business: Business, version: int, logo: UUID | None) -> None:
    """Store the facts; schedules follow a change of the time zone. Raises `Conflict` when they were changed since `version`."""
    check_business(business)
    old = business_of(record)
    async with runtime.platform.transaction() as db:
        changed = await db.fetchval(
            "UPDATE platform.tenant SET name = $3, country = $4, currency = $5, timezone = $6, locale = $7, logo = $8, "
            "version = version + 1 WHERE id = $1 AND version = $2 RETURNING version",
            record.id,
            version,
            business.name,
            business.country,
            business.currency,
            business.timezone,
            business.locale,
            logo,
        )
        if changed is None:
            raise Conflict(
                "Somebody else has changed these settings meanwhile: reload the page to see theirs, then make your change again."
            )
        if old.timezone != business.timezone:
            await store(db, declared(runtime.registry), runtime.now(), record.schema)
        before, after = msgspec.to_builtins(old), msgspec.to_builtins(business)
        before["logo"], after["logo"] = record.logo, logo
        await write_entry(db, record.schema, actor, "changed settings", "core.business", business.name, before=before, after=after)


class SettingsChanged(Conflict):
    """Somebody else has saved a module's settings meanwhile; `theirs` is what stands now."""

    def __init__(self, theirs: Settings) -> None:
        self.theirs = theirs
        super().__init__("Somebody else has changed these settings meanwhile.")


def fingerprint(settings: Settings) -> str:
    """Return what a form carries to show later which settings it was filled from."""
    return hashlib.sha256(msgspec.json.encode(settings, order="deterministic")).hexdigest()[:16]


async def save_settings(runtime: Runtime, tenant: LiveTenant, key: str, title: str, new: Settings, seen: str) -> None:
    """Store a module's settings; raises `SettingsChanged` unless those that stand have the fingerprint `seen`."""
    async with runtime.platform.transaction() as db:
        stored = await db.fetchval("SELECT (settings -> $2)::text FROM platform.tenant WHERE id = $1 FOR UPDATE", tenant.id, key)
        old = read_settings(type(new), msgspec.Raw(stored.encode()) if stored else None)
        if fingerprint(old) != seen:
            raise SettingsChanged(old)
        before, after = _values(old), _values(new)
        await db.execute(
            "UPDATE platform.tenant SET settings = jsonb_set(settings, ARRAY[$2], $3::jsonb), version = version + 1 WHERE id = $1",
            tenant.id,
            key,
            msgspec.json.encode(after).decode(),
        )
        await write_entry(db, tenant.schema, tenant.actor, "changed settings", "core.settings", title, before=before, after=after)


def _values(settings: Settings) -> dict[str, Any]:
    values: dict[str, Any] = msgspec.to_builtins(settings)
    return values
