"""How many statements a page may send: one that asks for each row again is slow as soon as there are some."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from uuid import UUID

from core.rules.mounting import Route
from core.rules.planting import multiply
from core.rules.rule import Problem, TrialRule
from core.rules.trial import Side, Trial
from core.rules.trial_visits import address
from core.tenancy import gate
from core.tenancy.metering import METER, Meter
from weft.web import USUAL_BUDGET

ROWS = 50  # of each table that takes so many
REPEATED = 10  # times more than with one row: then a statement is sent for each
LONGEST = 100  # characters of a statement that are told


@dataclass(slots=True, eq=False)
class Recorder(Meter):
    """Which statements were sent, and how often."""

    sent: Counter[str] = field(default_factory=Counter)

    def count(self, admitted: gate.Admitted | None = None) -> None:
        """Note a statement, or the opening of a transaction."""
        self.used += 1
        if admitted:
            self.sent[admitted.sql] += 1


async def budgets(trial: Trial) -> AsyncIterator[Problem]:
    """Every page keeps to its budget, in a business with a few rows of everything and with fifty, and sends no statement for each."""
    _, side = await trial.sides()
    routes = [route for route in trial.subject.mounted.routes if route.method == "GET"]
    few = {route: await _most(trial, side, route) for route in routes}
    async with trial.tables(side.tenant) as db:
        await multiply(db, trial.after, side.planted, ROWS - 1)
    for route, (asked, before) in few.items():
        after = await _measured(trial, side, route, asked)
        where = trial.subject.place(route.handler)
        repeated = next(((sql, n) for sql, n in after.sent.most_common() if n - before.sent[sql] >= REPEATED), None)
        if repeated:
            sql, often = " ".join(repeated[0].split())[:LONGEST], repeated[1]
            yield Problem(
                where,
                f"GET {route.path} sends this {often} times where there are {ROWS} rows, and {before.sent[repeated[0]]} times where there "
                f"are few: “{sql}”. Ask for all rows at once.",
            )
        elif (used := max(before.used, after.used)) > route.budget:
            sql, often = after.sent.most_common(1)[0] if after.sent else ("", 0)
            yield Problem(
                where,
                f"GET {route.path} sends {used} statements, more than the {route.budget} it may (most often, {often} times: "
                f"“{' '.join(sql.split())[:LONGEST]}”). Ask for all rows at once, or say why with query_budget().",
            )


async def _most(trial: Trial, side: Side, route: Route) -> tuple[UUID | None, Recorder]:
    """Return the record for which a page sends most, and what it sends."""
    found: list[tuple[UUID | None, Recorder]] = [(each, await _measured(trial, side, route, each)) for each in _records(trial, side, route)]
    return max(found, key=lambda one: one[1].used)


async def _measured(trial: Trial, side: Side, route: Route, record: UUID | None) -> Recorder:
    owner = await trial.owner(side.tenant)
    recorder = Recorder(trial.key, 10**9, lambda _: trial.key)
    token = METER.set(recorder)
    try:
        await owner.ask("GET", address(route, record))
    finally:
        METER.reset(token)
    return recorder


def _records(trial: Trial, side: Side, route: Route) -> list[UUID | None]:
    """Return ids for a path: of rows in the tables whose names are most like the word before the id."""
    if all(isinstance(part, str) for part in route.parts):
        return [None]
    words = [part for part in route.parts if isinstance(part, str)] or [""]
    tables = sorted(
        side.planted, key=lambda name: -_alike(words[-1], name, trial.key) - _alike(words[min(1, len(words) - 1)], name, trial.key)
    )
    ids = [row.get("id") for table in tables for row in side.planted[table][:1]]
    return [*[each for each in ids if isinstance(each, UUID)][:2]] or [None]


def _alike(word: str, table: str, key: str) -> float:
    return SequenceMatcher(None, word.replace("-", "_"), table.removeprefix(f"{key}_")).ratio()


RULES = (
    TrialRule("query-budget", f"No page sends more statements than it may ({USUAL_BUDGET} unless it says), or one for each row", budgets),
)
