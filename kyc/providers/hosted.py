"""The adapter: a hosted service that checks identities and calls back.

``POST {address}/v1/checks`` begins a check (signed; ``Idempotency-Key`` is our reference),
``GET {address}/v1/checks/by-reference/{key}`` tells the newest word of one, and each word is sent
to the callback as well, signed likewise with another secret. All three are one JSON object::

    {"event": "evt_1", "id": "chk_1", "reference": "<uuid>", "version": 2, "status": "done",
     "outcome": "consider", "findings": [{"code": "…", "text": "…"}], "made_at": "2026-…Z"}
"""

import base64
import ssl
import time
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal
from uuid import UUID

import httpx
import msgspec
from django.utils.translation import override

from kyc import outside, signing
from kyc.errors import KycError
from kyc.providers.interface import (
    Credentials,
    Forged,
    NoAnswer,
    Outcome,
    Refused,
    Request,
    Word,
)

TIMEOUT_S = 5.0  # of each read and write
WHOLE_S = 20.0  # of all of it: who sends a byte a second is not waited for
MOST_ANSWER_BYTES = 256 * 1024

_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$")]


class _Finding(msgspec.Struct):
    code: Annotated[str, msgspec.Meta(max_length=60)]
    text: Annotated[str, msgspec.Meta(max_length=400)]


class _Told(msgspec.Struct):
    event: _Id
    id: _Id
    reference: UUID
    version: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    status: Literal["running", "done"]
    made_at: Annotated[datetime, msgspec.Meta(tz=True)]
    outcome: Literal["", "clear", "consider"] = ""
    findings: Annotated[list[_Finding], msgspec.Meta(max_length=50)] = []


@cache
def _trusted() -> ssl.SSLContext:
    """Whom to believe. Read once: reading the list of authorities takes longer than a call."""
    return httpx.create_ssl_context(trust_env=False)


class HostedProvider:
    """One firm's account at the service."""

    def __init__(self, address: str, credentials: Credentials) -> None:
        self._address = address.rstrip("/")
        self._credentials = credentials

    def start(self, request: Request) -> Word:
        body = msgspec.json.encode(
            {
                "reference": str(request.key),
                "callback": request.callback,
                "subject": dict(request.subject),
                "documents": [
                    {"code": code, "jpeg": base64.b64encode(page).decode()}
                    for code, page in request.pages
                ],
            }
        )
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(request.key)}
        status, answer = self._call("POST", "/v1/checks", body, headers)
        if status not in (200, 201, 202):
            raise Refused(f"It answered with {status}.")
        return self._own(answer, request.key)

    def ask(self, key: UUID) -> Word | None:
        status, answer = self._call("GET", f"/v1/checks/by-reference/{key}", b"", {})
        if status == 404:
            return None
        if status != 200:
            raise Refused(f"It answered with {status}.")
        return self._own(answer, key)

    def read(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Word:
        wrong = signing.problem(
            self._credentials.webhook_secret,
            body,
            headers.get(signing.TIMESTAMP, ""),
            headers.get(signing.SIGNATURE, ""),
            int(now.timestamp()),
        )
        if wrong:
            raise Forged(wrong)
        try:
            return _word(body)
        except (ValueError, RecursionError) as error:
            raise Forged("not of the agreed form") from error

    def _own(self, answer: bytes, key: UUID) -> Word:
        try:
            word = _word(answer)
        except (ValueError, RecursionError) as error:
            raise NoAnswer("It answered in a form that is not agreed.") from error
        if word.key != key:
            raise NoAnswer("It answered about another check.")
        return word

    def _call(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        """Status and body; raises NoAnswer where it is not known what the other side did."""
        try:
            with override("en"):  # why it failed is kept with the check, whoever asked
                target = outside.target_of(self._address + path, what="A provider")
        except KycError as error:
            raise NoAnswer(error.message) from error
        signed: dict[str, Any] = {
            **headers,
            **target.headers,
            **signing.sign(self._credentials.request_secret, body, int(time.time())),
            "Authorization": f"Bearer {self._credentials.api_key}",
        }
        until = time.monotonic() + WHOLE_S
        try:
            with (
                httpx.Client(
                    timeout=TIMEOUT_S, verify=_trusted(), follow_redirects=False, trust_env=False
                ) as client,
                client.stream(
                    method,
                    target.url,
                    content=body,
                    headers=signed,
                    extensions=target.extensions,
                ) as answer,
            ):
                data = bytearray()
                for part in answer.iter_bytes():
                    data += part
                    if len(data) > MOST_ANSWER_BYTES:
                        raise NoAnswer("Its answer is too large.")
                    if time.monotonic() > until:
                        raise NoAnswer("Its answer took too long.")
        except httpx.HTTPError as error:
            raise NoAnswer(f"It did not answer ({type(error).__name__}).") from error
        if answer.status_code >= 500 or answer.status_code in (408, 425, 429):
            raise NoAnswer(f"It answered with {answer.status_code}.")
        return answer.status_code, bytes(data)


def _word(data: bytes) -> Word:
    """Read and judge the agreed object; raises ValueError."""
    told = msgspec.json.decode(data, type=_Told)
    outcome: Outcome = "running"
    if told.status == "done":
        if told.outcome == "":
            raise ValueError("done without an outcome")
        outcome = told.outcome
    return Word(
        key=told.reference,
        external_id=told.id,
        event=told.event,
        version=told.version,
        outcome=outcome,
        findings=tuple((each.code, each.text) for each in told.findings),
        made_at=told.made_at,
    )
