"""Rules a tenant sets for its users. The tenants' room registers where they come from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Policy:
    sign_up_open: bool = True
    customer_second_factor: Literal["optional", "required"] = "optional"
    trusted_device_days: int = 30
    attempts_per_account: int = 10  # from one network
    attempts_per_account_anywhere: int = 100
    attempts_per_address: int = 60
    attempt_window_seconds: int = 900


_source: Callable[[], Policy] = Policy


def register(source: Callable[[], Policy]) -> None:
    """``source()`` gives the policy of the schema the current connection works in."""
    global _source
    _source = source


def current() -> Policy:
    return _source()
