"""When a plugin's part is left out, and when it is tried again: pure rules over what is known of its failures."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

FAILURES = 3  # within WINDOW
WINDOW = timedelta(minutes=10)
FIRST_PAUSE = timedelta(minutes=1)
GROWTH = 4  # each pause is as many times as long as the one before
LONGEST_PAUSE = timedelta(hours=6)
FORGIVEN = timedelta(days=1)  # without a failure, after which pauses are short again
TRIAL = timedelta(minutes=1)  # how long a trial keeps others from trying as well


class Verdict(StrEnum):
    """What is done with a call."""

    RUN = "run"
    TRY = "try"  # once, to see whether it is sound again
    LEAVE_OUT = "leave out"


@dataclass(frozen=True, slots=True)
class Breaker:
    """What is known of one hook of one plugin in one tenant; quarantined while `retry_at` is set."""

    failures: int = 0  # since `since`
    since: datetime | None = None
    trips: int = 0  # quarantines in a row: decides how long the next one is
    retry_at: datetime | None = None
    failed_at: datetime | None = None


SOUND = Breaker()


def verdict(breaker: Breaker, now: datetime) -> Verdict:
    """Tell what to do with a call at a moment."""
    if breaker.retry_at is None:
        return Verdict.RUN
    return Verdict.TRY if breaker.retry_at <= now else Verdict.LEAVE_OUT


def failed(breaker: Breaker, now: datetime, *, grave: bool) -> Breaker:
    """Return the breaker after a failure; a grave one, which harmed others already, is not waited for a second time."""
    trips = 0 if breaker.failed_at is None or now - breaker.failed_at > FORGIVEN else breaker.trips
    fresh = breaker.since is None or now - breaker.since > WINDOW
    count = 1 if fresh else breaker.failures + 1
    noted = replace(breaker, failures=count, since=now if fresh else breaker.since, trips=trips, failed_at=now)
    if breaker.retry_at is not None and breaker.retry_at - now > TRIAL:  # one that began before the quarantine
        return noted
    if breaker.retry_at is None and not grave and count < FAILURES:
        return noted
    return replace(noted, trips=trips + 1, retry_at=now + pause(trips + 1))


def recovered(breaker: Breaker) -> Breaker:
    """Return the breaker after a trial that went well."""
    return replace(breaker, failures=0, since=None, retry_at=None)


def pause(trips: int) -> timedelta:
    """Return how long the n-th quarantine in a row lasts."""
    factor: int = GROWTH ** min(trips - 1, 10)
    return min(FIRST_PAUSE * factor, LONGEST_PAUSE)
