"""The books that a business of the demo begins with."""

from collections.abc import Awaitable, Callable, Mapping

from weft import Tenant

from ..services import setup
from . import clinic, shop, works

STORIES: Mapping[str, Callable[[Tenant], Awaitable[None]]] = {"GB": shop.make, "DE": works.make, "US": clinic.make}


async def on_demo(tenant: Tenant) -> None:
    """Make the books that fit the country of a business, unless it has some."""
    story = STORIES.get(tenant.country)
    if story and not await setup.is_set_up(tenant):
        await story(tenant)
