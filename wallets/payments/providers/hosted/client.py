"""The hosted gateway's interface over HTTP.

`POST /v1/payments` and `POST /v1/payments/<order>/refunds` carry an `Idempotency-Key`;
`GET /v1/payments/<order>` says how a payment stands. 4xx is a clear no, but for 408, 409, 425 and
429; these, 5xx, a time-out and what is no answer at all leave it unknown.
"""

import json
import ssl
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

import httpx
from django.conf import settings

from wallets.payments.providers.gateway import (
    BadEvent,
    Credentials,
    Event,
    GatewayHasNone,
    GatewayRefused,
    GatewayUnknown,
    Order,
    Told,
    ToldClaim,
    ToldRefund,
)
from wallets.payments.providers.hosted import signing

TIMEOUT = httpx.Timeout(5.0, connect=2.0)
MOST_BYTES = 256 * 1024
STATUSES = ("open", "paid", "declined", "expired")
REFUND_STATUSES = ("pending", "done", "failed")
_NOT_A_NO = (408, 409, 425, 429)


@cache
def _trusted() -> ssl.SSLContext:
    """Whom to believe. Read once: reading the list of authorities takes longer than a call."""
    return httpx.create_ssl_context()


class HostedGateway:
    """One firm's account there. The address is the installation's, never a firm's."""

    def __init__(self, credentials: Credentials) -> None:
        self.credentials = credentials

    def open(self, order: Order) -> Told:
        """Ask for a payment page."""
        answer = self._call(
            "POST",
            "/v1/payments",
            key=order.order_id,
            body={
                "order_id": order.order_id,
                "amount": order.amount,
                "currency": order.currency,
                "payer_name": order.payer_name,
                "return_url": order.return_url,
                "notify_url": order.notify_url,
            },
        )
        return _told(answer, order.order_id)

    def look(self, order_id: str) -> Told:
        """How a payment stands."""
        return _told(self._call("GET", f"/v1/payments/{order_id}"), order_id)

    def refund(self, order_id: str, key: str, amount: str) -> ToldRefund:
        """Have an amount given back."""
        answer = self._call(
            "POST", f"/v1/payments/{order_id}/refunds", key=key, body={"key": key, "amount": amount}
        )
        return _refund(answer)

    def read_event(self, body: bytes, signature: str, now: datetime) -> Event:
        """An event whose signature holds; raises BadEvent."""
        signed_at = signing.check(signature, body, self.credentials.event_secrets, now)
        try:
            told = json.loads(body)
            texts = {
                name: str(told.get(name) or "")
                for name in ("id", "type", "order_id", "amount", "currency")
            }
        except (ValueError, AttributeError) as error:
            raise BadEvent("The event is no JSON object.") from error
        if not texts["id"] or any("\x00" in text for text in texts.values()):
            raise BadEvent("The event has no id.")
        return Event(
            event_id=texts["id"][:80],
            type=texts["type"][:60],
            order_id=texts["order_id"][:40],
            signed_at=signed_at,
            amount=texts["amount"][:40],
            currency=texts["currency"][:8],
        )

    def _call(self, method: str, path: str, *, key: str = "", body: Any = None) -> dict[str, Any]:
        if not settings.CARD_GATEWAY_URL:
            raise GatewayRefused("This installation names no gateway (MARQUE_CARD_GATEWAY_URL).")
        headers = {"Authorization": f"Bearer {self.credentials.api_key}"}
        if key:
            headers["Idempotency-Key"] = key
        try:
            answer = httpx.request(
                method,
                settings.CARD_GATEWAY_URL + path,
                json=body,
                headers=headers,
                timeout=TIMEOUT,
                verify=_trusted(),
                follow_redirects=False,
            )
        except httpx.HTTPError as error:
            raise GatewayUnknown(f"No answer ({type(error).__name__}).") from error
        return _answer(answer)


def _answer(answer: httpx.Response) -> dict[str, Any]:
    status = answer.status_code
    if status == 404:
        raise GatewayHasNone("The gateway has no such payment.")
    if 400 <= status < 500 and status not in _NOT_A_NO:
        raise GatewayRefused(f"The gateway refuses: {_sentence(answer)} ({status}).")
    if status not in (200, 201, 202):
        raise GatewayUnknown(f"The gateway answers with {status}.")
    if len(answer.content) > MOST_BYTES:
        raise GatewayUnknown("The gateway's answer is too long.")
    try:
        found = answer.json()
    except ValueError as error:
        raise GatewayUnknown("The gateway's answer is no JSON.") from error
    if not isinstance(found, dict):
        raise GatewayUnknown("The gateway's answer is no object.")
    return found


def _sentence(answer: httpx.Response) -> str:
    try:
        found = answer.json()
        text = str(found.get("error", "")) if isinstance(found, dict) else ""
    except ValueError:
        text = ""
    return "".join(letter for letter in text[:120] if letter.isprintable()) or "no reason given"


def _told(found: dict[str, Any], order_id: str) -> Told:
    try:
        if found["order_id"] != order_id or found["status"] not in STATUSES:
            raise GatewayUnknown("The gateway's answer is about something else.")
        return Told(
            order_id=order_id,
            gateway_ref=str(found["id"])[:80],
            status=found["status"],
            amount=_decimal(found["amount"]),
            currency=str(found["currency"])[:8],
            page_url=_address(found.get("page_url")),
            fee=_decimal(found.get("fee") or "0"),
            payer_name=str(found.get("payer_name") or "")[:140],
            refunds=tuple(_refund(one) for one in found.get("refunds") or ()),
            claims=tuple(_claim(one) for one in found.get("chargebacks") or ()),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise GatewayUnknown("The gateway's answer lacks what it must say.") from error


def _refund(found: dict[str, Any]) -> ToldRefund:
    try:
        if found["status"] not in REFUND_STATUSES:
            raise GatewayUnknown("A refund has a state that nobody knows.")
        return ToldRefund(
            gateway_ref=str(found["id"])[:80],
            key=str(found.get("key") or "")[:40],
            amount=_decimal(found["amount"]),
            status=found["status"],
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise GatewayUnknown("The gateway's answer lacks what it must say.") from error


def _claim(found: dict[str, Any]) -> ToldClaim:
    return ToldClaim(
        gateway_ref=str(found["id"])[:80],
        amount=_decimal(found["amount"]),
        fee=_decimal(found.get("fee") or "0"),
        is_won=found.get("status") == "won",
    )


def _address(text: Any) -> str:
    """The payment page's address: only one that a browser may be led to."""
    address = str(text or "")
    is_web = address.startswith("https://") or address.startswith(settings.CARD_GATEWAY_URL + "/")
    return address if is_web and len(address) <= 500 and address.isprintable() else ""


def _decimal(text: Any) -> Decimal:
    """An amount as the gateway wrote it, above or at zero."""
    try:
        value = Decimal(str(text))
    except InvalidOperation as error:
        raise GatewayUnknown(f"{text!r:.40} is no amount.") from error
    if not value.is_finite() or value < 0 or len(value.as_tuple().digits) > 30:
        raise GatewayUnknown(f"{text!r:.40} is no amount.")
    return value
