"""Waiting without a fixed limit, and without leaving a person in the dark."""

import sys
import time
from collections.abc import Callable

Say = Callable[[str], None]

_FIRST_WORD_SECONDS = 1.0
_NEXT_WORD_SECONDS = 10.0
_POLL_SECONDS = 0.01
_SLOW_POLL_SECONDS = 0.1


def say_on_stderr(sentence: str) -> None:
    """Tell the person at the terminal; standard output is left to results."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def wait_until(done: Callable[[], bool], doing: str, say: Say, seconds: float | None = None) -> bool:
    """Wait until `done()`, telling what we are `doing` after a second; False when `seconds` (None: no limit) are over.

    What `done` raises ends the waiting.
    """
    begun = time.monotonic()
    next_word = begun + _FIRST_WORD_SECONDS
    while not done():
        now = time.monotonic()
        if seconds is not None and now - begun >= seconds:
            return False
        if now >= next_word:
            say(f"{doing} … {now - begun:.0f} s")
            next_word = now + _NEXT_WORD_SECONDS
        time.sleep(_POLL_SECONDS if now - begun < 1 else _SLOW_POLL_SECONDS)
    return True
