"""Schedules are told in words, and never in wrong ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.tenant.clock_words import in_words


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("20 2 * * *", "Every day at 02:20"),
        ("0 7 * * 1-5", "Monday to Friday at 07:00"),
        ("30 18 * * 0", "Every Sunday at 18:30"),
        ("30 18 * * 7", "Every Sunday at 18:30"),
        ("0 6 1 * *", "On day 1 of every month at 06:00"),
        ("*/15 * * * *", "Every 15 minutes"),
        ("0 * * * *", "Every hour, on the hour"),
        ("5 * * * *", "Every hour, 5 minutes past"),
        ("* * * * *", "Every minute"),
    ],
)
def test_what_is_everyday_is_said_in_words(cron: str, words: str) -> None:
    assert in_words(cron) == words


@pytest.mark.parametrize(
    "cron", ["0 6 1 1 *", "0 6,18 * * *", "0 6 1 * 1", "0 */2 * * *", "1-5 * * * *", "0 6 * * 1,3", "@daily", "0 6 * * 9"]
)
def test_what_is_not_everyday_is_shown_as_it_is(cron: str) -> None:
    assert in_words(cron) == cron


@given(st.lists(st.text("0123456789*/,-", min_size=1, max_size=5), min_size=5, max_size=5).map(" ".join))
def test_no_expression_breaks_the_page(cron: str) -> None:
    assert in_words(cron)
