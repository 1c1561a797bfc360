"""Mail as it is written: rows of the platform's own, and a well-formed message of any row."""

from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import quote
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import asyncpg
import msgspec

from core.platform.database import Db
from core.settings import Misconfigured
from weft.errors import Invalid
from weft.files import MailFile
from weft.ids import new_id

# Seven bits, since not every server on the way takes eight.
_POLICY: "EmailPolicy[EmailMessage]" = SMTP.clone(cte_type="7bit")
_CONTROL = dict.fromkeys((*range(32), 0x7F, 0x85, 0x2028, 0x2029), " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A row of `platform.mail`; `sender` is the name of the tenant in whose name it goes, empty for the platform's own."""

    id: UUID
    recipient: str
    subject: str
    text: str
    html: str
    reply_to: str
    created_at: datetime
    sender: str = ""
    files: tuple[MailFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp:
    """The server that takes our mail; `starttls` is None where it is used when the server offers it."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: bool
    starttls: bool | None

    @classmethod
    def parse(cls, url: str) -> "Smtp | None":
        """Read ``smtp://user:password@host:port?starttls=auto|yes|no`` or ``smtps://…``; nothing when empty. Raises `Misconfigured`."""
        if not url:
            return None
        parts = urlsplit(url)
        wanted = parse_qs(parts.query).get("starttls", ["auto"])[0]
        choices = {"auto": None, "yes": True, "no": False}
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or wanted not in choices:
            raise Misconfigured("WEFT_SMTP_URL must look like smtp://user:password@host:587?starttls=yes or smtps://user:password@host.")
        tls = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if tls else 587),
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            tls=tls,
            starttls=False if tls else choices[wanted],
        )


async def send_platform_mail(db: "Db[asyncpg.Record]", to: str, subject: str, text: str, html: str = "") -> UUID:
    """Send a message of the platform's own, such as an invitation, once the caller's transaction commits.

    Returns its id; raises `Invalid` for what is not one address.
    """
    read_address(to)
    mail_id = new_id()
    await db.execute(
        "INSERT INTO platform.mail (id, tenant, recipient, subject, body_text, body_html) VALUES ($1, NULL, $2, $3, $4, $5)",
        mail_id,
        to,
        subject,
        text,
        html,
    )
    return mail_id


def read_address(text: str) -> Address:
    """Read one address, with or without a name before it; raises `Invalid` for none, for several, and for what would end a header."""
    wrong = Invalid.field("to", f"“{text.translate(_CONTROL).strip()[:100]}” is not one e-mail address.")
    if not text.isprintable():
        raise wrong
    try:
        found = _POLICY.header_factory("to", text.strip())
        (address,) = found.addresses
        local, domain = address.username, address.domain
        ascii_domain = domain if domain.isascii() else domain.encode("idna").decode()
    except (MessageError, ValueError, IndexError, AttributeError):
        raise wrong from None
    if found.defects or not local or not domain or domain.startswith("."):
        raise wrong
    return Address(address.display_name, local, ascii_domain)


def compose(letter: Letter, mail_from: str) -> EmailMessage:
    """Return a row as a message; its Message-ID comes from the row, so that one that is sent twice can be recognised.

    Raises `Invalid` when it has no single recipient.
    """
    ours = read_address(mail_from)
    message = EmailMessage(policy=_POLICY)
    if sender := one_line(letter.sender):
        message.set_raw("From", f"{_in_header('From', sender, quoted=True)} <{ours.addr_spec}>")
    else:
        message["From"] = ours
    message["To"] = read_address(letter.recipient)
    message.set_raw("Subject", _in_header("Subject", one_line(letter.subject)))
    message["Date"] = letter.created_at
    message["Message-ID"] = f"<{letter.id}@{ours.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.reply_to:
        message["Reply-To"] = read_address(letter.reply_to)
    message.set_content(letter.text)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    for each in letter.files:
        kind, slash, subtype = each.media_type.partition("/")
        maintype, subtype = (kind, subtype) if slash else ("application", "octet-stream")
        message.add_attachment(each.content, maintype=maintype, subtype=subtype, filename=one_line(each.name))
    return message


def read_files(text: str) -> tuple[MailFile, ...]:
    """Return the files of a row, as they are kept."""
    return msgspec.json.decode(text, type=tuple[MailFile, ...])


def _in_header(name: str, text: str, *, quoted: bool = False) -> str:
    """Return text as a header carries it (RFC 2047). Python's own folding of what it encodes loses spaces between two encoded words."""
    if text.isascii() and "=?" not in text and len(text) < 60:
        return f'"{quote(text)}"' if quoted else text
    return Header(text, "utf-8", header_name=name).encode()


def one_line(text: str) -> str:
    """Return text that cannot end a header line."""
    return " ".join(text.translate(_CONTROL).split())[:900]
