"""Where a receipt printer is: its address in the shop's network, and which addresses bytes may go to."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

from weft.errors import Invalid

RAW = 9100  # the port that printers listen at for bytes as they are
PORTS = range(9100, 9108)  # those that printers and boxes with several of them have
_ADDRESS = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,98}[A-Za-z0-9])?)(?::(?P<port>\d{1,5}))?")


class Address(NamedTuple):
    """A printer in a network."""

    host: str
    port: int

    def __str__(self) -> str:
        return self.host if self.port == RAW else f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def read(text: str) -> Address:
    """Read ``192.168.1.50`` or ``printer.local:9101``; raises `Invalid` with what is wrong."""
    found = _ADDRESS.fullmatch(text.strip())
    if found is None:
        raise Invalid(f"“{text.strip()[:60]}” is not the address of a printer: write its IP address or name, such as 192.168.1.50.")
    port = int(found["port"] or RAW)
    if port not in PORTS:
        raise Invalid(f"Receipt printers listen at port {PORTS[0]} to {PORTS[-1]}, not at {port}.")
    return Address(found["host"].strip("[]"), port)


def may_reach(address: str) -> bool:
    """Tell whether bytes may go to an IP address: to a device in a network, never to this machine or to what no printer can be.

    A name that a tenant typed could lead anywhere (server-side request forgery): the address it means is what is asked about.
    """
    found: IPv4Address | IPv6Address = ip_address(address)
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return not (found.is_loopback or found.is_link_local or found.is_multicast or found.is_unspecified)
