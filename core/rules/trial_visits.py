"""Rules about pages, tried over HTTP: who is let in, what is answered, and that every link leads somewhere."""

import re
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

from litestar.types.internal_types import PathParameterDefinition

from core.listing.page import read_page
from core.listing.query import Query
from core.rules.laboratory import Answer
from core.rules.markup import Markup
from core.rules.mounting import Route
from core.rules.rule import Problem, TrialRule
from core.rules.trial import Trial
from core.rules.trial_imports import furnish
from weft.ids import new_id

_MAIN = re.compile(r"<main\b.*?</main>", re.DOTALL)
LOCKED = "You need the permission"  # how the guard of `needs` begins its sentence


def address(route: Route, record_id: UUID | None = None) -> str:
    """Return an address that leads to a route: ids that nobody has, unless one is given."""
    parts = [part if isinstance(part, str) else _filled(part, record_id) for part in route.parts]
    return "/" + "/".join(parts)


def _filled(part: PathParameterDefinition, record_id: UUID | None) -> str:
    kind = part.full.rpartition(":")[2]
    return {"uuid": str(record_id or new_id()), "int": "1", "float": "1", "decimal": "1", "date": "2026-01-31"}.get(kind, "x")


async def locked(trial: Trial) -> AsyncIterator[Problem]:
    """Without its permission a route lets nobody in."""
    stranger = await trial.stranger(trial.there)
    for route in trial.subject.mounted.routes:
        if route.permission is None:
            continue
        answer = await stranger.ask(route.method, address(route))
        if answer.status_code != 403 or LOCKED not in answer.text:
            yield Problem(
                trial.subject.place(route.handler),
                f"{route.method} {route.path} answers {answer.status_code} to a member without “{route.permission.name}”: it must be 403.",
            )


async def answers(trial: Trial) -> AsyncIterator[Problem]:
    """With it a route answers, or says what is wrong; for a script and for a browser alone."""
    owner, known = await trial.owner(trial.there), await _records(trial)
    for route in trial.subject.mounted.routes:
        if route.method != "GET" or route.is_public:  # which may well ask for a key of its own
            continue
        ids: list[UUID | None] = [*_ids_for(trial, route, known)]
        for record_id in ids or [None]:
            for headers in ({}, {"HX-Request": "true"}):
                answer = await owner.ask("GET", address(route, record_id), **headers)
                if sentence := _unwell(answer, exists=record_id is not None):
                    how = " (asked by HTMX)" if headers else ""
                    yield Problem(trial.subject.place(route.handler), f"GET {route.path}{how} {sentence}")


def _unwell(answer: Answer, *, exists: bool) -> str:
    status = answer.status_code
    if status >= 500 and status != 503:
        return f"answers {status}: {answer.trouble}."
    if status in (401, 403):
        return f"answers {status} to somebody who may do everything."
    if status == 404 and exists:
        return "answers 404 for a record that its listing shows."
    return ""


async def _records(trial: Trial) -> dict[str, list[UUID]]:
    """Return ids of records that the business `there` really has, by the name of their kind."""
    await furnish(trial)
    found: dict[str, list[UUID]] = {}
    for listing in trial.subject.declared("listings"):
        if listing.record:
            try:
                page = await read_page(trial.there, listing, Query(size=2), count=False)
            except Exception:  # noqa: S112  # the rule that runs every listing tells of that
                continue
            found.setdefault(listing.record.name, []).extend(row["id"] for row in page.rows)
    return found


def _ids_for(trial: Trial, route: Route, known: dict[str, list[UUID]]) -> list[UUID]:
    """Return the ids of records whose page a route is."""
    for kind in trial.subject.declared("records"):
        if trial.subject.mounted.find(kind.url(new_id())) is route:
            return known.get(kind.name, [])[:2]
    return []


async def whole(trial: Trial) -> AsyncIterator[Problem]:
    """What the navigation leads to is a page of the shell, and its links lead somewhere."""
    owner = await trial.owner(trial.there)
    for where, path in await _entrances(trial):
        answer = await owner.ask("GET", path)
        if answer.status_code != 200:
            yield Problem(where, f"GET {path} answers {answer.status_code}, and the navigation leads there.")
            continue
        main = _MAIN.search(answer.text)
        if main is None:
            yield Problem(where, f"GET {path} is not a whole page in the shell, and the navigation leads there.")
            continue
        markup = Markup.read(main[0])
        for _, sentence in markup.offences:
            yield Problem(where, f"GET {path} shows {sentence}")
        for _, sentence in markup.dead:
            yield Problem(where, f"GET {path} shows this: {sentence}")
        for sentence in _astray(trial, markup):
            yield Problem(where, f"GET {path} {sentence}")


async def _entrances(trial: Trial) -> list[tuple[str, str]]:
    subject = trial.subject
    paths = [(subject.hook_place("menu"), item.path) for item in subject.declared("menu")]
    paths += [(subject.hook_place("listings"), listing.path) for listing in subject.declared("listings")]
    known = await _records(trial)
    for kind in subject.declared("records"):
        paths += [(subject.hook_place("records"), kind.url(each)) for each in known.get(kind.name, [])[:1]]
    if subject.declared("settings"):
        paths.append((subject.hook_place("settings"), f"/settings/{subject.key}"))
    return list(dict.fromkeys(paths))


def _astray(trial: Trial, markup: Markup) -> Iterator[str]:
    for method, link in dict.fromkeys(markup.links):
        if link.startswith((f"/{trial.key}/", f"/api/v1/{trial.key}/")) and trial.subject.mounted.find(link, method) is None:
            yield f"has a link to {link}, where no route answers {method}."


async def refuses(trial: Trial) -> AsyncIterator[Problem]:
    """An empty form is refused with a sentence, never with a crash."""
    owner = await trial.owner(trial.there)
    for route in trial.subject.mounted.routes:
        if route.method == "GET":
            continue
        answer = await owner.ask(route.method, address(route))
        if answer.status_code >= 500 and answer.status_code != 503:
            yield Problem(
                trial.subject.place(route.handler),
                f"{route.method} {route.path} with nothing in it answers {answer.status_code}, not a sentence: {answer.trouble}.",
            )


RULES = (
    TrialRule("locked", "Every route answers 403 without its permission", locked),
    TrialRule("answers", "With it, every page answers 200 or says what is wrong", answers),
    TrialRule(
        "whole-pages",
        "Menu, listings, records and settings lead to whole pages, which work without a script, and whose links lead on",
        whole,
    ),
    TrialRule("refuses", "A request with nothing in it is refused with a sentence", refuses),
)
