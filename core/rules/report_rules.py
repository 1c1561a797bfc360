"""Rules about a report's declaration; what its rows are is tried in a business."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from core.reports.wish import OWN, fields_named
from core.rules.rule import Problem, Rule
from core.rules.subject import Subject
from weft import CellKind, Report


def columns(subject: Subject) -> Iterator[Problem]:
    """A report's parts fit together."""
    for report in subject.declared("reports"):
        for sentence in (*_columns(report), *_chart(report), *_parameters(report)):
            yield Problem(subject.hook_place("reports"), f"The report “{report.name}”: {sentence}")


def _columns(report: Report[Any]) -> Iterator[str]:
    if not report.columns:
        yield "it has no columns."
    for key, count in Counter(column.key for column in report.columns).items():
        if count > 1:
            yield f"two columns have the key “{key}”: give one of them another."
        if not key.isidentifier():
            yield f"“{key}” cannot be a column's key: write a plain word."
    for column in report.columns:
        if not column.title.strip():
            yield f"the column “{column.key}” has no title: people read it above its cells."
        if (column.total or column.compared) and column.kind not in (CellKind.MONEY, CellKind.NUMBER):
            yield f"the column “{column.key}” is a {column.kind.value}: only money and numbers can be added up or compared."
    if report.columns and all(column.hidden for column in report.columns):
        yield "all of its columns are hidden: show at least one."
    if report.earlier and not any(column.compared for column in report.columns):
        yield "it says with what to compare, but no column is compared: write compared=True on one."


def _chart(report: Report[Any]) -> Iterator[str]:
    for key in (report.chart.label, *report.chart.values) if report.chart else ():
        if report.column(key) is None:
            yield f"its chart shows “{key}”, which is none of its columns."


def _parameters(report: Report[Any]) -> Iterator[str]:
    fields = msgspec.structs.fields(report.parameters)
    names = fields_named(report)
    for name in names:
        if name in OWN:
            yield f"a parameter cannot be called “{name}”: the page's address uses that word."
    for name in set(report.choices) - set(names):
        yield f"it offers choices for “{name}”, which is none of its parameters."
    if report.defaults is None and any(each.required for each in fields):
        yield "some of its parameters have no default: give them one, or write defaults=."
    if not report.parameters.__struct_config__.frozen:
        yield f"its parameters {report.parameters.__name__} can be changed: write frozen=True."


RULES = (Rule("reports", "A report's columns, chart and parameters fit together", columns),)
