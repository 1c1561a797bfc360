"""What follows an attempt: when it is made again, and when an endpoint is left alone."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

# After each attempt that failed; the tenth is made some 75 hours after the first.
WAITS = (timedelta(seconds=5), *(timedelta(minutes=each) for each in (5, 30, 120, 300, 600, 840, 1200, 1440)))
ATTEMPTS = len(WAITS) + 1
JITTER = 0.2
MOST_ASKED = timedelta(days=1)  # how long a receiver may ask us to wait
PAUSED_AFTER = timedelta(days=1)  # of nothing but failures
PROBED_EVERY = timedelta(hours=1)
OFF_AFTER = timedelta(days=30)  # of nothing but failures


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one attempt went; `status` is none where there was no answer, `asked` how long the receiver wants us to wait."""

    at: datetime
    status: int | None
    ms: int
    error: str = ""
    answer: str = ""
    asked: timedelta | None = None

    @property
    def succeeded(self) -> bool:
        """Whether the receiver has it: Standard Webhooks counts every 2xx, and nothing else."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def unwanted(self) -> bool:
        """Whether the receiver says that it is gone for good (RFC 9110, section 15.5.11)."""
        return self.status == 410


def next_due(attempts: int, attempt: Attempt, chance: float | None = None) -> datetime | None:
    """Return when to try again after attempt number `attempts` failed, or nothing when it was the last.

    Waits vary by a fifth either way, so that what failed together is not tried again together; `chance`, from 0 to 1, is random unless
    given.
    """
    if attempts >= ATTEMPTS:
        return None
    share = random.random() if chance is None else chance  # noqa: S311  # jitter, not a secret
    wait = WAITS[attempts - 1] * (1 + JITTER * (2 * share - 1))
    return attempt.at + max(wait, min(attempt.asked or timedelta(), MOST_ASKED))
