"""Rules about the parts that a plugin lends to pages of others, tried in a business."""

import asyncio
from abc import ABC
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from markupsafe import Markup as Html

from core.rules.markup import Markup
from core.rules.rule import Problem, TrialRule
from core.rules.trial import Trial
from core.rules.trial_visits import address
from weft import Exporter, Tenant, WeftError
from weft.ids import new_id

T = TypeVar("T")
BUDGET = 1.5  # seconds: what the search box waits for one kind of record, and a page for a part of it
PATIENCE = 3  # how often a part is asked before it counts as slow
ODD = ("a", "o'neil \\", "100%_", "ÅÄÖ 漢字", "x" * 200, "'; DROP TABLE --", "380706", "\u202ex")


async def _in_time(ask: Callable[[], Awaitable[T]]) -> T:
    """Return an answer that comes within the budget; on a machine that has other things to do, at the second or third time of asking.

    Raises `TimeoutError`.
    """
    for _ in range(PATIENCE - 1):
        with suppress(TimeoutError):
            async with asyncio.timeout(BUDGET):
                return await ask()
    async with asyncio.timeout(BUDGET):
        return await ask()


async def _written(exporter: Exporter, tenant: Tenant) -> list[bytes]:
    return [part async for part in exporter.write(tenant)]


def _told(wrong: BaseException) -> str:
    if isinstance(wrong, TimeoutError):
        return f"it takes longer than {BUDGET} s"
    return f"{type(wrong).__name__}: {str(wrong).partition(chr(10))[0]}"


async def widgets(trial: Trial) -> AsyncIterator[Problem]:
    """A card stands on the dashboard of a business that has nothing yet, and of one that has."""
    await trial.plant()
    for widget in trial.subject.declared("widgets"):
        for tenant in (trial.there, trial.here):
            try:
                part = await _in_time(partial(widget.render, tenant, trial.laboratory.ui(tenant)))
            except Exception as wrong:
                yield Problem(trial.subject.place(widget.render), f"The widget “{widget.name}” fails: {_told(wrong)}.")
                break
            for sentence in _wrong_html(part):
                yield Problem(trial.subject.place(widget.render), f"The widget “{widget.name}” {sentence}")


async def panels(trial: Trial) -> AsyncIterator[Problem]:
    """A panel for a record that it knows nothing of is empty, or says so."""
    for panel in trial.subject.declared("panels"):
        try:
            part = await _in_time(partial(panel.render, trial.there, trial.laboratory.ui(trial.there), new_id()))
        except WeftError:
            continue
        except Exception as wrong:
            yield Problem(
                trial.subject.place(panel.render), f"The panel “{panel.name}” fails for a record it has nothing on: {_told(wrong)}."
            )
            continue
        for sentence in _wrong_html(part):
            yield Problem(trial.subject.place(panel.render), f"The panel “{panel.name}” {sentence}")


def _wrong_html(part: Any) -> list[str]:
    if not isinstance(part, Html):
        return [f"returns a {type(part).__name__}: return what ui.partial(…) gives."]
    markup = Markup.read(str(part))
    if "html" in markup.names:
        return ["returns a whole page: return a fragment."]
    return [f"has {sentence}" for _, sentence in markup.offences] + [f"has this: {sentence}" for _, sentence in markup.dead]


async def search(trial: Trial) -> AsyncIterator[Problem]:
    """The search box gets an answer in time, whatever is typed."""
    await trial.plant()
    for source in trial.subject.declared("search"):
        for text in ODD:
            try:
                hits = await _in_time(partial(source.find, trial.here, text, 3))
            except Exception as wrong:
                yield Problem(trial.subject.place(source.find), f"The search of “{source.title}” for {text[:20]!r} fails: {_told(wrong)}.")
                break
            if len(hits) > 3:
                yield Problem(
                    trial.subject.place(source.find), f"The search of “{source.title}” returns {len(hits)} hits, asked for at most 3."
                )
                break
            astray = next((hit.url for hit in hits if trial.subject.mounted.find(hit.url) is None), "")
            if astray:
                yield Problem(
                    trial.subject.place(source.find), f"The search of “{source.title}” leads to {astray}, where no route answers."
                )
                break


