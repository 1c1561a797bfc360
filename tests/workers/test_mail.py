"""Letters reach a real mail server once, whatever happens on the way, and say nothing a sender could not have meant."""

import asyncio
import email
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from typing import Any
from uuid import UUID

import msgspec
import pytest
import pytest_asyncio
from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import SMTP, Envelope, Session
from hypothesis import given, settings
from hypothesis import strategies as st

from core.messaging.mail import Letter, Smtp, compose, one_line, read_address, send_platform_mail
from core.messaging.post import Postman
from core.settings import Misconfigured
from core.tenancy.tenant import LiveTenant
from infra.testing import Clock, Installation
from infra.testing_jobs import Mailbox
from weft import Invalid, MailFile


@dataclass(slots=True)
class Server:
    """A mail server of the test's own; `answers` are given before it takes anything."""

    controller: Any = None
    taken: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]) -> str:  # noqa: N802
        if self.answers and self.answers[0].startswith("RCPT "):
            return self.answers.pop(0).removeprefix("RCPT ")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        self.taken.append(email.message_from_bytes(envelope.content, policy=default))
        self.envelopes.append(envelope)
        return "250 OK"

    async def start(self) -> str:
        """Listen, and return the URL for our settings."""
        self.controller = UnthreadedController(self, hostname="127.0.0.1", port=0, loop=asyncio.get_running_loop())
        self.controller.server = await self.controller._create_server()
        port = self.controller.server.sockets[0].getsockname()[1]
        return f"smtp://127.0.0.1:{port}"

    async def stop(self) -> None:
        """Stop listening."""
        self.controller.server.close()
        await self.controller.server.wait_closed()


@pytest_asyncio.fixture(loop_scope="session")
async def server() -> AsyncIterator[Server]:
    made = Server()
    yield made
    if made.controller:
        await made.stop()


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def _no_other_mail(installation: Installation) -> None:
    await installation.runtime.platform.execute("DELETE FROM platform.mail")


def postman(installation: Installation, url: str, mail_from: str = "Weft <no-reply@weft.test>") -> Postman:
    return Postman(installation.runtime.platform, msgspec.structs.replace(installation.settings, smtp_url=url, mail_from=mail_from))


async def write(tenant: LiveTenant, to: str = "ada@example.com", subject: str = "Hello", text: str = "Hello Ada", html: str = "") -> None:
    async with tenant.transaction():
        await tenant.mail(to, subject, text, html=html)


async def states(installation: Installation) -> list[str]:
    return [row["state"] for row in await installation.runtime.platform.fetch("SELECT state FROM platform.mail ORDER BY created_at, id")]


async def test_a_letter_reaches_its_recipient_once(tenant: LiveTenant, installation: Installation, server: Server, clock: Clock) -> None:
    post = postman(installation, await server.start())
    await write(tenant, subject="Ein Grüezi für Zoë", text="Grüße — „schön“\n" + "x" * 2000, html="<p>Grüße</p>")
    assert (await post.turn(clock())).sent == 1
    assert (await post.turn(clock())).taken == 0
    (message,) = server.taken
    row = await installation.runtime.platform.fetchrow("SELECT id, sent_at FROM platform.mail")
    assert row is not None
    assert row["sent_at"] is not None
    assert message["Message-ID"] == f"<{row['id']}@weft.test>"
    assert message["Subject"] == "Ein Grüezi für Zoë"
    assert message["To"] == "ada@example.com"
    assert message["From"] == f'"{tenant.name}" <no-reply@weft.test>' or message["From"] == f"{tenant.name} <no-reply@weft.test>"
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines() == ["Grüße — „schön“", "x" * 2000]
    assert html.get_content().strip() == "<p>Grüße</p>"
    assert isinstance(server.envelopes[0].content, bytes)
    assert max(len(line) for line in server.envelopes[0].content.splitlines()) <= 998, "RFC 5322, section 2.1.1"
    assert server.envelopes[0].content.isascii()


