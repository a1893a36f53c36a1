"""What every provider of identity checks is to the rest of KYC."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

Outcome = Literal["running", "clear", "consider"]


class NoAnswer(Exception):
    """Nobody knows whether the provider took it; says what happened, without personal data."""


class Refused(Exception):
    """The provider said no, and will say so again; says why, without personal data."""


class Forged(Exception):
    """A message whose signature, time or form is not the provider's."""


@dataclass(frozen=True)
class Credentials:
    """What the firm and its provider share. Never in a log."""

    api_key: str
    request_secret: str
    webhook_secret: str

    def __repr__(self) -> str:
        return "Credentials(…)"


@dataclass(frozen=True)
class Request:
    """What is sent. ``subject`` are plain texts; ``pages`` JPEG pictures with their code."""

    key: UUID
    callback: str
    subject: Mapping[str, Any]
    pages: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True)
class Word:
    """What a provider says of a check.

    ``version`` rises with each word of one check; ``event`` is one for each word, so that the same
    one told twice is known again. ``findings`` are (code, sentence).
    """

    key: UUID
    external_id: str
    event: str
    version: int
    outcome: Outcome
    findings: tuple[tuple[str, str], ...]
    made_at: datetime


class Provider(Protocol):
    def start(self, request: Request) -> Word:
        """Have a check made; the same key again is the same check. Raises NoAnswer, Refused."""

    def ask(self, key: UUID) -> Word | None:
        """The newest word; None: the provider knows no such check. Raises NoAnswer, Refused."""

    def read(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Word:
        """A webhook's word. Raises Forged: nothing of it is to be believed."""
