"""The rules of leaving out and trying again."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.firewall.breaker import FAILURES, LONGEST_PAUSE, SOUND, WINDOW, Verdict, failed, pause, recovered, verdict
from core.tenancy.gate import targets

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
GAPS = st.lists(st.timedeltas(timedelta(0), timedelta(minutes=30)), max_size=30)


@given(GAPS)
def test_fewer_failures_than_that_within_the_window_leave_nothing_out(gaps: list[timedelta]) -> None:
    now, breaker, times = NOON, SOUND, list[datetime]()
    for gap in gaps:
        now += gap
        times.append(now)
        before, breaker = breaker, failed(breaker, now, grave=False)
        if before.retry_at is None and breaker.retry_at is not None:
            assert times[-FAILURES] >= now - WINDOW
            assert len(times) >= FAILURES
            return
        assert verdict(breaker, now) is Verdict.RUN


@given(st.integers(1, 60))
def test_each_pause_is_as_long_as_the_one_before_or_longer_and_ends(trips: int) -> None:
    assert pause(trips) <= pause(trips + 1) <= LONGEST_PAUSE


def test_a_grave_failure_is_left_out_at_once_tried_once_and_forgiven_after_a_good_trial() -> None:
    out = failed(SOUND, NOON, grave=True)
    assert verdict(out, NOON) is Verdict.LEAVE_OUT
    assert out.retry_at is not None
    assert verdict(out, out.retry_at) is Verdict.TRY
    assert verdict(recovered(out), out.retry_at) is Verdict.RUN
    again = failed(recovered(out), out.retry_at, grave=True)
    assert again.retry_at is not None
    assert again.retry_at - out.retry_at > out.retry_at - NOON  # it has not been sound for a day
    later = failed(recovered(out), NOON + timedelta(days=2), grave=True)
    assert later.retry_at == NOON + timedelta(days=2) + pause(1)


def test_the_tables_a_statement_writes_to_are_read_from_its_words() -> None:
    for sql, tables in {
        "UPDATE only a_b SET c = 'update d_e' WHERE f = 'it''s'": {"a_b"},
        'WITH x AS (DELETE FROM "a_b" RETURNING id) INSERT INTO c_d SELECT id FROM x': {"a_b", "c_d"},
        "INSERT INTO a_b (c) VALUES (1) ON CONFLICT (c) DO UPDATE SET c = 2": {"a_b"},
        "SELECT * FROM a_b FOR NO KEY UPDATE": set(),
        "MERGE INTO a_b USING c_d ON true WHEN MATCHED THEN UPDATE SET e = 1": {"a_b"},
    }.items():
        assert targets(sql) == tables, sql
