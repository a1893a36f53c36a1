"""Signatures of events: `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`, several v1 allowed."""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime

from wallets.payments.providers.gateway import BadEvent

WINDOW_SECONDS = 300
MOST_SIGNATURES = 5


def sign(secret: str, body: bytes, seconds: int) -> str:
    """The header's value for a body sent at a time."""
    return f"t={seconds},v1={_mac(secret, body, seconds)}"


def check(header: str, body: bytes, secrets: Iterable[str], now: datetime) -> datetime:
    """When it was signed; raises BadEvent if no secret fits or it is too old or too new."""
    parts = [part.partition("=") for part in header[:1000].split(",")]
    times = [value for name, _, value in parts if name.strip() == "t"]
    given = [value for name, _, value in parts if name.strip() == "v1"][:MOST_SIGNATURES]
    if len(times) != 1 or not given or not (times[0].isascii() and times[0].isdigit()):
        raise BadEvent("The signature has no time or no value.")
    seconds = int(times[0][:15])
    fits = False
    for secret in secrets:
        wanted = _mac(secret, body, seconds).encode()
        for one in given:
            # Every pair is compared, each in constant time.
            fits |= hmac.compare_digest(wanted, one.strip().encode())
    if not fits:
        raise BadEvent("The signature fits no secret of this gateway.")
    if abs(now.timestamp() - seconds) > WINDOW_SECONDS:
        raise BadEvent("It was signed too long ago, or ahead of time: it may be a replay.")
    return datetime.fromtimestamp(seconds, UTC)


def _mac(secret: str, body: bytes, seconds: int) -> str:
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
