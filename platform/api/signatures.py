"""API key signatures: what is signed, and whether it fits.

The signature is the hex HMAC-SHA256, under the key's secret, of

    timestamp nonce METHOD path?query body

put one after another. With an X-MARQUE-RECV-WINDOW header the timestamp is followed by
``:window:``. Timestamps have 13 digits and nonces no colon, so no two requests sign alike.
"""

from __future__ import annotations

import hmac
import re
from typing import NamedTuple

from api.errors import ApiError, Refusal
from identity import crypto

DEFAULT_WINDOW_MS = 5_000
MAX_WINDOW_MS = 60_000

_NONCE = re.compile(r"[A-Za-z0-9_-]{8,64}\Z", re.ASCII)
_WINDOW = re.compile(r"[0-9]{1,5}\Z", re.ASCII)


class Credentials(NamedTuple):
    """What a caller sent to prove who it is."""

    key: str
    timestamp: str
    nonce: str
    signature: str
    window: str = ""

    @property
    def window_ms(self) -> int:
        return int(self.window) if self.window else DEFAULT_WINDOW_MS


def check_form(credentials: Credentials, now_ms: int) -> None:
    """Refuse a malformed or stale timestamp, window or nonce, and what cannot be a key at all,
    before anything is looked up; raises ApiError."""
    timestamp = credentials.timestamp
    if len(timestamp) != 13 or not timestamp.isascii() or not timestamp.isdigit():
        raise ApiError(Refusal.BAD_TIMESTAMP)
    window_ok = not credentials.window or _WINDOW.match(credentials.window)
    if not window_ok or not 0 < credentials.window_ms <= MAX_WINDOW_MS:
        raise ApiError(
            Refusal.BAD_TIMESTAMP,
            f"X-MARQUE-RECV-WINDOW must be 1 to {MAX_WINDOW_MS} milliseconds.",
            help=f"Leave it out for {DEFAULT_WINDOW_MS} ms.",
        )
    if abs(now_ms - int(timestamp)) > credentials.window_ms:
        raise ApiError(Refusal.STALE_TIMESTAMP, extra={"server_time": now_ms})
    if not _NONCE.match(credentials.nonce):
        raise ApiError(Refusal.BAD_NONCE)
    if not crypto.is_key_id(credentials.key):
        raise ApiError(Refusal.UNKNOWN_KEY, "That has not the form of an API key.")


def signed_text(credentials: Credentials, method: str, target: str, body: bytes = b"") -> bytes:
    """The bytes that are signed; ``target`` is the path with its query, as sent."""
    window = f":{credentials.window}:" if credentials.window else ""
    head = f"{credentials.timestamp}{window}{credentials.nonce}{method}{target}"
    return head.encode("utf-8", "surrogateescape") + body


def sign(secret: bytes, text: bytes) -> str:
    """The hex signature of ``text``."""
    return hmac.digest(secret, text, "sha256").hex()


def check_signature(secret: bytes, signature: str, text: bytes) -> None:
    """Compare in constant time; raises ApiError."""
    expected = sign(secret, text)
    if not hmac.compare_digest(expected.encode(), signature.lower().encode("utf-8", "replace")):
        raise ApiError(Refusal.BAD_SIGNATURE)
