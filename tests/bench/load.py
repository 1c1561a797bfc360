"""A load generator: keep-alive connections that send one request again and again."""

import asyncio
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it: requests a second, and the 95th percentile of their times in milliseconds."""

    per_second: float
    p95: float


async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
    """Send a request and read its answer; raises `RuntimeError` for any but 200."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    status, *lines = head.split(b"\r\n")
    if not status.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"the server answered {status.decode()}")
    await reader.readexactly(next(int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length")))


async def _client(host: str, port: int, request: bytes, until: float, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    while perf_counter() < until:
        begun = perf_counter()
        await answered(reader, writer, request)
        times.append(perf_counter() - begun)
    writer.close()


async def load(port: int, path: str, headers: dict[str, str], *, seconds: float, clients: int = 8) -> Load:
    """Ask for a page as fast as it is answered."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    request = f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode()
    times: list[float] = []
    begun = perf_counter()
    await asyncio.gather(*(_client("127.0.0.1", port, request, begun + seconds, times) for _ in range(clients)))
    elapsed = perf_counter() - begun
    times.sort()
    return Load(len(times) / elapsed, times[int(len(times) * 0.95)] * 1000)
