"""Small ASGI helpers of the fast path: reading a request, writing a JSON answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

import msgspec
from django.conf import settings

from api.errors import ApiError, Refusal
from identity import visitors
from impersonation import cookies as impersonation

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

MAX_BODY_BYTES = 128 * 1024
# An ASGI extension of our own server (see runtime.protocol): an answer in one piece.
WHOLE_ANSWER = "marque.whole_answer"
MAX_NUMBER = 2**63 - 1

encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class Disconnected(Exception):
    """The caller went away before his request was whole."""


def headers_of(scope: Scope) -> dict[bytes, bytes]:
    """The request's headers; of a repeated one the last counts."""
    return dict(scope["headers"])


def text_of(headers: dict[bytes, bytes], name: bytes) -> str:
    """A header as text; what is not UTF-8 becomes question marks."""
    return headers.get(name, b"").decode("utf-8", "replace")


def client_address(scope: Scope) -> str:
    """The caller's address by the rule of `identity.visitors`; "" if there is none."""
    client = scope.get("client")
    forwarded = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return visitors.address_of(
        client[0] if client else None, b",".join(forwarded).decode("latin-1")
    )


def session_of(headers: dict[bytes, bytes]) -> str:
    """What the session cookie holds; "" without one."""
    return _cookie_of(headers, settings.SESSION_COOKIE_NAME)


def is_seen_as(headers: dict[bytes, bytes]) -> bool:
    """Whether the browser sees as somebody else: no session of its own counts meanwhile."""
    return bool(_cookie_of(headers, impersonation.NAME))


def _cookie_of(headers: dict[bytes, bytes], name: str) -> str:
    try:
        cookies = SimpleCookie(text_of(headers, b"cookie"))
    except CookieError:
        return ""
    return cookies[name].value if name in cookies else ""


def whole_number(text: str, *, most: int = MAX_NUMBER) -> int | None:
    """A whole number from 0 to ``most`` in plain digits; None for anything else."""
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        return None
    number = int(text)
    return number if number <= most else None


def target_of(scope: Scope) -> str:
    """Path and query as they were sent: what is signed."""
    path = scope.get("raw_path") or scope["path"].encode()
    query = scope["query_string"]
    whole = path + b"?" + query if query else path
    return whole.decode("utf-8", "surrogateescape")


async def read_body(receive: Receive) -> bytes:
    """The whole body; raises ApiError if it is too large."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise Disconnected
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        if len(body) > MAX_BODY_BYTES:
            raise ApiError(Refusal.BODY_TOO_LARGE)
        return body
    parts = [body]
    size = len(body)
    while message.get("more_body"):
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MAX_BODY_BYTES:
            raise ApiError(Refusal.BODY_TOO_LARGE)
    return b"".join(parts)


def decode_object(data: bytes | str) -> dict[str, Any]:
    """A JSON object; raises ApiError."""
    try:
        value = _decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ApiError(Refusal.BAD_JSON, f"The body is not JSON: {error}."[:200]) from None
    if not isinstance(value, dict):
        raise ApiError(Refusal.BAD_JSON)
    return value


async def answer_json(
    scope: Scope, send: Send, status: int, body: Any, headers: dict[str, str]
) -> None:
    """Send a whole JSON answer; the headers are ours, never a caller's text."""
    data = encode(body)
    headers = {
        "content-type": "application/json",
        "content-length": str(len(data)),
        "cache-control": "no-store",
        **headers,
    }
    answer_whole = scope.get("extensions", {}).get(WHOLE_ANSWER)
    if answer_whole is not None:
        head = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        await answer_whole(status, head.encode("latin-1"), data)
        return
    lines = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": data})


async def refuse_websocket(receive: Receive, send: Send, error: ApiError) -> None:
    """Answer a WebSocket handshake with an ordinary HTTP error."""
    await receive()
    data = encode(error.as_body())
    headers = [(b"content-type", b"application/json")]
    headers += [(name.lower().encode(), value.encode()) for name, value in error.headers.items()]
    await send(
        {"type": "websocket.http.response.start", "status": error.status, "headers": headers}
    )
    await send({"type": "websocket.http.response.body", "body": data})
