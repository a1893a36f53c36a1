"""Where a visitor comes from: one rule for Django, the gateway and the streams."""

from functools import lru_cache
from ipaddress import ip_address, ip_network

from django.conf import settings


def address_of(peer: str | None, forwarded: str) -> str:
    """The visitor's address in one spelling; "" if there is none.

    ``peer`` is whom the connection is with, ``forwarded`` all X-Forwarded-For lines joined by
    commas. An entry of it counts only if a proxy of our own wrote it: the one that the outermost
    of MARQUE_TRUSTED_PROXIES saw. All before it is what the visitor claims.
    """
    proxies = settings.TRUSTED_PROXIES
    entries = forwarded.split(",")
    if proxies and len(entries) >= proxies:
        address = _spelled(entries[-proxies])
        if address:
            return address
    return _spelled(peer or "")


@lru_cache(maxsize=4096)
def network_of(address: str) -> str:
    """What limits count by: an IPv4 address, or the /64 of an IPv6 one, which is one visitor's."""
    return str(ip_network(f"{address}/64", strict=False)) if ":" in address else address


@lru_cache(maxsize=4096)
def _spelled(text: str) -> str:
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]  # [2001:db8::1]:443
    elif text.count(":") == 1:
        text = text.partition(":")[0]  # 192.0.2.1:443
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)