async def services(trial: Trial) -> AsyncIterator[Problem]:
    """What is offered under a contract fulfils it."""
    for provided in trial.subject.declared("services"):
        name = provided.contract.__name__
        if not issubclass(provided.contract, ABC):
            yield Problem(trial.subject.hook_place("services"), f"The contract {name} is no abstract class: take one of weft.contracts.")
            continue
        try:
            made = provided.make(trial.here)
        except Exception as wrong:
            yield Problem(trial.subject.hook_place("services"), f"What it offers as {name} cannot be made: {_told(wrong)}.")
            continue
        if not isinstance(made, provided.contract):
            yield Problem(
                trial.subject.hook_place("services"), f"What it offers as {name} is a {type(made).__name__}: derive it from {name}."
            )


async def exporters(trial: Trial) -> AsyncIterator[Problem]:
    """A file can be written of a business that has nothing yet."""
    for exporter in trial.subject.declared("exporters"):
        try:
            parts = await _in_time(partial(_written, exporter, trial.there))
        except Exception as wrong:
            yield Problem(trial.subject.place(exporter.write), f"The exporter “{exporter.name}” fails: {_told(wrong)}.")
            continue
        if not all(isinstance(part, bytes) for part in parts):
            yield Problem(trial.subject.place(exporter.write), f"The exporter “{exporter.name}” yields what is not bytes.")


async def personal_data(trial: Trial) -> AsyncIterator[Problem]:
    """Of somebody it does not know it collects nothing, and erases nothing."""
    for each in trial.subject.declared("personal_data"):
        where = trial.subject.hook_place("personal_data")
        try:
            found = await each.collect(trial.there, "nobody@weft.invalid")
            msgspec.json.encode(found)
            async with trial.there.transaction(unaudited="nothing is erased"):
                erased = await each.erase(trial.there, "nobody@weft.invalid")
        except Exception as wrong:
            yield Problem(where, f"“{each.title}” fails for somebody it does not know: {_told(wrong)}.")
            continue
        if erased != 0:
            yield Problem(where, f"“{each.title}” says it erased {erased!r} of somebody it does not know: it must be 0.")


async def isolation(trial: Trial) -> AsyncIterator[Problem]:
    """What one business has, no page of another shows: not even after the first has looked at its own, and in either direction."""
    here, other = await trial.sides()
    if not here.secrets:
        return
    visitors = [await trial.owner(side.tenant) for side in (here, other, here)]
    for path in _everywhere(trial, [*here.ids[:4], *other.ids[:4]]):
        texts = [(await visitor.ask("GET", path)).text for visitor in visitors]
        for text, secrets in ((texts[1], here.secrets), (texts[2], other.secrets)):
            if seen := next((secret for secret in secrets if secret in text), ""):
                yield Problem(
                    trial.subject.plugin_place,
                    f"GET {path} shows one business what another has (“{seen}”): keep nothing of a tenant in a global or a cache.",
                )


def _everywhere(trial: Trial, ids: list[UUID]) -> list[str]:
    paths = [f"/api/v1/lists/{listing.name}" for listing in trial.subject.declared("listings")]
    for route in trial.subject.mounted.routes:
        if route.method == "GET":
            filled = any(not isinstance(part, str) for part in route.parts)
            paths += [address(route, each) for each in (ids if filled else [None])]
    return list(dict.fromkeys(["/", *paths]))


RULES = (
    TrialRule("widgets-render", "Widgets render, in a business with nothing in it and in one with rows", widgets),
    TrialRule("panels-render", "Panels render for a record they know nothing of", panels),
    TrialRule("search-answers", "The search answers within its budget, whatever is typed", search),
    TrialRule("services", "What is offered under a contract fulfils it", services),
    TrialRule("exporters", "Exporters write bytes", exporters),
    TrialRule("personal-data", "Of somebody unknown nothing is collected, and nothing erased", personal_data),
    TrialRule("isolation", "No page shows one business what another has", isolation),
)
