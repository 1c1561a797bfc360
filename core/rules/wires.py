"""Rules about what crosses a wire: payloads of jobs, events, settings, and the functions that get them."""

import inspect
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from core.rules.rule import Problem, Rule
from core.rules.samples import Unfit, sample_struct, survives
from core.rules.subject import Subject
from core.schedule import next_due
from core.tenancy.tenant import read_settings
from weft import Invalid, Settings

# hook → the attributes that hold functions which are awaited
AWAITED = {
    "jobs": ("run",),
    "subscriptions": ("handle",),
    "widgets": ("render",),
    "panels": ("render",),
    "documents": ("sample",),
    "search": ("find",),
    "importers": ("write", "undo"),
    "personal_data": ("collect", "erase"),
    "health_checks": ("check",),
    "lifecycle": ("on_enable", "on_upgrade", "on_disable", "on_demo"),
}


def payloads(subject: Subject) -> Iterator[Problem]:
    """What is sent comes back as it went."""
    for job in subject.declared("jobs"):
        yield from _survives(subject, job.payload, f"The payload of the job “{job.name}”")
    for event in subject.declared("events"):
        yield from _survives(subject, event, f"The event {event.__name__}")


def _survives(subject: Subject, kind: type[msgspec.Struct], what: str) -> Iterator[Problem]:
    if not kind.__struct_config__.frozen:
        yield Problem(subject.place(kind), f"{what} can be changed after it was sent: write class {kind.__name__}(…, frozen=True).")
    for full in (True, False):
        try:
            value = sample_struct(kind, full=full)
            if not survives(value):
                yield Problem(subject.place(kind), f"{what} does not come back from JSON as it went: {value!r}.")
        except Unfit as unfit:
            yield Problem(subject.place(kind), f"{what}, field {unfit}.")
        except (msgspec.MsgspecError, TypeError, ValueError) as wrong:
            yield Problem(subject.place(kind), f"{what} cannot be told as JSON and read back: {wrong}")
        else:
            continue
        return


def subscriptions(subject: Subject) -> Iterator[Problem]:
    """Who listens hears something, and can read it."""
    for each in subject.declared("subscriptions"):
        name = subject.registry.event_name(each.event)
        if name is None:
            wanted = each.event.heard_as or each.event.__name__
            yield Problem(
                subject.hook_place("subscriptions"),
                f"“{each.name}” listens to {wanted}, which no installed plugin publishes: set heard_as to “<plugin>.<Event>” of one.",
            )
            continue
        if name.partition(".")[0] not in subject.needed:
            yield Problem(
                subject.hook_place("subscriptions"),
                f"“{each.name}” listens to {name}, and the plugin does not require “{name.partition('.')[0]}”: add it to requires.",
            )
        yield from _can_read(subject, each.event, name)


def _can_read(subject: Subject, heard: type[msgspec.Struct], name: str) -> Iterator[Problem]:
    told = next(kind for kind, each in subject.registry.event_names.items() if each == name)
    for full in (True, False):
        try:
            sent = sample_struct(told, full=full)
        except Unfit:
            return  # the publisher's own rule tells of that
        try:
            read = msgspec.json.decode(msgspec.json.encode(sent), type=heard)
        except msgspec.MsgspecError as wrong:
            yield Problem(subject.place(heard), f"{heard.__name__} cannot read what {name} tells: {wrong}.")
            return
        if missing := set(heard.__struct_fields__) - set(told.__struct_fields__):
            yield Problem(subject.place(heard), f"{heard.__name__} has the field {min(missing)}, which {name} does not tell: {read!r}.")
            return


def schedules(subject: Subject) -> Iterator[Problem]:
    """A schedule names a time that comes, a job that is declared, and a payload that fits."""
    jobs = subject.declared("jobs")
    for each in subject.declared("schedules"):
        where = subject.hook_place("schedules")
        try:
            next_due(each.cron, ZoneInfo("Europe/London"), datetime(2026, 1, 1, tzinfo=UTC))
        except Invalid as wrong:
            yield Problem(where, f"The schedule of “{each.job.name}”: {wrong.message}.")
        if not any(each.job is job for job in jobs):
            yield Problem(where, f"A schedule runs “{each.job.name}”, which jobs() does not list: add it there.")
        if not isinstance(each.payload, each.job.payload):
            yield Problem(
                where, f"The schedule of “{each.job.name}” sends {each.payload!r}, and the job takes {each.job.payload.__name__}."
            )


def settings(subject: Subject) -> Iterator[Problem]:
    """A business that has set nothing has settings all the same."""
    for kind in subject.declared("settings"):
        for field in msgspec.structs.fields(kind):
            if field.required:
                yield Problem(
                    subject.place(kind), f"The setting {field.name} has no default: a business that never opened the page has none."
                )
        if not any(field.required for field in msgspec.structs.fields(kind)):
            yield from _stored(subject, kind)


def _stored(subject: Subject, kind: type[Settings]) -> Iterator[Problem]:
    try:
        value = sample_struct(kind)
        read = read_settings(kind, msgspec.Raw(msgspec.json.encode(value)))
    except Unfit as unfit:
        yield Problem(subject.place(kind), f"The settings {kind.__name__}, field {unfit}.")
    except (msgspec.MsgspecError, TypeError, ValueError) as wrong:
        yield Problem(subject.place(kind), f"The settings {kind.__name__} cannot be stored and read back: {wrong}")
    else:
        if read != value:
            yield Problem(
                subject.place(kind), f"The settings {kind.__name__} are not read back as they were stored: {value!r} became {read!r}."
            )


def awaited(subject: Subject) -> Iterator[Problem]:
    """Work that waits for a database is awaited."""
    for hook, attributes in AWAITED.items():
        for each in subject.declared(hook):
            for attribute in attributes:
                function = getattr(each, attribute)
                if function is not None and not inspect.iscoroutinefunction(_inner(function)):
                    yield Problem(
                        subject.place(_inner(function)), f"{attribute} of {_called(each)} in {hook}() is awaited: write it as async def."
                    )


def _inner(function: Any) -> Any:
    while hasattr(function, "func"):  # functools.partial
        function = function.func
    return function if inspect.isroutine(function) else getattr(type(function), "__call__", function)  # noqa: B004  # an object that is called


def _called(each: Any) -> str:
    return f"“{getattr(each, 'name', '') or getattr(each, 'title', '') or type(each).__name__}”"


RULES = (
    Rule("payloads", "Payloads of jobs and events are frozen, and survive JSON", payloads),
    Rule("subscriptions", "It listens to events that a required plugin publishes, in a form it can read", subscriptions),
    Rule("schedules", "A schedule has a time that comes, a job of the plugin and a payload that fits", schedules),
    Rule("settings", "Every setting has a default, and survives JSON", settings),
    Rule("awaited", "Functions that do work are async", awaited),
)
