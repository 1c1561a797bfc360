"""When a schedule is due next, in a tenant's own time zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from weft.errors import Invalid


def next_due(cron: str, zone: ZoneInfo, after: datetime) -> datetime:
    """Return the first moment after `after` that fits a cron expression of five fields on the clocks of `zone`, in UTC.

    A time that a daylight-saving change skips runs right after the gap, one that it repeats runs once (as Debian's cron does). Raises
    `Invalid`.
    """
    try:
        return next(CronSim(cron, after.astimezone(zone))).astimezone(UTC)
    except (CronSimError, StopIteration) as wrong:
        raise Invalid(f"“{cron}” is not a cron expression that ever comes due: {wrong}") from wrong
