"""Small ASGI helpers of the fast path: reading a request, writing a JSON answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec
from django.conf import settings

from api.errors import ApiError, Refusal

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

MAX_BODY_BYTES = 128 * 1024
# An ASGI extension of our own server (see runtime.protocol): an answer in one piece.
WHOLE_ANSWER = "marque.whole_answer"

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


def client_address(scope: Scope, headers: dict[bytes, bytes]) -> str:
    """The caller's address; forwarded ones count only behind our own proxies."""
    proxies = settings.TRUSTED_PROXIES
    if proxies:
        forwarded = [a.strip() for a in text_of(headers, b"x-forwarded-for").split(",")]
        if len(forwarded) >= proxies and forwarded[-proxies]:
            return forwarded[-proxies]
    client = scope.get("client")
    return client[0] if client else ""


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
