"""Finding parties by what is typed or scanned, in the transaction that is open."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from weft import Tenant

from ..domain.identifiers import possible_identifiers
from ..domain.points import read_email, read_phone
from ..queries import finding, loading
from ..queries.finding import Found
from .writing import home_country

__all__ = ["Found", "find", "find_exactly", "name_of", "search", "tags"]


async def find_exactly(tenant: Tenant, text: str, limit: int) -> list[Found]:
    """Return the parties that hold a text as identifier, e-mail address or telephone number, whole."""
    country = home_country(tenant)
    points: list[tuple[str, str]] = []
    with suppress(ValueError):  # what is neither can only be an identifier
        points = [("email", read_email(text))] if "@" in text else [("phone", read_phone(text, country))]
    return await finding.find_by_value(tenant.scope(), possible_identifiers(text, country), points, limit)


async def find(tenant: Tenant, text: str, limit: int) -> tuple[list[Found], list[Found]]:
    """Return those that hold the text exactly, and others that contain it, those whose name begins so first."""
    exact = (await find_exactly(tenant, text, limit))[:limit]
    known = {each.id for each in exact}
    others = [each for each in await finding.find_by_text(tenant.scope(), text, limit) if each.id not in known]
    return exact, others[: limit - len(exact)]


async def search(tenant: Tenant, text: str, limit: int) -> tuple[Sequence[Found], Sequence[Found]]:
    """Return what `find` does, in a transaction of its own."""
    async with tenant.transaction():
        return await find(tenant, text, limit)


async def tags(tenant: Tenant) -> list[str]:
    """Return every tag that is or was in use."""
    async with tenant.transaction() as db:
        return await finding.tags_in_use(db)


async def name_of(tenant: Tenant, party_id: UUID) -> str:
    """Return a party's name; empty for one that does not exist."""
    async with tenant.transaction() as db:
        return (await loading.names_of(db, [party_id])).get(party_id, "")
