"""What an admin can set."""

from typing import Annotated

from msgspec import Meta
from weft import Settings


class TaskSettings(Settings, frozen=True, kw_only=True):
    """How tasks behave in one business."""

    remind_days: Annotated[int, Meta(title="Remind how many days before", description="0: on the day itself.", ge=0, le=30)] = 1
