"""How values look on a page: in the locale and time zone of the tenant."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError, dates, numbers

Number = int | float | Decimal
_WORDS = Locale("en", "GB")  # the language that pages are written in, whatever the tenant's locale makes of dates and numbers
_UNITS = ("bytes", "kB", "MB", "GB", "TB")


@dataclass(frozen=True)
class Formats:
    """The filters that templates use."""

    locale: Locale
    zone: ZoneInfo
    now: Callable[[], datetime]
    currency: str

    def money(self, amount: Number | None, currency: str | None = None) -> str:
        """An amount with its currency, at the currency's precision or as exact as it is."""
        if amount is None:
            return ""
        exact = amount if isinstance(amount, Decimal) else Decimal(str(amount))
        return numbers.format_currency(exact, currency or self.currency, locale=self.locale, decimal_quantization=_is_whole_cents(exact))

    def number(self, value: Number | None) -> str:
        """A number as people write it, with all its digits."""
        return "" if value is None else numbers.format_decimal(value, locale=self.locale, decimal_quantization=False)

    def plain(self, amount: Number | None, currency: str | None = None) -> str:
        """An amount without the sign of its currency, at the currency's precision: for columns in which all have the same."""
        if amount is None:
            return ""
        places = numbers.get_currency_precision(currency or self.currency)
        return numbers.format_decimal(amount, format=f"#,##0.{'0' * places}" if places else "#,##0", locale=self.locale)

    def percent(self, share: Number | None) -> str:
        """A share of one as a percentage."""
        return "" if share is None else numbers.format_percent(share, format="#,##0.#%", locale=self.locale)

    def day(self, value: date | datetime | None) -> str:
        """A business day; of a moment, the day it was in the tenant's zone."""
        if isinstance(value, datetime):
            value = value.astimezone(self.zone).date()
        return dates.format_date(value, format="medium", locale=self.locale) if value else ""

    def month(self, value: date | None) -> str:
        """A month and its year, short enough for the axis of a chart."""
        return dates.format_skeleton("yMMM", value, locale=self.locale) if value else ""

    def moment(self, value: datetime | None) -> str:
        """A moment on the tenant's clocks, to the second."""
        return dates.format_datetime(value, format="medium", tzinfo=self.zone, locale=self.locale) if value else ""

    def minute(self, value: datetime | None) -> str:
        """A moment on the tenant's clocks, as precise as people care for in a list."""
        if not value:
            return ""
        time = dates.format_time(value, format="short", tzinfo=self.zone, locale=self.locale)
        return str(dates.get_datetime_format("medium", locale=self.locale)).replace("{0}", time).replace("{1}", self.day(value))

    def ago(self, value: datetime | None) -> str:
        """How long ago or ahead, up to a week; beyond that the date."""
        if value is None:
            return ""
        gap = value - self.now()
        if abs(gap) > timedelta(days=7):
            return self.day(value)
        return dates.format_timedelta(gap, add_direction=True, locale=_WORDS, threshold=1.2)

    def size(self, size: int) -> str:
        """A number of bytes in the largest unit that leaves a digit before the point."""
        power = min((len(str(size)) - 1) // 3, len(_UNITS) - 1)
        return f"{numbers.format_decimal(size / 1000**power, format='#,##0.#', locale=self.locale)} {_UNITS[power]}"

    @cached_property
    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """Return all of them by name."""
        return {
            "money": self.money,
            "number": self.number,
            "amount": self.plain,
            "percent": self.percent,
            "date": self.day,
            "month": self.month,
            "datetime": self.moment,
            "minute": self.minute,
            "ago": self.ago,
            "bytes": self.size,
        }


def _is_whole_cents(amount: Decimal) -> bool:
    exponent = amount.normalize().as_tuple().exponent
    return not isinstance(exponent, int) or exponent >= -2


@lru_cache(maxsize=256)
def locale_of(name: str) -> Locale:
    """Return a locale; an unknown one falls to the English of the United Kingdom."""
    try:
        return Locale.parse(name)
    except (ValueError, LookupError, UnknownLocaleError):
        return Locale("en", "GB")
