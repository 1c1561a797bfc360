"""The filters and globals of the contract in `web/templates/README.md`, over a fixed clock, for pages without a server."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import dates, numbers
from markupsafe import Markup

LOCALE = "en_GB"
ZONE = ZoneInfo("Europe/London")
NOW = datetime(2026, 3, 12, 9, 41, tzinfo=UTC)

Number = int | float | Decimal


def money(amount: Number, currency: str | None) -> str:
    """An amount at its currency's precision."""
    return numbers.format_currency(amount, currency or "GBP", locale=LOCALE)


def number(value: Number) -> str:
    """A number as people write it."""
    return numbers.format_decimal(value, locale=LOCALE)


def percent(value: Number) -> str:
    """A share of one as a percentage."""
    return numbers.format_percent(value, format="#,##0.#%", locale=LOCALE)


def short_date(value: date | datetime) -> str:
    """A business date."""
    return dates.format_date(value, format="d MMM y", locale=LOCALE)


def short_datetime(value: datetime) -> str:
    """A moment, in the tenant's zone."""
    return dates.format_datetime(value, format="d MMM y, HH:mm", tzinfo=ZONE, locale=LOCALE)


def ago(value: datetime) -> str:
    """How far away, up to a week; then the date."""
    gap = value - NOW
    if abs(gap.days) > 7:
        return short_date(value)
    return dates.format_timedelta(gap, add_direction=True, locale=LOCALE)


def size(value: int) -> str:
    """A number of bytes in the largest unit that leaves a digit before the point."""
    units = ["bytes", "kB", "MB", "GB"]
    power = min((len(str(value)) - 1) // 3, len(units) - 1)
    return f"{numbers.format_decimal(value / 1000**power, format='#,##0.#', locale=LOCALE)} {units[power]}"


def asset(path: str) -> str:
    """Where a file of `web/static` (weft/…) or of a package (vendor/…) is served."""
    return f"/static/{path}"


def csrf_input() -> Markup:
    """The hidden input that every form with POST carries."""
    return Markup('<input type="hidden" name="_csrf_token" value="design">')


def may(permission: str) -> bool:
    """The person of the design page may do everything."""
    return bool(permission)


def slot(name: str) -> Markup:
    """A panel that a plugin could have put into a page."""
    return Markup('<p class="wf-quiet wf-small">Panels of plugins appear here (<code>{}</code>).</p>').format(name)


FILTERS = {
    "money": money,
    "number": number,
    "percent": percent,
    "date": short_date,
    "datetime": short_datetime,
    "ago": ago,
    "bytes": size,
}
GLOBALS = {"asset": asset, "csrf_input": csrf_input, "may": may, "slot": slot}
