"""Signatures of messages between a firm and its provider.

``v1=`` and the hex HMAC-SHA256, by the shared secret, over the time in whole seconds, a full stop
and the body. A time further than the window from now is refused, so a message that somebody
recorded is good for some minutes at most; within these its event tells that it came before.
"""

import hashlib
import hmac

TIMESTAMP, SIGNATURE = "X-Check-Timestamp", "X-Check-Signature"
WINDOW_S = 300


def sign(secret: str, body: bytes, at_second: int) -> dict[str, str]:
    """The two headers that go with a body."""
    return {TIMESTAMP: str(at_second), SIGNATURE: f"v1={_digest(secret, body, at_second)}"}


def problem(secret: str, body: bytes, timestamp: str, signature: str, now_second: int) -> str:
    """Why a message is not to be believed; empty when it is."""
    if not secret:
        return "no secret is set"
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return "no time"
    at_second = int(timestamp)
    version, _equals, digest = signature.partition("=")
    if version != "v1" or not digest.isascii():
        return "no signature"
    # The signature first: of a forged message not even the time is worth telling.
    if not hmac.compare_digest(digest, _digest(secret, body, at_second)):
        return "wrong signature"
    if abs(now_second - at_second) > WINDOW_S:
        return "outside of the time window"
    return ""


def _digest(secret: str, body: bytes, at_second: int) -> str:
    message = f"{at_second}.".encode() + body
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
