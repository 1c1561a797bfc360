"""Everything a worker can run: the jobs that plugins declare, and what they do when an event reaches them."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from core.jobs import CORE_JOBS
from core.plugins.registry import Registry
from weft.jobs import Job
from weft.tenant import Tenant

SHORT = 30  # seconds; what may take longer goes to the queue of long jobs
ATTEMPTS = 5  # of a reaction to an event, and of a job whose declaration nobody here knows
CORE = "core"  # the key of what the platform itself runs: always switched on


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One thing a worker can run; `timeout` is in seconds, `plugin` the key of the module that must be switched on."""

    name: str
    title: str
    plugin: str
    payload: type[msgspec.Struct]
    run: Callable[[Tenant, Any], Awaitable[None]]
    atomic: bool
    attempts: int = ATTEMPTS
    timeout: float = SHORT
    priority: int = 0
    concurrency: int | None = None
    hook: str = "jobs"  # where the plugin declares it

    @property
    def long(self) -> bool:
        """Whether it goes to the queue of long jobs."""
        return self.timeout > SHORT


class Repertoire:
    """The declared work, by name and by the event that asks for it."""

    def __init__(self, work: Iterable[Work], reactions: Iterable[tuple[str, Work]], events: Iterable[str]) -> None:
        self.reactions = tuple(reactions)  # name of an event, and what is done about it
        self.events = frozenset(events)
        self._by_name = {each.name: each for each in (*work, *(reaction for _, reaction in self.reactions))}

    @classmethod
    def of(cls, registry: Registry) -> "Repertoire":
        """Collect what the platform itself and the installed plugins declare."""
        work, reactions = [_of_job(CORE, job) for job in CORE_JOBS], []
        for key in registry.plugins:
            only = frozenset({key})
            work += [_of_job(key, job) for job in registry.jobs(only)]
            for subscription in registry.subscriptions(only):
                event = registry.event_name(subscription.event)
                if event is not None:  # the plugin that publishes it may not be installed here
                    reaction = Work(
                        name=f"{key}.on.{subscription.name}",
                        title=f"{registry.plugins[key].title}: {subscription.name.replace('_', ' ')}",
                        plugin=key,
                        payload=subscription.event,
                        run=subscription.handle,
                        atomic=subscription.atomic,
                        hook="subscriptions",
                    )
                    reactions.append((event, reaction))
        return cls(work, reactions, registry.event_names.values())

    def get(self, name: str) -> Work | None:
        """Return what is run under a name."""
        return self._by_name.get(name)

    def title(self, name: str) -> str:
        """Return what the Jobs page calls a job; its name when nobody declares it any more."""
        work = self._by_name.get(name)
        return work.title if work else name

    @property
    def limits(self) -> Mapping[str, int]:
        """How many may run at once for one tenant, by the name of the work, where that is limited."""
        return {each.name: each.concurrency for each in self if each.concurrency is not None}

    def __iter__(self) -> Iterator[Work]:
        return iter(self._by_name.values())


def _of_job(key: str, job: Job[Any]) -> Work:
    return Work(
        name=job.name,
        title=job.title,
        plugin=key,
        payload=job.payload,
        run=job.run,
        atomic=job.atomic,
        attempts=job.attempts,
        timeout=job.timeout,
        priority=job.priority,
        concurrency=job.concurrency,
    )
