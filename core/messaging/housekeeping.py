"""Throws away what nobody needs any more, a little at a time."""

from dataclasses import dataclass
from datetime import timedelta

from core.files.store import FileStore
from core.platform.database import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """How long each kind of row is kept."""

    done_jobs: timedelta = timedelta(days=7)
    failed_jobs: timedelta = timedelta(days=90)
    receipts: timedelta = timedelta(days=1)  # once their job has ended; until then they are what keeps it from being applied twice
    notifications: timedelta = timedelta(days=90)
    mail: timedelta = timedelta(days=30)
    webhooks: timedelta = timedelta(days=30)
    file_waste: timedelta = timedelta(minutes=10)
    api_answers: timedelta = timedelta(hours=24)


_DONE = "SELECT id FROM platform.job WHERE state IN ('done', 'cancelled') AND finished_at < now() - $1::interval LIMIT $2"
_DEAD = "SELECT id FROM platform.job WHERE state = 'dead' AND finished_at < now() - $1::interval LIMIT $2"
_RECEIPTS = """
SELECT r.job_id FROM platform.job_receipt r WHERE r.at < now() - $1::interval
AND NOT EXISTS (SELECT 1 FROM platform.job j WHERE j.id = r.job_id AND j.state IN ('waiting', 'queued', 'running')) LIMIT $2
"""
_NOTICES = "SELECT id FROM platform.notification WHERE created_at < now() - $1::interval LIMIT $2"
_MAIL = "SELECT id FROM platform.mail WHERE state <> 'waiting' AND created_at < now() - $1::interval LIMIT $2"
_WEBHOOKS = """
SELECT m.id FROM platform.webhook_message m WHERE m.created_at < now() - $1::interval
AND NOT EXISTS (SELECT 1 FROM platform.webhook_delivery d WHERE d.message = m.id AND d.state = 'waiting') LIMIT $2
"""
_ANSWERS = "SELECT ctid FROM platform.api_answer WHERE created_at < now() - $1::interval LIMIT $2"
_SESSIONS = "SELECT id FROM platform.session WHERE expires_at < now() - $1::interval LIMIT $2"
_SECRETS = "SELECT token_hash FROM platform.one_time_secret WHERE expires_at < now() - $1::interval LIMIT $2"
_TRIES = "SELECT key FROM platform.attempt WHERE resets_at < now() - $1::interval LIMIT $2"


class Housekeeping:
    """Deletes in batches, so that no delete holds many rows for long. Any number may run at once."""

    def __init__(self, platform: Platform, store: FileStore, keep: Keep | None = None, *, batch: int = 1000) -> None:
        keep = keep or Keep()
        self._platform = platform
        self._store = store
        self._waste = keep.file_waste
        self.batch = batch
        at_once = timedelta()
        self._rules = (
            ("job", "id", _DONE, keep.done_jobs),
            ("job", "id", _DEAD, keep.failed_jobs),
            ("job_receipt", "job_id", _RECEIPTS, keep.receipts),
            ("notification", "id", _NOTICES, keep.notifications),
            ("mail", "id", _MAIL, keep.mail),
            ("webhook_message", "id", _WEBHOOKS, keep.webhooks),
            ("api_answer", "ctid", _ANSWERS, keep.api_answers),
            ("session", "id", _SESSIONS, at_once),
            ("one_time_secret", "token_hash", _SECRETS, at_once),
            ("attempt", "key", _TRIES, at_once),
        )

    async def turn(self) -> int:
        """Delete one batch of each kind; returns how many rows went. When it is as many as a batch, there may be more."""
        gone = 0
        for table, key, which, age in self._rules:
            delete = f"DELETE FROM platform.{table} WHERE {key} = ANY (ARRAY({which}))"
            gone += await self._platform.execute(delete, age, self.batch)
        return gone + await self._store.sweep(self._platform, self._waste, self.batch)
