"""Requests to addresses that somebody else chose: never into our own network, never where a redirect leads, never without end."""

import asyncio
import socket
import ssl
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

import httpcore

from core.webhooks.patience import Attempt
from weft.errors import Invalid

TIMEOUT = 15.0  # seconds for everything (Standard Webhooks, "Operational considerations": 15 to 30)
READ_AT_MOST = 65_536  # bytes of an answer
KEPT_OF_ANSWER = 1000  # letters
LONGEST_URL = 2000
Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Forbidden(OSError):
    """The address leads into a network that webhooks must not reach."""


def read_networks(text: str) -> tuple[Network, ...]:
    """Return the networks of a list with commas between, such as ``10.1.0.0/16, ::1``; raises `ValueError`."""
    return tuple(ip_network(each.strip()) for each in text.split(",") if each.strip())


def may_be_reached(address: Address, allowed: Sequence[Network] = ()) -> bool:
    """Tell whether a webhook may go to an address: a public one, or one of a network that the operator allows.

    Private, loopback, link-local, shared, multicast and reserved addresses are not public (RFC 6890), nor are IPv6 addresses that stand for
    such an IPv4 one (RFC 4291, section 2.5.5.2; RFC 3056; RFC 6052).
    """
    if any(address.version == network.version and address in network for network in allowed):
        return True
    if isinstance(address, IPv6Address):
        hidden = address.ipv4_mapped or address.sixtofour or (IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None)
        if hidden is not None:
            return may_be_reached(hidden)
    special = any(address.version == network.version and address in network for network in _SPECIAL)
    return address.is_global and not address.is_multicast and not special


# Set apart by IANA, which Python 3.11 does not know of yet: RFC 6890, RFC 7526, RFC 9637.
_SPECIAL = tuple(ip_network(each) for each in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "3fff::/20"))
_NAT64 = IPv6Network("64:ff9b::/96")


def checked_url(text: str, allowed: Sequence[Network] = ()) -> str:
    """Return the address of an endpoint as it is kept; raises `Invalid` for the field `url`. A name is looked up when something is sent."""
    text = text.strip()
    try:
        parts = urlsplit(text)
        port, host = parts.port, (parts.hostname or "").rstrip(".")
    except ValueError as wrong:
        raise Invalid.field("url", f"This is no address: {wrong}.") from wrong
    problem = ""
    if len(text) > LONGEST_URL:
        problem = f"An address has at most {LONGEST_URL} characters."
    elif any(letter.isspace() or ord(letter) < 32 or ord(letter) > 126 for letter in text):
        problem = "An address has no blanks, and letters of other scripts in their ASCII form."
    elif parts.scheme not in ("http", "https") or not host:
        problem = "Enter the whole address, beginning with https://."
    elif parts.username is not None or parts.password is not None:
        problem = "Leave name and password out: the signature shows that it is us."
    elif port == 0:
        problem = "There is no port 0."
    elif not _open_to_the_world(host, allowed):
        problem = "This address leads into a private network, where webhooks are not sent."
    elif parts.scheme == "http" and not _is_allowed(host, allowed):
        problem = "Use https: what is sent is read by nobody else then."
    if problem:
        raise Invalid.field("url", problem)
    return parts._replace(fragment="").geturl()


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _open_to_the_world(host: str, allowed: Sequence[Network]) -> bool:
    if (address := _literal(host)) is not None:
        return may_be_reached(address, allowed)
    inside = host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".lan", ".home.arpa")) or "." not in host
    return not inside or bool(allowed)


def _is_allowed(host: str, allowed: Sequence[Network]) -> bool:
    address = _literal(host)
    return bool(allowed) and (address is None or any(address in network for network in allowed if network.version == address.version))


class Guarded(httpcore.AsyncNetworkBackend):
    """Looks a name up once, refuses when any of its addresses must not be reached, and connects to that very address.

    Whoever owns the name cannot answer one thing to the check and another to the connection.
    """

    def __init__(self, allowed: Sequence[Network]) -> None:
        self._allowed = allowed
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect, or raise `Forbidden`."""
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(each[4][0]) for each in found]
        if not addresses or not all(may_be_reached(ip_address(each.partition("%")[0]), self._allowed) for each in addresses):
            raise Forbidden("the address leads into a private network, where webhooks are not sent")
        return await self._inner.connect_tcp(addresses[0], port, timeout, local_address, socket_options)

    async def connect_unix_socket(self, path: str, timeout: float | None = None, socket_options: Any = None) -> httpcore.AsyncNetworkStream:
        """Refuse: no webhook goes to a socket of this machine."""
        raise Forbidden("webhooks are not sent to sockets")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._inner.sleep(seconds)


class Sender:
    """Posts signed bodies; one for a process."""

    def __init__(self, allowed: Sequence[Network] = (), *, trusted: ssl.SSLContext | None = None, timeout: float = TIMEOUT) -> None:
        """`trusted` says whose certificates are believed: by default those the system believes."""
        self._timeout = timeout
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trusted or ssl.create_default_context(),
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=30,
            network_backend=Guarded(allowed),
        )

    async def aclose(self) -> None:
        """Close the connections that are kept."""
        await self._pool.aclose()

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], now: datetime) -> Attempt:
        """Send a body and return how that went; never raises for what the other side does."""
        begun = perf_counter()
        try:
            async with asyncio.timeout(self._timeout):
                status, answer, asked = await self._exchange(url, body, headers, now)
        except TimeoutError:
            return Attempt(now, None, _ms(begun), f"There was no whole answer within {self._timeout:g} seconds.")
        except socket.gaierror:
            return Attempt(now, None, _ms(begun), f"The name {urlsplit(url).hostname} is not known.")
        except (OSError, ssl.SSLError, httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as wrong:
            return Attempt(now, None, _ms(begun), f"No connection: {str(wrong) or type(wrong).__name__}"[:KEPT_OF_ANSWER])
        error = "" if 200 <= status < 300 else _why(status)
        return Attempt(now, status, _ms(begun), error, answer, asked)

    async def _exchange(self, url: str, body: bytes, headers: Mapping[str, str], now: datetime) -> tuple[int, str, timedelta | None]:
        sent = {"content-type": "application/json", "user-agent": "Weft-Webhooks/1", "host": urlsplit(url).netloc, **headers}
        async with self._pool.stream("POST", url, headers=list(sent.items()), content=body) as response:
            parts, length = [], 0
            async for part in response.aiter_stream():
                parts.append(part)
                length += len(part)
                if length >= READ_AT_MOST:
                    break
            text = b"".join(parts)[:READ_AT_MOST].decode("utf-8", "replace").replace("\x00", "")[:KEPT_OF_ANSWER]
            return response.status, text, _asked(dict(response.headers), now)


def _ms(begun: float) -> int:
    return round((perf_counter() - begun) * 1000)


def _why(status: int) -> str:
    if 300 <= status < 400:
        return f"The answer was {status}, a redirect: enter the address that it leads to."
    return f"The answer was {status}; anything but 2xx is a failure."


def _asked(headers: Mapping[bytes, bytes], now: datetime) -> timedelta | None:
    """Return how long the receiver wants us to wait: seconds or a date (RFC 9110, section 10.2.3)."""
    given = next((value for name, value in headers.items() if name.lower() == b"retry-after"), b"").decode("latin-1").strip()
    if given.isascii() and given.isdigit():
        return timedelta(seconds=min(int(given), 10**7))
    try:
        at = parsedate_to_datetime(given)
    except ValueError:
        return None
    return max(timedelta(), (at if at.tzinfo else at.replace(tzinfo=UTC)) - now)
