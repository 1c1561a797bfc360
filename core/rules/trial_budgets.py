"""How many statements a page may send: one that asks for each row again is slow as soon as there are some."""

from collections.abc import AsyncIterator

from core.rules.rule import Problem, TrialRule
from core.rules.trial import Trial
from core.rules.trial_visits import address
from core.tenancy.metering import METER, Meter

MOST = 60  # statements and transactions of one page


async def budgets(trial: Trial) -> AsyncIterator[Problem]:
    """Every page keeps to the budget, in a business that has rows."""
    await trial.plant()
    owner = await trial.owner(trial.here)
    ids = [row["id"] for rows in trial.planted.values() for row in rows[:1] if "id" in row]
    for route in trial.subject.mounted.routes:
        if route.method != "GET":
            continue
        filled = any(not isinstance(part, str) for part in route.parts)
        for each in ids[:3] if filled else [None]:
            meter = Meter(trial.key, 10**9, lambda _: trial.key)
            token = METER.set(meter)
            try:
                await owner.ask("GET", address(route, each))  # type: ignore[arg-type]
            finally:
                METER.reset(token)
            if meter.used > MOST:
                sentence = f"GET {route.path} sends {meter.used} statements, more than the {MOST} of a page: ask for all rows at once."
                yield Problem(trial.subject.place(route.handler), sentence)
                break


RULES = (TrialRule("query-budget", f"No page sends more than {MOST} statements", budgets),)
