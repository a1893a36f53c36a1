"""Where the firm's own machine may call: public addresses over https, and nothing of our network.

In development a program on this very machine may be called over http as well: the simulator.
"""

import ipaddress
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from kyc.errors import KycError


@dataclass(frozen=True)
class Target:
    """An address that was judged, and how to reach that very machine, whatever its name says a
    moment later. ``options`` go to each request of httpx."""

    url: str
    headers: dict[str, str]
    extensions: dict[str, Any]


def target_of(url: str, *, what: str) -> Target:
    """Look an address up and judge it; raises KycError with ``what`` it is in the sentence."""
    parts = urlsplit(url)
    if _is_of_this_machine(parts):
        return Target(url, {}, {})
    if parts.scheme != "https" or not parts.hostname or parts.username:
        raise KycError(_("%(what)s is reached over https only.") % {"what": what})
    try:
        port = parts.port or 443
        found = socket.getaddrinfo(parts.hostname, port, proto=socket.IPPROTO_TCP)
    except (OSError, ValueError) as error:
        raise KycError(_("Nobody knows this address.")) from error
    addresses = [str(each[4][0]).partition("%")[0] for each in found]
    if not addresses or not all(ipaddress.ip_address(each).is_global for each in addresses):
        raise KycError(_("This address is not a public one."))
    host = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
    return Target(
        parts._replace(netloc=f"{host}:{port}").geturl(),
        {"Host": parts.netloc},
        {"sni_hostname": parts.hostname},
    )


def check_form(url: str, *, what: str) -> None:
    """What can be said of an address without asking anybody; raises KycError."""
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise KycError(_("This is no address."), field="address") from error
    if _is_of_this_machine(parts):
        return
    if parts.scheme != "https" or not is_whole or parts.username or parts.query or parts.fragment:
        raise KycError(_("%(what)s is reached over https only.") % {"what": what}, field="address")


def _is_of_this_machine(parts: SplitResult) -> bool:
    is_local = parts.scheme == "http" and parts.hostname == "127.0.0.1"
    return bool(settings.KYC_LOCAL_PROVIDERS and is_local)
