"""Providers of identity checks: one interface, an adapter for each way of talking to one.

A provider is asked over HTTP and answers later, by a signed webhook or when it is asked again. What
it says is a *word*: it goes into the case; it decides nothing (`kyc.actions.checks`).
"""

from collections.abc import Callable
from typing import Any

from kyc import sealed
from kyc.models import CheckProvider
from kyc.providers.hosted import HostedProvider
from kyc.providers.interface import Credentials, Forged, NoAnswer, Provider, Refused, Request, Word

__all__ = [
    "ADAPTERS",
    "Credentials",
    "Forged",
    "NoAnswer",
    "Provider",
    "Refused",
    "Request",
    "Word",
    "adapter_of",
]

ADAPTERS: dict[str, Callable[[str, Credentials], Provider]] = {"hosted": HostedProvider}


def adapter_of(row: CheckProvider) -> Provider:
    """The way of talking to a firm's provider, with its credentials."""
    kept: dict[str, Any] = sealed.unseal(row.credentials, {})
    credentials = Credentials(
        api_key=kept.get("api_key", ""),
        request_secret=kept.get("request_secret", ""),
        webhook_secret=kept.get("webhook_secret", ""),
    )
    return ADAPTERS[row.adapter](row.address, credentials)
