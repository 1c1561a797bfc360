"""The settings of a business as the rules take them."""

from uuid import UUID

from weft import Tenant

from ..domain.approval import Limits
from ..domain.matching import MatchRules
from ..domain.quantities import Tolerances
from ..settings import PurchasingSettings


def limits(tenant: Tenant) -> Limits:
    """Return what approval the amounts of orders ask for."""
    settings = tenant.settings(PurchasingSettings)
    return Limits(free=settings.approval_from, second=settings.second_from)


def tolerances(tenant: Tenant) -> Tolerances:
    """Return how far receipts may be off."""
    settings = tenant.settings(PurchasingSettings)
    return Tolerances(over=settings.over_percent, under=settings.under_percent)


def match_rules(tenant: Tenant) -> MatchRules:
    """Return how far bills may be off."""
    settings = tenant.settings(PurchasingSettings)
    return MatchRules(price_percent=settings.price_percent, price_amount=settings.price_amount, quantity=settings.bill_percent)


def who(tenant: Tenant) -> UUID | None:
    """Return who acts."""
    return tenant.person.id if tenant.person else None


def name_of(tenant: Tenant) -> str:
    """Return the name of who acts."""
    return tenant.person.name if tenant.person else tenant.name
