"""What Prometheus is told of jobs."""

from prometheus_client import Counter, Gauge, Histogram

from core.messaging.depth import Depth

ENDED = Counter("weft_jobs_total", "Attempts at jobs, by how they ended", ["name", "state"])
SECONDS = Histogram("weft_job_seconds", "How long an attempt took", ["name"], buckets=(0.005, 0.02, 0.1, 0.5, 2, 10, 30, 120, 600, 3600))
DELAY = Histogram("weft_job_delay_seconds", "From when a job was due to its first attempt", buckets=(0.02, 0.1, 0.5, 2, 10, 60, 600, 3600))
OPEN = Gauge("weft_jobs_open", "Jobs that have not ended, counted up to 10,000", ["queue", "state"])
OLDEST = Gauge("weft_jobs_oldest_due_seconds", "Age of the oldest job that is due and not begun")
DEAD = Gauge("weft_jobs_dead", "Jobs that failed for good within a day, counted up to 10,000")
OUTBOX = Gauge("weft_outbox_rows", "Messages that wait for the relay, counted up to 10,000")
RELAYED = Counter("weft_relay_messages_total", "Messages that this process moved out of the outbox")
MAIL = Gauge("weft_mail_waiting", "Letters that wait for the mail server, counted up to 10,000")
LOST = Counter("weft_jobs_put_back_total", "Jobs that were put back", ["after"])


_OF_CELLS: dict[str, Depth] = {}


def show(depth: Depth, cell: str) -> None:
    """Set the gauges to what the cells that this process works for come to together."""
    _OF_CELLS[cell] = depth
    every = _OF_CELLS.values()
    OUTBOX.set(sum(each.outbox for each in every))
    MAIL.set(sum(each.mail for each in every))
    DEAD.set(sum(each.dead for each in every))
    OLDEST.set(max(each.oldest_due for each in every))
    for state in ("waiting", "queued", "running"):
        for long in (False, True):
            OPEN.labels("long" if long else "short", state).set(sum(each.states.get((state, long), 0) for each in every))
