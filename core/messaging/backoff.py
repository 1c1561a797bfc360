"""How long a failed job waits before it is tried again."""

import random
from datetime import timedelta

FIRST = 4.0  # seconds at most after the first failure
FACTOR = 4.0
LONGEST = 3600.0


def delay(attempt: int, chance: float | None = None) -> timedelta:
    """Return how long to wait after the failure of attempt `attempt`, counted from 1.

    It grows by `FACTOR` each time, up to an hour; `chance`, from 0 to 1 and random unless given, takes up to half of it away, so that what
    failed together is not tried again together.
    """
    most = min(LONGEST, FIRST * FACTOR ** min(attempt - 1, 20))
    return timedelta(seconds=most * (1 - (random.random() if chance is None else chance) / 2))  # noqa: S311  # jitter, not a secret
