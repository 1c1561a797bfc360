"""What an admin can set."""

from decimal import Decimal
from typing import Annotated

from msgspec import Meta
from weft import Settings


class LoyaltySettings(Settings, frozen=True, kw_only=True):
    """How points are earned and lost in one business."""

    per_unit: Annotated[Decimal, Meta(title="Points for each unit of money spent", ge=0, le=100)] = Decimal(1)
    welcome: Annotated[int, Meta(title="Points for a new card", ge=0, le=10_000)] = 50
    months: Annotated[int, Meta(title="Months after which points expire", description="0: never.", ge=0, le=120)] = 24
