"""What a Weft does by itself, again and again, with few businesses and with many: each turn of worker, relay and operator."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from statistics import median
from time import perf_counter

from core.audit.seal import seal_due
from core.messaging.clock import Clock
from core.messaging.depth import measure as depth
from core.messaging.feeder import Feeder
from core.messaging.housekeeping import Housekeeping
from core.messaging.relay import Relay
from core.messaging.repertoire import Repertoire
from core.messaging.sweeper import Sweeper
from infra.laboratory.installation import Installation
from tenants.backups.keeper import Keeper
from tenants.doctor import examine
from tenants.operator import Operator
from tests.bench.figures import tell

TIMES = 5

_JOBS = """
INSERT INTO platform.job (id, tenant, name, payload, state, due, max_attempts, created_at)
SELECT gen_random_uuid(), schema, 'bench.job', '{}', 'waiting', $1, 5, $1 FROM platform.tenant WHERE state = 'active'
"""
# As many backups as are kept of everybody after years, none of them due.
_BACKUPS = """
INSERT INTO platform.backup (id, tenant, state, made_at, tested_at)
SELECT gen_random_uuid(), schema, 'stored', now() - make_interval(days => n), now() FROM platform.tenant, generate_series(0, 32) n
"""


async def ticks(made: Installation) -> dict[str, float]:
    """Return milliseconds of each turn while nothing is to be done, and of those that have something to do for everybody."""
    runtime, registry = made.runtime, made.modules.registry
    clock, feeder = Clock(runtime.platform, registry), Feeder(runtime.platform)
    relay, sweeper = Relay(runtime.platform, Repertoire.of(registry)), Sweeper(runtime.platform)
    operator, keeper = Operator(runtime, made.provisioner, spares=0), Keeper(runtime, made.provisioner)
    housekeeping = Housekeeping(runtime.platform, runtime.store)
    now = runtime.now
    await runtime.platform.execute(_BACKUPS)
    begun = perf_counter()
    while await clock.keep_up(now()):
        pass
    found = {"schedules of everybody are made": (perf_counter() - begun) * 1000}
    idle: dict[str, Callable[[], Awaitable[object]]] = {
        "clock (each second)": lambda: clock.turn(now()),
        "relay (each second)": lambda: relay.turn(now()),
        "feeder (each second)": lambda: feeder.turn(now(), long=False),
        "sweeper (every 5 s)": lambda: sweeper.bury(timedelta(seconds=30), now()),
        "operator (every 5 s)": operator.work_off,
        "operator's spares (every 5 s)": operator.fill_pool,
        "operator's erasures (every 5 s)": operator.purge_due,
        "backups asked for (every 5 s)": keeper.work_off,
        "backups due (every 5 s)": keeper.keep_up,
        "trials of backups due (every 5 s)": keeper.try_one,
        "depth (every 10 s)": lambda: depth(runtime.platform, now()),
        "schedules (each minute)": lambda: clock.keep_up(now()),
        "seals (each minute)": lambda: seal_due(runtime.platform),
        "housekeeping (every 10 minutes)": housekeeping.turn,
        "doctor": lambda: examine(made.provisioner, made.modules),
    }
    for name, turn in idle.items():
        await turn()
        times = []
        for _ in range(TIMES):
            begun = perf_counter()
            await turn()
            times.append((perf_counter() - begun) * 1000)
        found[f"a turn of {name}"] = median(times)
    await runtime.platform.execute(_JOBS, now())
    begun = perf_counter()
    await feeder.turn(now(), long=False)
    found["a turn of the feeder while everybody waits"] = (perf_counter() - begun) * 1000
    return found


async def measure(few: Installation, many: Installation) -> None:
    """Print the turns of both, those of many beside those of few."""
    low, high = await ticks(few), await ticks(many)
    for name, value in high.items():
        tell(name, value, "ms", baseline=low[name], baseline_is="with 100 tenants")
