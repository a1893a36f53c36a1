"""Connections to addresses that customers or a firm's staff named: never into the house.

Such an address may lead to machines behind the firewall (server-side request forgery), and a name
may answer with another address at the second look (DNS rebinding). So a name is looked up once
here, all its addresses are judged, and the connection is made to one of just these; TLS still
proves the name. No redirect is followed, no proxy of the environment is used, of an answer only
the beginning is read. ``MARQUE_PRIVATE_TARGETS`` lets private addresses and plain HTTP through.
"""

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx
from django.conf import settings

CONNECT_SECONDS, READ_SECONDS = 5.0, 10.0
MOST_ANSWER_BYTES = 65_536
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Refused(Exception):
    """An address that nothing is sent to."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes


def check_url(url: str) -> httpx.URL:
    """The parsed address; raises Refused for one that is not https, holds a password or is none.

    Where a name leads is judged when a connection is made, not here.
    """
    if any(character.isspace() or not character.isprintable() for character in url):
        raise Refused("This is not an address.")
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise Refused("This is not an address.") from error
    schemes = ("https", "http") if settings.PRIVATE_TARGETS else ("https",)
    if parsed.scheme not in schemes:
        raise Refused("The address must begin with https://.")
    if not parsed.host or parsed.userinfo:
        raise Refused("The address must name a host and hold no password.")
    try:
        literal = ipaddress.ip_address(parsed.host)
    except ValueError:
        pass
    else:
        _check(literal)
    return parsed


def request(method: str, url: str, *, headers: dict[str, str], body: bytes) -> Answer:
    """Send one request past the fence. Raises Refused, or httpcore's errors of the network."""
    parsed = check_url(url)
    target = httpcore.URL(
        scheme=parsed.raw_scheme,
        host=parsed.raw_host,
        port=parsed.port,
        target=parsed.raw_path or b"/",
    )
    timeouts = {"connect": CONNECT_SECONDS, "read": READ_SECONDS, "write": READ_SECONDS}
    pool = httpcore.ConnectionPool(network_backend=_Backend(), retries=0)
    lines = {"Host": parsed.netloc.decode(), "Content-Length": str(len(body)), **headers}
    with (
        pool,
        pool.stream(
            method,
            target,
            headers=[(name.encode(), value.encode()) for name, value in lines.items()],
            content=body,
            extensions={"timeout": {**timeouts, "pool": CONNECT_SECONDS}},
        ) as answer,
    ):
        content = b""
        for part in answer.iter_stream():
            content += part
            if len(content) > MOST_ANSWER_BYTES:
                break
        told = {name.decode().lower(): value.decode("latin-1") for name, value in answer.headers}
        return Answer(answer.status, told, content[:MOST_ANSWER_BYTES])


def connect(host: str, port: int, timeout: float | None) -> socket.socket:
    """A TCP connection to ``host`` past the fence. Raises Refused or OSError."""
    last: OSError | None = None
    for address in resolve(host, port):
        try:
            return socket.create_connection((str(address), port), timeout or CONNECT_SECONDS)
        except OSError as error:
            last = error
    raise last or OSError("no address")


def resolve(host: str, port: int) -> list[Address]:
    """All addresses of a name, each allowed. Raises Refused if one is not, or OSError."""
    found: list[Address] = []
    for *_rest, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        address = ipaddress.ip_address(str(place[0]).partition("%")[0])
        _check(address)
        if address not in found:
            found.append(address)
    return found


def _check(address: Address) -> None:
    if settings.PRIVATE_TARGETS:
        return
    inner: Address = address
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or address
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if address.teredo:
            raise Refused("Addresses inside a private network are not reached from here.")
    if not inner.is_global or inner.is_multicast or inner.is_reserved:
        raise Refused("Addresses inside a private network are not reached from here.")


class _Backend(httpcore.NetworkBackend):
    """The plain backend, connecting only to addresses that were judged."""

    def __init__(self) -> None:
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        last: Exception | None = None
        for address in resolve(host, port):
            try:
                return self._plain.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last or httpcore.ConnectError("no address")