async def test_files_come_with_a_letter_whole_and_too_large_ones_are_refused(
    tenant: LiveTenant, installation: Installation, server: Server, clock: Clock
) -> None:
    post = postman(installation, await server.start())
    content = bytes(range(256)) * 5000
    async with tenant.transaction():
        files = [MailFile("Rechnung 7 – Grüße.pdf", "application/pdf", content), MailFile("a\r\nBcc: eve@example.com.txt", "text", b"x")]
        await tenant.mail("ada@example.com", "Your invoice", "Here it is.", files=files)
    assert (await post.turn(clock())).sent == 1
    (message,) = server.taken
    found = list(message.iter_attachments())
    assert [(each.get_filename(), each.get_content_type(), each.get_content()) for each in found] == [
        ("Rechnung 7 – Grüße.pdf", "application/pdf", content),
        ("a Bcc: eve@example.com.txt", "application/octet-stream", b"x"),
    ]
    assert message["Bcc"] is None
    assert isinstance(server.envelopes[0].content, bytes)
    assert max(len(line) for line in server.envelopes[0].content.splitlines()) <= 998
    with pytest.raises(Invalid, match="more than 10 MB"):
        async with tenant.transaction():
            await tenant.mail("ada@example.com", "x", "x", files=[MailFile("x", "application/pdf", b"x" * 10_000_001)])


async def test_letters_of_the_platform_itself_come_from_the_platform(
    installation: Installation, server: Server, clock: Clock, mailbox: Mailbox
) -> None:
    async with installation.runtime.platform.transaction() as db:
        await send_platform_mail(db, "Ada <ada@example.com>", "You are invited", "Come to https://weft.test/invitations/abc?x=1 soon")
    await postman(installation, await server.start()).turn(clock())
    assert server.taken[0]["From"] == "Weft <no-reply@weft.test>"
    assert server.envelopes[0].rcpt_tos == ["ada@example.com"]
    (mail,) = await mailbox.to("Ada <ada@example.com>")
    assert mail.links == ["https://weft.test/invitations/abc?x=1"]


async def test_a_letter_of_work_that_rolled_back_is_never_written(tenant: LiveTenant, installation: Installation) -> None:
    with pytest.raises(Invalid):
        async with tenant.transaction():
            await tenant.mail("ada@example.com", "Never", "never")
            raise Invalid("no")
    assert await states(installation) == []


async def test_while_the_server_is_down_a_letter_waits_and_is_sent_once_it_is_up(
    tenant: LiveTenant, installation: Installation, server: Server, clock: Clock
) -> None:
    url = await server.start()
    await server.stop()
    post = postman(installation, url)
    await write(tenant)
    assert (await post.turn(clock())).sent == 0
    assert (await post.turn(clock())).taken == 0, "it waits for its time"
    assert await states(installation) == ["waiting"]
    server.controller.port = int(url.rpartition(":")[2])
    server.controller.server = await server.controller._create_server()
    clock.forward(timedelta(minutes=1))
    assert (await post.turn(clock())).sent == 1
    clock.forward(timedelta(days=1))
    assert (await post.turn(clock())).taken == 0
    assert len(server.taken) == 1


async def test_a_server_that_is_busy_is_asked_again_and_one_that_refuses_is_not(
    tenant: LiveTenant, installation: Installation, server: Server, clock: Clock
) -> None:
    post = postman(installation, await server.start())
    for answer, state in (("451 Try again later", "waiting"), ("554 Never", "failed"), ("RCPT 550 Nobody here", "failed")):
        await installation.runtime.platform.execute("DELETE FROM platform.mail")
        await write(tenant)
        server.answers = [answer]
        assert (await post.turn(clock())).sent == 0
        assert await states(installation) == [state]
    assert "550" in await installation.runtime.platform.fetchval("SELECT error FROM platform.mail")


async def test_a_letter_nobody_takes_for_days_is_given_up(
    tenant: LiveTenant, installation: Installation, server: Server, clock: Clock
) -> None:
    post = postman(installation, await server.start())
    await write(tenant)
    await installation.runtime.platform.execute("UPDATE platform.mail SET created_at = now() - interval '4 days'")
    server.answers = ["451 Try again later"]
    await post.turn(clock())
    assert await states(installation) == ["failed"]


async def test_one_letter_that_cannot_be_written_holds_up_no_other(
    tenant: LiveTenant, installation: Installation, server: Server, clock: Clock
) -> None:
    await write(tenant, to="nobody at all")
    await write(tenant, to="ada@example.com, eve@example.com")
    await write(tenant)
    assert (await postman(installation, await server.start()).turn(clock())).sent == 1
    assert await states(installation) == ["failed", "failed", "sent"]


async def test_several_postmen_send_each_letter_once(tenant: LiveTenant, installation: Installation, server: Server, clock: Clock) -> None:
    url = await server.start()
    for number in range(30):
        await write(tenant, subject=f"Letter {number}")

    async def deliver() -> None:
        post = postman(installation, url)
        while (await post.turn(clock())).taken:
            pass

    await asyncio.gather(*(deliver() for _ in range(3)))
    assert sorted(message["Subject"] for message in server.taken) == sorted(f"Letter {number}" for number in range(30))


