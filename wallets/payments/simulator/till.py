"""What the simulated gateway knows: payments, refunds, chargebacks, and which faults are wanted.

One lock guards all of it. What is kept in a file is written after each change, in one step.
"""

import hashlib
import json
import secrets
import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

Payment = dict[str, Any]
CHARGEBACK_FEE = Decimal("15.00")
FEE_SHARE = Decimal("0.014")
CENT = Decimal("0.01")


class No(Exception):
    """What the gateway refuses, with the HTTP status."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def event_secret_of(api_key: str) -> str:
    """The secret that a merchant's events are signed with; here it follows from his key."""
    return f"whsec_{hashlib.sha256(f'events:{api_key}'.encode()).hexdigest()[:40]}"


class Till:
    """Payments by merchant (API key) and order id."""

    def __init__(self, file: Path | None = None) -> None:
        self.lock = threading.RLock()
        self.file = file
        self.payments: dict[str, Payment] = {}
        self.faults: list[dict[str, Any]] = []
        # Called with a payment and the type of an event, under the lock.
        self.on_event: Callable[[Payment, str], None] = lambda _payment, _kind: None
        if file is not None and file.exists():
            self.payments = json.loads(file.read_text())

    def open(self, api_key: str, body: dict[str, Any]) -> Payment:
        """A payment page; the same order again is the same page."""
        with self.lock:
            order = str(body.get("order_id") or "")
            amount = _amount(body.get("amount"))
            currency = str(body.get("currency") or "")
            if not order or len(currency) != 3:
                raise No(422, "order_id and currency are needed")
            known = self.payments.get(_key(api_key, order))
            if known is not None:
                if (known["asked"], known["currency"]) != (str(amount), currency):
                    raise No(422, "this order was opened with another amount")
                return known
            payment = {
                "id": f"pay_{secrets.token_hex(8)}",
                "page": secrets.token_urlsafe(16),
                "api_key": api_key,
                "order_id": order,
                "asked": str(amount),
                "amount": str(amount),
                "currency": currency,
                "status": "open",
                "fee": "0.00",
                "payer_name": str(body.get("payer_name") or "")[:140],
                "return_url": str(body.get("return_url") or ""),
                "notify_url": str(body.get("notify_url") or ""),
                "refunds": [],
                "chargebacks": [],
            }
            self.payments[_key(api_key, order)] = payment
            self._keep()
            return payment

    def find(self, api_key: str, order: str) -> Payment:
        with self.lock:
            payment = self.payments.get(_key(api_key, order))
            if payment is None:
                raise No(404, "no such payment")
            return payment

    def on_page(self, page: str) -> Payment | None:
        """The payment whose page has this secret name."""
        with self.lock:
            found = (p for p in self.payments.values() if p["page"] == page)
            return next(found, None)

    def pay(
        self, payment: Payment, *, amount: str = "", currency: str = "", payer: str = ""
    ) -> None:
        """The customer pays; with another amount or currency than asked if that is wanted."""
        with self.lock:
            if payment["status"] == "paid":
                return
            if payment["status"] == "expired" and not amount:
                raise No(409, "this page has expired")
            paid = _amount(amount or payment["asked"])
            payment |= {
                "status": "paid",
                "amount": str(paid),
                "currency": currency or payment["currency"],
                "fee": str((paid * FEE_SHARE).quantize(CENT)),
                "payer_name": payer or payment["payer_name"],
            }
            self._changed(payment, "payment.paid")

    def end(self, payment: Payment, status: str) -> None:
        """Declined by the bank, or not paid in time."""
        with self.lock:
            if payment["status"] != "open":
                return
            payment["status"] = status
            self._changed(payment, f"payment.{status}")

    def refund(self, payment: Payment, key: str, amount: str, *, status: str = "done") -> Any:
        """Give an amount back; the same key again is the same refund."""
        with self.lock:
            for one in payment["refunds"]:
                if key and one["key"] == key:
                    return one
            alive = [one for one in payment["refunds"] if one["status"] != "failed"]
            alive += [one for one in payment["chargebacks"] if one["status"] != "won"]
            gone = sum(Decimal(one["amount"]) for one in alive)
            wanted = _amount(amount)
            if payment["status"] != "paid" or wanted + gone > Decimal(payment["amount"]):
                raise No(422, "not that much of it is left")
            one = {
                "id": f"re_{secrets.token_hex(8)}",
                "key": key,
                "amount": str(wanted),
                "status": status,
            }
            payment["refunds"].append(one)
            self._changed(payment, "refund.updated")
            return one

    def settle_refund(self, payment: Payment, status: str) -> None:
        """What was pending becomes done or failed."""
        with self.lock:
            for one in payment["refunds"]:
                if one["status"] == "pending":
                    one["status"] = status
                    self._changed(payment, "refund.updated")

    def charge_back(self, payment: Payment, amount: str = "") -> None:
        """The card's bank takes the money back."""
        with self.lock:
            if payment["status"] != "paid":
                raise No(409, "only what was paid is charged back")
            payment["chargebacks"].append(
                {
                    "id": f"cb_{secrets.token_hex(8)}",
                    "amount": str(_amount(amount or payment["amount"])),
                    "fee": str(CHARGEBACK_FEE),
                    "status": "lost",
                }
            )
            self._changed(payment, "chargeback.created")

    def win(self, payment: Payment) -> None:
        """The firm wins its chargebacks: the money is its own again."""
        with self.lock:
            for one in payment["chargebacks"]:
                one["status"] = "won"
            self._changed(payment, "chargeback.won")

    def want_fault(self, fault: dict[str, Any]) -> None:
        """{"step": open|look|refund|event, "fault": …, "times": n, "order": "" for all}."""
        with self.lock:
            self.faults.append({"times": 1, "order": "", **fault})

    def fault_of(self, step: str, order: str) -> str:
        """The fault that is wanted for this call, once less from now on; empty: none."""
        with self.lock:
            for fault in self.faults:
                if fault["step"] == step and fault["order"] in ("", order) and fault["times"] > 0:
                    fault["times"] -= 1
                    return str(fault["fault"])
            return ""

    def _changed(self, payment: Payment, kind: str) -> None:
        self._keep()
        self.on_event(payment, kind)

    def _keep(self) -> None:
        if self.file is None:
            return
        scratch = self.file.with_suffix(".new")
        scratch.touch(mode=0o600)
        scratch.write_text(json.dumps(self.payments))
        scratch.replace(self.file)


def told(payment: Payment) -> dict[str, Any]:
    """A payment as the interface shows it; what is the simulator's own stays out."""
    names = (
        "id", "order_id", "amount", "currency", "status", "fee", "payer_name", "refunds",
        "chargebacks",
    )  # fmt: skip
    return {name: payment[name] for name in names}


def _key(api_key: str, order: str) -> str:
    return f"{api_key} {order}"


def _amount(text: Any) -> Decimal:
    try:
        value = Decimal(str(text))
    except ArithmeticError as error:
        raise No(422, "that is no amount") from error
    if not value.is_finite() or value <= 0:
        raise No(422, "an amount is above zero")
    return value
