"""No webhook goes where only we could reach, however the address is written."""

import asyncio
import socket
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any
from uuid import UUID

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.settings import Misconfigured, Settings
from core.webhooks.network import Guarded, Sender, checked_url, may_be_reached, read_networks
from core.webhooks.patience import ATTEMPTS, WAITS, Attempt, next_due
from core.webhooks.signing import headers
from tests.webhooks.receiver import Receiver, status
from weft import Invalid

NOW = datetime(2026, 3, 1, tzinfo=UTC)
INSIDE = (
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "203.0.113.7",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2002:c0a8:101::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
)


@pytest.mark.parametrize("text", INSIDE)
def test_addresses_inside_are_refused_before_and_while_connecting(text: str) -> None:
    assert not may_be_reached(ip_address(text))
    host = f"[{text}]" if ":" in text else text
    with pytest.raises(Invalid):
        checked_url(f"https://{host}/x")


@pytest.mark.parametrize("text", ["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_addresses_of_the_world_are_reached(text: str) -> None:
    assert may_be_reached(ip_address(text))


@given(some.ip_addresses(v=4))
def test_an_ipv4_address_in_an_ipv6_coat_is_no_more_reachable_than_without(address: Any) -> None:
    for coat in (f"::ffff:{address}", f"64:ff9b::{int(address) >> 16:x}:{int(address) & 0xFFFF:x}"):
        assert may_be_reached(ip_address(coat)) <= may_be_reached(address)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "shop.example",
        "ftp://shop.example/",
        "https://",
        "https://user:pass@shop.example/",
        "http://shop.example/",
        "https://localhost/",
        "https://printer/",
        "https://db.internal/",
        "https://x.localhost./",
        "https://shop.example:0/",
        "https://shop.example:99999/",
        "https://shop.example/a b",
        "https://shöp.example/",
        "https://shop.example/" + "x" * 2000,
        "javascript:alert(1)",
    ],
)
def test_what_is_no_address_to_send_to_is_refused_beside_the_field(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_url(url)
    assert refused.value.fields["url"]


def test_an_address_is_kept_as_it_is_without_its_fragment() -> None:
    assert checked_url(" https://shop.example:8443/a?b=c#d ") == "https://shop.example:8443/a?b=c"
    assert checked_url("http://10.1.2.3/x", read_networks("10.1.0.0/16")) == "http://10.1.2.3/x"
    with pytest.raises(Invalid):
        checked_url("http://10.2.2.3/x", read_networks("10.1.0.0/16"))


async def test_a_name_that_leads_inside_is_refused_when_it_is_looked_up() -> None:
    attempt = await Sender(timeout=20).post("https://localhost/x", b"{}", {}, NOW)
    assert attempt.status is None
    assert "private network" in attempt.error


async def test_of_a_name_with_several_addresses_none_may_lead_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    async def lookup(*_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET, 1, 6, "", (each, 443)) for each in ("93.184.216.34", "10.0.0.1")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", lookup, raising=False)
    with pytest.raises(OSError, match="private network"):
        await Guarded(()).connect_tcp("shop.example", 443)


async def test_no_webhook_goes_to_a_socket_of_the_machine() -> None:
    with pytest.raises(OSError, match="sockets"):
        await Guarded(()).connect_unix_socket("/run/x.sock")
    assert issubclass(Guarded, httpcore.AsyncNetworkBackend)


async def test_an_answer_without_end_is_not_read_to_the_end(receiver: Receiver) -> None:
    receiver.answers[:] = [status(500, body="x" * 5_000_000)]
    sender = Sender(read_networks("127.0.0.0/8"), timeout=60)
    attempt = await sender.post(receiver.url, b"{}", {}, NOW)
    assert (attempt.status, len(attempt.answer)) == (500, 1000)
    await sender.aclose()


async def test_bytes_that_are_no_text_are_noted_as_what_can_be_shown(receiver: Receiver) -> None:
    receiver.answers[:] = [b"HTTP/1.1 400 X\r\ncontent-length: 4\r\n\r\n\xff\x00ab"]
    attempt = await (sender := Sender(read_networks("127.0.0.0/8"))).post(receiver.url, b"{}", {}, NOW)
    assert attempt.answer == "\ufffdab"
    await sender.aclose()


def test_signatures_are_those_of_the_specification() -> None:
    # the secret, moment and body of its example; the id is ours, and the signature was worked out with openssl
    key = b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = headers(UUID(int=1), datetime.fromtimestamp(1614265330, UTC), b'{"test": 2432232314}', [key])
    assert made["webhook-id"] == "msg_" + UUID(int=1).hex
    assert made["webhook-timestamp"] == "1614265330"
    assert made["webhook-signature"] == "v1,NyW9oZPSHg5mmO2Gb2gaur+Lsb+byJZMKU/F0Cn6ZkA="


@given(some.integers(1, ATTEMPTS), some.floats(0, 1), some.none() | some.timedeltas(timedelta(), timedelta(days=400)))
def test_pauses_grow_and_end(attempts: int, chance: float, asked: timedelta | None) -> None:
    due = next_due(attempts, Attempt(NOW, 500, 3, asked=asked), chance)
    if attempts == ATTEMPTS:
        assert due is None
        return
    assert due is not None
    assert WAITS[attempts - 1] * 0.8 <= due - NOW <= max(WAITS[attempts - 1] * 1.2, timedelta(days=1))
    assert due - NOW >= min(asked or timedelta(), timedelta(days=1))


def test_networks_that_are_none_are_told_at_the_start() -> None:
    needed = {"WEFT_DATABASE_URL": "postgresql:///x", "WEFT_REDIS_URL": "redis://x", "WEFT_SECRET_KEY": "s"}
    with pytest.raises(Misconfigured, match="WEFT_WEBHOOK_NETWORKS"):
        Settings.from_environment({**needed, "WEFT_WEBHOOK_NETWORKS": "10.0.0.1/8"})
    assert Settings.from_environment({**needed, "WEFT_WEBHOOK_NETWORKS": "10.0.0.0/8, ::1/128"}).webhook_networks
