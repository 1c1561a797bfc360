"""One request and its answer as the machinery holds them: bodies that were read and are read again, answers that wait to be sent."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import IO, Any

from litestar.types import ASGIApp, Receive, Send

from web.refusal import Refusal, problem

IN_MEMORY = 1_000_000  # bytes of a body; more is kept in a file meanwhile
_PIECE = 1 << 18


class TooLong(Exception):
    """The body is longer than the address takes."""


class Stopped(Exception):
    """The machinery refuses a request before any handler has seen it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence)
        self.refusal = refusal


@dataclass(slots=True)
class Body:
    """A whole body that can be read again."""

    file: IO[bytes]
    digest: bytes
    length: int

    @classmethod
    async def read(cls, receive: Receive, limit: int) -> "Body":
        """Read to the end; raises `TooLong`."""
        file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # closed by whoever reads it again
        digest, length = sha256(), 0
        async for piece in _pieces(receive):
            length += len(piece)
            if length > limit:
                file.close()
                raise TooLong
            digest.update(piece)
            if length > IN_MEMORY:
                await asyncio.to_thread(file.write, piece)
            else:
                file.write(piece)
        return cls(file, digest.digest(), length)

    def whole(self) -> bytes:
        """Return all of it."""
        self.file.seek(0)
        return self.file.read()

    def again(self, receive: Receive) -> Receive:
        """Return what gives this body, and then whatever the client does next."""
        self.file.seek(0)
        left = [self.length, 1]

        async def receiving() -> Any:
            if not left[1]:
                return await receive()
            piece = await asyncio.to_thread(self.file.read, _PIECE) if self.length > IN_MEMORY else self.file.read(_PIECE)
            left[0] -= len(piece)
            left[1] = 1 if left[0] > 0 and piece else 0
            return {"type": "http.request", "body": piece, "more_body": bool(left[1])}

        return receiving

    def close(self) -> None:
        """Throw it away."""
        self.file.close()


def body_of(content: bytes, receive: Receive) -> Receive:
    """Return what gives a body, and then whatever the client does next."""
    given = False

    async def receiving() -> Any:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": content, "more_body": False}

    return receiving


async def _pieces(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message: Any = await receive()
        if message["type"] != "http.request":
            raise ConnectionError("The client went away while it sent its request.")
        if message.get("body"):
            yield message["body"]
        if not message.get("more_body"):
            return


@dataclass(slots=True)
class Held:
    """An answer that is whole and not yet sent."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    @classmethod
    async def of(cls, app: ASGIApp, scope: Any, receive: Receive) -> "Held":
        """Have a request answered, and hold the answer back."""
        held, pieces = cls(), []

        async def holding(message: Any) -> None:
            if message["type"] == "http.response.start":
                held.status, held.headers = message["status"], list(message.get("headers", ()))
            elif message["type"] == "http.response.body":
                pieces.append(message.get("body", b""))

        await app(scope, receive, holding)
        held.body = b"".join(pieces)
        return held

    @classmethod
    def problem(cls, refusal: Refusal, request_id: str) -> "Held":
        """Return the answer to a request that gets no further."""
        told = problem(refusal, request_id)
        headers = [(name.lower().encode(), value.encode()) for name, value in told.headers.items()]
        return cls(refusal.status, [*headers, (b"content-type", str(told.media_type).encode())], told.content)

    def header(self, name: bytes) -> str:
        """Return a header's value, or nothing."""
        return next((value.decode("latin-1") for key, value in self.headers if key.lower() == name), "")

    def put(self, name: bytes, value: str) -> None:
        """Set a header."""
        self.headers = [pair for pair in self.headers if pair[0].lower() != name] + [(name, value.encode("latin-1"))]

    async def send(self, send: Send) -> None:
        """Send it."""
        self.put(b"content-length", str(len(self.body)))
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": False})


def header_of(scope: Any, name: bytes) -> str:
    """Return a header of the request; several of one name with commas between (RFC 9110, section 5.3)."""
    return ", ".join(value.decode("latin-1") for key, value in scope["headers"] if key == name)
