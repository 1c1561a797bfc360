"""A report as it is asked for: its parameters, what to compare with, which columns; read from a query string, and written as one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlencode

import msgspec

from core.reports.asking import ask
from core.reports.spans import Span, days_of
from weft.errors import Invalid
from weft.forms import read_fields
from weft.reports import Comparison, Report
from weft.tenant import Tenant

OWN = frozenset({"compare", "columns", "when", "page"})  # names that no parameter may have
DAYS = ("first", "last", "day")
MOST_PAGES = 20


@dataclass(frozen=True, slots=True)
class Wish:
    """One look at a report; no `columns` are those that it shows by itself, `defaults` are the parameters it has unless told."""

    report: Report[Any]
    parameters: msgspec.Struct
    defaults: msgspec.Struct
    comparison: Comparison | None = None
    columns: tuple[str, ...] = ()
    when: Span | None = None
    page: int = 1

    def encode(self, **changes: Any) -> str:
        """Return the query string; what is as the report has it by itself is left out, so days that move with today go on to."""
        asked = replace(self, **changes)
        usual = texts_of(asked.defaults)
        days = DAYS if asked.when else ()
        pairs = [
            (name, text)
            for name, values in texts_of(asked.parameters).items()
            if name not in days and values != usual[name]
            for text in values or [""]
        ]
        pairs += [("when", asked.when.value)] if asked.when else []
        pairs += [("compare", asked.comparison.value)] if asked.comparison else []
        pairs += [("columns", key) for key in asked.columns]
        pairs += [("page", str(asked.page))] if asked.page > 1 else []
        return urlencode(pairs)


def fields_named(report: Report[Any]) -> tuple[str, ...]:
    """Return the names of a report's parameters."""
    return tuple(each.encode_name for each in msgspec.structs.fields(report.parameters))


def has_days(report: Report[Any]) -> bool:
    """Tell whether it is about days, so that words such as “last month” say which."""
    names = fields_named(report)
    return "day" in names or {"first", "last"} <= set(names)


def comparisons(report: Report[Any]) -> tuple[Comparison, ...]:
    """Return what it can be laid beside."""
    return tuple(Comparison) if report.earlier and any(column.compared for column in report.columns) else ()


def texts_of(parameters: msgspec.Struct) -> dict[str, list[str]]:
    """Return parameters as a form has them."""
    names = {each.name: each.encode_name for each in msgspec.structs.fields(parameters)}
    return {names[name]: _texts(value) for name, value in msgspec.structs.asdict(parameters).items()}


def _texts(value: Any) -> list[str]:
    if isinstance(value, bool):
        return ["yes"] if value else [""]
    if isinstance(value, (list, tuple, frozenset, set)):
        return [str(each) for each in value]
    return [""] if value is None else [str(value)]


async def defaults_of(tenant: Tenant, report: Report[Any]) -> msgspec.Struct:
    """Return the parameters a report has unless told."""
    defaults = report.defaults
    found: msgspec.Struct = await ask(tenant, report, lambda: defaults(tenant)) if defaults else report.parameters()
    return found


async def read_wish(tenant: Tenant, report: Report[Any], given: Mapping[str, Sequence[str]] | str) -> Wish:
    """Read a query string; raises `Invalid` with a sentence for each parameter that cannot be read."""
    asked = parse_qs(given, keep_blank_values=True) if isinstance(given, str) else given
    last = {key: values[-1].strip() for key, values in asked.items() if values}
    defaults = await defaults_of(tenant, report)
    values = texts_of(defaults)
    values |= {name: [each.strip() for each in asked[name]] for name in fields_named(report) if name in asked}
    when = _one_of(Span, "when", last.get("when", "")) if has_days(report) else None
    if when:
        first, end = days_of(when, tenant.today())
        days = {"first": first, "last": end, "day": end}
        values |= {name: [day.isoformat()] for name, day in days.items() if name in values}
    parameters = read_fields(report.parameters, values)
    page = last.get("page", "1")
    comparison = _one_of(Comparison, "compare", last.get("compare", ""))
    if comparison and comparison not in comparisons(report):
        raise Invalid.field("compare", f"“{report.title}” cannot be compared.")
    return Wish(
        report,
        parameters,
        defaults,
        comparison,
        _columns(report, asked.get("columns", ())),
        when,
        max(1, min(int(page), MOST_PAGES)) if page.isdecimal() and len(page) < 6 else 1,
    )


def _columns(report: Report[Any], asked: Sequence[str]) -> tuple[str, ...]:
    """Return which columns to show, in their order; none where those are the ones it shows by itself."""
    chosen = tuple(column.key for column in report.columns if column.key in asked)
    return () if chosen == tuple(column.key for column in report.columns if not column.hidden) else chosen


def _one_of(kind: Any, name: str, text: str) -> Any:
    if not text:
        return None
    try:
        return kind(text)
    except ValueError:
        raise Invalid.field(name, f"“{text}” is none of {', '.join(kind)}.") from None
