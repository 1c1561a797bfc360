"""What workers do for the books."""

import msgspec

from weft import Job, Schedule, Tenant

from .services import bank_matching, bank_statements, bundling, proving, recurring, sealing, templates


class Nothing(msgspec.Struct, frozen=True):
    """These jobs need to be told nothing."""


async def _fold(tenant: Tenant, _: Nothing) -> None:
    await proving.fold_balances(tenant)


async def _seal(tenant: Tenant, _: Nothing) -> None:
    await sealing.seal_entries(tenant)


async def _recur(tenant: Tenant, _: Nothing) -> None:
    await templates.make_due(tenant)


FOLD = Job(name="accounting.fold_balances", title="Sum up balances", payload=Nothing, run=_fold, timeout=300)
SEAL = Job(name="accounting.seal_entries", title="Seal posted entries", payload=Nothing, run=_seal, timeout=900)
RECUR = Job(name="accounting.make_recurring", title="Make recurring entries", payload=Nothing, run=_recur, timeout=300)

JOBS = (FOLD, SEAL, RECUR, bundling.MAKE, bank_statements.READ, bank_matching.LEARN, recurring.MAKE)
SCHEDULES = (
    Schedule(job=FOLD, cron="17 * * * *", payload=Nothing()),
    Schedule(job=SEAL, cron="47 * * * *", payload=Nothing()),
    Schedule(job=RECUR, cron="10 5 * * *", payload=Nothing()),
    bank_matching.NIGHTLY,
    recurring.DAILY,
)
