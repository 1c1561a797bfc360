"""A system that is told of events: a real server, which answers as the test says."""

import asyncio
import base64
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any


@dataclass(frozen=True, slots=True)
class Told:
    """A request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """What it says."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    def is_signed_with(self, secret: str) -> bool:
        """Tell whether a receiver that holds a secret believes it (Standard Webhooks, "Verifying webhooks")."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + self.body
        mark = base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()
        return f"v1,{mark}" in self.headers["webhook-signature"].split(" ")


@dataclass(slots=True)
class Receiver:
    """Answers 204 unless told otherwise; `hang` makes it take a request and say nothing until it is set again."""

    url: str = ""
    told: list[Told] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    answer: bytes = b"HTTP/1.1 204 No Content\r\n\r\n"
    hang: asyncio.Event | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request after the other."""
        try:
            while line := await reader.readline():
                headers = {}
                while (header := await reader.readline()) not in (b"\r\n", b""):
                    name, _, value = header.decode("latin-1").partition(":")
                    headers[name.lower()] = value.strip()
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                self.told.append(Told(line.split()[1].decode(), headers, body))
                self.arrived.set()
                if self.hang is not None:
                    await self.hang.wait()
                writer.write(self.answers.pop(0) if self.answers else self.answer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def status(code: int, *headers: str, body: str = "") -> bytes:
    """Return an answer."""
    lines = (f"HTTP/1.1 {code} X", f"content-length: {len(body.encode())}", *headers)
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


@asynccontextmanager
async def listening() -> AsyncIterator[Receiver]:
    """Yield a receiver that listens on this machine."""
    made = Receiver()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/weft"
    yield made
    if made.hang:
        made.hang.set()
    server.close()
