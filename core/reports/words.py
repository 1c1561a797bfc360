"""What a report says of itself, and its cells as text, in the business's locale."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from babel import Locale, UnknownLocaleError, dates, numbers

from core.reports.asking import ask
from core.reports.running import currency_of
from core.reports.wish import DAYS, Wish, has_days, texts_of
from weft.forms import unwrap
from weft.listing import Choice
from weft.reports import CellKind, Report, ReportColumn
from weft.tenant import Tenant


def locale_of(tenant: Tenant) -> Locale:
    """Return how the business writes days and figures."""
    try:
        return Locale.parse(tenant.locale)
    except (UnknownLocaleError, ValueError):
        return Locale("en", "GB")


def label_of(kind: type[msgspec.Struct], name: str) -> str:
    """Return what a parameter is called."""
    for each in msgspec.structs.fields(kind):
        if each.encode_name == name:
            meta = unwrap(each.type)[1]
            return (meta.title if meta else None) or each.name.replace("_", " ").capitalize()
    return name


async def heading_of(tenant: Tenant, wish: Wish) -> str:
    """Return for what the report is: its days, and every parameter that is not as usual."""
    if heading := wish.report.heading:
        return await ask(tenant, wish.report, lambda: heading(tenant, wish.parameters))
    parts = [_days(tenant, wish.parameters)] if has_days(wish.report) else []
    usual = texts_of(wish.defaults)
    for name, values in texts_of(wish.parameters).items():
        if name in DAYS or values == usual[name] or values == [""]:
            continue
        offered = wish.report.choices.get(name)
        titles = {each.value: each.title for each in await choices(tenant, wish.report, offered)} if offered else {}
        told = ", ".join(titles.get(value, value.replace("_", " ")) for value in values)
        parts.append(f"{label_of(wish.report.parameters, name)}: {told}")
    return "; ".join(part for part in parts if part)


async def choices(tenant: Tenant, report: Report[Any], offered: Callable[[Tenant], Awaitable[Sequence[Choice]]]) -> Sequence[Choice]:
    """Return what can be chosen for a parameter."""
    return await ask(tenant, report, lambda: offered(tenant))


def _days(tenant: Tenant, parameters: Any) -> str:
    locale = locale_of(tenant)
    first, last, day = (getattr(parameters, name, None) for name in DAYS)
    if isinstance(first, date) and isinstance(last, date):
        return f"{dates.format_date(first, locale=locale)} to {dates.format_date(last, locale=locale)}"
    return f"on {dates.format_date(day, locale=locale)}" if isinstance(day, date) else ""


@dataclass(frozen=True, slots=True)
class Written:
    """Writes cells as text."""

    locale: Locale
    currency: str

    @classmethod
    def of(cls, tenant: Tenant) -> "Written":
        """Return what writes for a business."""
        return cls(locale_of(tenant), tenant.currency)

    def cell(self, column: ReportColumn, cells: Mapping[str, Any]) -> str:
        """Return one cell; nothing is empty. An amount shows its currency only where rows differ in it."""
        value = cells.get(column.key)
        if value is None or value == "":
            return ""
        if column.kind is CellKind.MONEY:
            currency = currency_of(column, cells, self.currency)
            places = numbers.get_currency_precision(currency)
            text = numbers.format_decimal(value, format=f"#,##0.{'0' * places}" if places else "#,##0", locale=self.locale)
            return f"{text} {currency}" if column.currency else text
        if column.kind is CellKind.NUMBER:
            return numbers.format_decimal(value, locale=self.locale, decimal_quantization=False)
        if column.kind is CellKind.PERCENT:
            return numbers.format_percent(value, format="#,##0.#%", locale=self.locale)
        if column.kind is CellKind.DATE and isinstance(value, date):
            return dates.format_date(value, locale=self.locale)
        return str(value)


def plain(value: Any) -> Any:
    """Return a figure, a day or a text as a file has it: exact, and the same everywhere."""
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else value
