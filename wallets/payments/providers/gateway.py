"""What every card and wallet gateway is to the product, whoever runs it.

A gateway shows the payment page on its own site, tells by signed events that something changed,
and says when asked how a payment stands. Nothing here knows the firm's tables.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol


class GatewayUnknown(Exception):
    """No answer, or none that can be understood: what was asked for may have happened or not."""


class GatewayRefused(Exception):
    """The gateway's clear no: nothing has happened, and nothing will."""


class GatewayHasNone(Exception):
    """The gateway knows of no payment of this key."""


class BadEvent(ValueError):
    """An event whose signature, time or form is wrong: nobody needs to believe it."""


@dataclass(frozen=True, slots=True)
class ToldRefund:
    """A refund as the gateway sees it; `key` is ours, or empty where it was made there."""

    gateway_ref: str
    key: str
    amount: Decimal
    status: str  # pending, done, failed


@dataclass(frozen=True, slots=True)
class ToldClaim:
    """A chargeback. The money left the firm's account there; `is_won`: it came back."""

    gateway_ref: str
    amount: Decimal
    fee: Decimal
    is_won: bool


@dataclass(frozen=True, slots=True)
class Told:
    """How a payment stands at the gateway. Amounts are decimal, in `currency` (ISO 4217)."""

    order_id: str
    gateway_ref: str
    status: str  # open, paid, declined, expired
    amount: Decimal
    currency: str
    page_url: str = ""
    fee: Decimal = Decimal(0)
    payer_name: str = ""
    refunds: tuple[ToldRefund, ...] = ()
    claims: tuple[ToldClaim, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """One signed event; its amount is only compared with what the gateway says when asked."""

    event_id: str
    type: str
    order_id: str
    signed_at: datetime
    amount: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What a payment page is asked for."""

    order_id: str
    amount: str
    currency: str
    payer_name: str
    return_url: str
    notify_url: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """What opens a gateway. Of secrets of events several hold while one takes another's place."""

    api_key: str
    event_secrets: tuple[str, ...] = field(default=())


class Gateway(Protocol):
    """Calls raise GatewayUnknown, GatewayRefused, GatewayHasNone; the same key again is the same
    payment or refund."""

    def open(self, order: Order) -> Told: ...

    def look(self, order_id: str) -> Told: ...

    def refund(self, order_id: str, key: str, amount: str) -> ToldRefund: ...

    def read_event(self, body: bytes, signature: str, now: datetime) -> Event: ...


Maker = Callable[[Credentials], Gateway]
