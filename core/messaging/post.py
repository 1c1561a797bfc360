"""Takes mail to the SMTP server, again and again while that is away, and never once more after it was taken."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException, SMTPRecipientsRefused, SMTPResponseException

from core.messaging import backoff
from core.messaging.mail import Letter, Smtp, compose, read_files
from core.platform.database import Platform
from core.settings import Settings
from weft.errors import Invalid

Log = structlog.get_logger("weft.mail")
LEASE = timedelta(minutes=5)  # how long one worker has for the letters it took; after that another may take them
PATIENCE = timedelta(days=3)  # how long a letter is tried
TIMEOUT = 20.0  # seconds for one exchange with the server

_KEEP = "UPDATE platform.mail SET state = 'kept' WHERE state = 'waiting'"
_TAKE = """
WITH taken AS (
    UPDATE platform.mail m SET attempts = m.attempts + 1, due = $1 + $2::interval
    WHERE m.id = ANY (ARRAY(SELECT id FROM platform.mail WHERE state = 'waiting' AND (due IS NULL OR due <= $1)
                            ORDER BY due NULLS FIRST LIMIT $3 FOR UPDATE SKIP LOCKED))
    RETURNING m.*
)
SELECT t.id, t.recipient, t.subject, t.body_text AS text, t.body_html AS html, t.reply_to, t.created_at, t.attempts,
       t.files::text AS files,
       COALESCE(n.name, '') AS sender
FROM taken t LEFT JOIN platform.tenant n ON n.schema = t.tenant ORDER BY t.created_at
"""
_SENT = "UPDATE platform.mail SET state = 'sent', sent_at = now(), error = '' WHERE id = $1"
_LATER = """
UPDATE platform.mail SET due = $2, error = $3, state = CASE WHEN created_at < now() - $4::interval THEN 'failed' ELSE state END
WHERE id = $1 AND state = 'waiting'
"""
_RELEASE = "UPDATE platform.mail SET due = $2, attempts = attempts - 1 WHERE id = ANY ($1) AND state = 'waiting'"
_FAILED = "UPDATE platform.mail SET state = 'failed', error = $2 WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Round:
    """What one turn did: letters taken up, and how many of them the server took."""

    taken: int
    sent: int


class Postman:
    """Delivers letters in batches. Any number may run at once."""

    def __init__(self, platform: Platform, settings: Settings, *, batch: int = 10) -> None:
        """Raise `Misconfigured` for an SMTP URL that is none."""
        self._platform = platform
        self._from = settings.mail_from
        self._server = Smtp.parse(settings.smtp_url)
        self._batch = batch
        self._away = False
        self._stopping = False

    def stop(self) -> None:
        """Begin no other letter; what was taken up and not begun is left to others."""
        self._stopping = True

    async def turn(self, now: datetime) -> Round:
        """Deliver one batch of what is due; without a server, mark it as kept for the local mailbox."""
        if self._server is None:
            kept = await self._platform.execute(_KEEP)
            return Round(kept, 0)
        rows = await self._platform.fetch(_TAKE, now, LEASE, self._batch)
        if not rows:
            return Round(0, 0)
        attempts = {row["id"]: row["attempts"] for row in rows}
        letters = [
            Letter(files=read_files(row["files"]), **{key: value for key, value in row.items() if key not in ("attempts", "files")})
            for row in rows
        ]
        return Round(len(rows), await self._carry(self._server, letters, attempts, now))

    async def _carry(self, server: Smtp, letters: list[Letter], attempts: dict[UUID, int], now: datetime) -> int:
        sent = 0
        client = SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.tls,
            start_tls=server.starttls,
            timeout=TIMEOUT,
        )
        try:
            for place, letter in enumerate(letters):
                if self._stopping:
                    await self._platform.execute(_RELEASE, [each.id for each in letters[place:]], now)
                    break
                try:
                    if not client.is_connected:
                        await client.connect()
                    sent += await self._hand_over(client, letter)
                except (OSError, SMTPException) as wrong:
                    await self._put_off(letter, attempts[letter.id], wrong, now)
        finally:
            client.close()
        if sent and self._away:
            self._away = False
            Log.info("the mail server takes mail again")
        return sent

    async def _hand_over(self, client: SMTP, letter: Letter) -> bool:
        try:
            message = compose(letter, self._from)
        except Invalid as wrong:
            await self._platform.execute(_FAILED, letter.id, wrong.message)
            return False
        await client.send_message(message)
        await self._platform.execute(_SENT, letter.id)
        return True

    async def _put_off(self, letter: Letter, attempt: int, wrong: OSError | SMTPException, now: datetime) -> None:
        error = f"{type(wrong).__name__}: {wrong}"[:1000].replace("\x00", "")
        if _is_final(wrong):
            Log.warning("a letter was refused for good", mail=str(letter.id), error=error)
            await self._platform.execute(_FAILED, letter.id, error)
            return
        if not self._away:
            self._away = True
            Log.warning("the mail server does not take mail; it is tried again", error=error)
        await self._platform.execute(_LATER, letter.id, now + backoff.delay(attempt), error, PATIENCE)


def _is_final(wrong: OSError | SMTPException) -> bool:
    """Tell whether the server said that this letter will never be taken; a wrong password is our fault, and may be mended."""
    if isinstance(wrong, SMTPRecipientsRefused):
        return all(each.code >= 500 for each in wrong.recipients)
    return isinstance(wrong, SMTPResponseException) and not isinstance(wrong, SMTPAuthenticationError) and 500 <= wrong.code < 600