async def test_without_a_server_letters_are_kept_for_the_local_mailbox(
    tenant: LiveTenant, installation: Installation, clock: Clock, mailbox: Mailbox
) -> None:
    await write(tenant)
    assert (await postman(installation, "").turn(clock())).sent == 0
    assert await states(installation) == ["kept"]
    assert [mail.subject for mail in await mailbox.to("ada@example.com")] == ["Hello"]


async def test_no_header_can_be_put_in(tenant: LiveTenant, installation: Installation, server: Server, clock: Clock) -> None:
    post = postman(installation, await server.start())
    await write(tenant, subject="Hello\r\nBcc: eve@example.com\r\n\r\nBody")
    await write(tenant, to="ada@example.com\r\nBcc: eve@example.com")
    await post.turn(clock())
    (message,) = server.taken
    assert message["Bcc"] is None
    assert message["Subject"] == "Hello Bcc: eve@example.com Body"
    assert [envelope.rcpt_tos for envelope in server.envelopes] == [["ada@example.com"]]
    assert await states(installation) == ["sent", "failed"]


@settings(max_examples=150, deadline=None)
@given(subject=st.text(max_size=300), text=st.text(max_size=300), sender=st.text(max_size=60))
def test_any_text_makes_a_message_that_reads_back_the_same(subject: str, text: str, sender: str) -> None:
    subject, text, sender = (part.encode(errors="ignore").decode().replace("\x00", "") for part in (subject, text, sender))
    letter = Letter(
        id=UUID(int=1),
        recipient="ada@example.com",
        subject=subject,
        text=text,
        html="",
        reply_to="",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        sender=sender,
    )
    written = compose(letter, "Weft <no-reply@weft.test>").as_bytes()
    read = email.message_from_bytes(written, policy=default)
    assert set(read.keys()) == {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
        *("Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
    }
    assert str(read["Subject"] or "") == one_line(subject)
    assert read["From"].addresses[0].addr_spec == "no-reply@weft.test"
    name, _ = parseaddr(str(email.message_from_bytes(written)["From"]).replace("\n", ""))
    assert str(make_header(decode_header(name))) == (one_line(sender) or "Weft")
    assert max(len(line) for line in written.splitlines()) <= 998


@pytest.mark.parametrize(
    "text", ["", "ada", "ada@", "@example.com", "a@b, c@d", "a@b\n", "a@b\r\nBcc: c@d", "ada@exa mple.com", "<>", "a@b;c@d"]
)
def test_what_is_not_one_address_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_address(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ada@example.com", "ada@example.com"),
        ("Ada Lovelace <ada@example.com>", "ada@example.com"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        (" ada+tag@example.co.uk ", "ada+tag@example.co.uk"),
    ],
)
def test_one_address_is_read(text: str, address: str) -> None:
    assert read_address(text).addr_spec == address


def test_the_servers_address_is_read_with_its_password_and_encryption() -> None:
    server = Smtp.parse("smtp://ada%40example.com:p%2Fw@mail.example:2525?starttls=yes")
    assert server == Smtp(host="mail.example", port=2525, user="ada@example.com", password="p/w", tls=False, starttls=True)
    secure = Smtp.parse("smtps://mail.example")
    assert secure == Smtp(host="mail.example", port=465, user=None, password=None, tls=True, starttls=False)
    assert Smtp.parse("") is None
    for wrong in ("http://mail.example", "smtp://", "smtp://mail.example?starttls=perhaps", "mail.example:25"):
        with pytest.raises(Misconfigured):
            Smtp.parse(wrong)


async def test_a_server_without_the_encryption_that_was_asked_for_gets_nothing(
    tenant: LiveTenant, installation: Installation, server: Server, clock: Clock
) -> None:
    post = postman(installation, await server.start() + "?starttls=yes")
    await write(tenant)
    assert (await post.turn(clock())).sent == 0
    assert server.taken == []
    assert await states(installation) == ["waiting"]


async def test_a_postman_who_is_stopped_leaves_the_rest_to_others(
    tenant: LiveTenant, installation: Installation, server: Server, clock: Clock
) -> None:
    url = await server.start()
    for number in range(5):
        await write(tenant, subject=f"Letter {number}")
    post = postman(installation, url)
    post.stop()
    assert (await post.turn(clock())).sent == 0
    assert (await postman(installation, url).turn(clock())).sent == 5
