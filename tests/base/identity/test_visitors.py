"""A visitor's address and network: one rule for Django, the gateway and the streams."""

from typing import Any

import pytest

from api import exchange
from identity import sessions, visitors
from visits import visit


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "192.0.2.66", "10.0.0.1"),
        (1, "192.0.2.66, 198.51.100.7", "198.51.100.7"),
        (2, "192.0.2.66, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        (2, "198.51.100.7", "10.0.0.1"),  # not all of our proxies were passed
        (1, "", "10.0.0.1"),
        (1, "192.0.2.66, nonsense", "10.0.0.1"),
        (1, "198.51.100.7:4711", "198.51.100.7"),
        (1, "[2001:DB8::0:1]:443", "2001:db8::1"),
        (1, "::ffff:198.51.100.7", "198.51.100.7"),
        (1, "fe80::1%eth0", "fe80::1"),
        (1, "192.0.2.1\x00", "10.0.0.1"),
    ],
)
def test_django_and_the_gateway_see_the_same_address(
    settings: Any, proxies: int, forwarded: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = visit("10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert sessions.address_of(request) == address
    lines = [(b"x-forwarded-for", part.encode()) for part in forwarded.split(",")]
    assert exchange.client_address({"client": ("10.0.0.1", 4711), "headers": lines}) == address


def test_a_visitor_without_an_address() -> None:
    assert exchange.client_address({"client": None, "headers": []}) == ""
    assert sessions.address_of(visit("")) is None
    assert sessions.network_of(visit("")) == visitors.network_of("") == ""


def test_limits_count_ipv6_by_its_64() -> None:
    assert visitors.network_of("198.51.100.7") == "198.51.100.7"
    assert visitors.network_of("2001:db8:1:2::1") == visitors.network_of("2001:db8:1:2:ffff::")
    assert visitors.network_of("2001:db8:1:2::1") != visitors.network_of("2001:db8:1:3::1")
