"""A firm that takes cards: a simulated gateway that really listens, an account there, a method.

Events wait in the gateway until a test delivers them, through the product's own address.
"""

import json
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone

import people
from identity.models import User
from paying import Paying
from trading.commands.models import QueuedCommand
from wallets.bookkeeping import actions as bookkeeping
from wallets.ledger import chart
from wallets.ledger.models import Balance, Line
from wallets.payments import steps
from wallets.payments.cards import actions, asking, claims, refunds, setup
from wallets.payments.methods import actions as methods
from wallets.payments.models import Booking, CardPayment, CardRefund, GatewayEvent
from wallets.payments.providers.hosted import client, signing
from wallets.payments.simulator import till as tills
from wallets.payments.simulator.service import Service

API_KEY = "key-of-north-at-the-gateway"
SECRET = tills.event_secret_of(API_KEY)


class CardShop(Paying):
    """Tenant north with a gateway. `gateway_till` is the gateway's own side."""

    def __init__(self, tenant: Any, books: Any, staff_of: Any, service: Service) -> None:
        super().__init__(tenant, books, staff_of)
        self.service, self.till = service, service.till
        custody = bookkeeping.open_custody_account(
            line=int(Line.BANK),
            name="Card gateway",
            details="",
            assets=[self.euro],
            acting_user=self.finance,
        )
        self.gateway = setup.open_gateway(
            name="Test gateway",
            part=custody.part,
            api_key=API_KEY,
            event_secret=SECRET,
            acting_user=self.owner,
        )
        self.card_method = methods.create_method(
            slug="card-eur",
            asset=self.euro,
            gateway=self.gateway,
            texts={"en": {"name": "Card (EUR)", "note": "At once."}},
            accepts_withdrawals=False,
            deposit_min_units=10_00,
            deposit_max_units=5_000_00,
            deposit_fee_ppm=20_000,
            acting_user=self.owner,
        )
        self.hook = setup.hook_address(self.gateway)
        self.browser = people.browser_of(tenant)

    def start(self, user: User, units: int = 100_00, **changes: Any) -> CardPayment:
        values: dict[str, Any] = {
            "user": user,
            "account": self.account(user),
            "method": self.card_method,
            "amount_units": units,
            "request_key": uuid.uuid4(),
        }
        return actions.start_payment(**(values | changes))

    def there(self, payment: CardPayment) -> dict[str, Any]:
        """The payment at the gateway."""
        return self.till.find(API_KEY, payment.order_id)

    def pay(self, payment: CardPayment, **how: str) -> None:
        """The customer pays on the gateway's page."""
        self.till.pay(self.there(payment), payer=how.pop("payer", payment.user.name), **how)

    def waiting(self) -> list[dict[str, Any]]:
        """Events that the gateway would send, taken out."""
        found, self.service.sender.waiting = self.service.sender.waiting, []
        return found

    def deliver(self, events: list[dict[str, Any]] | None = None) -> list[int]:
        """Send events to the product's address; the answers' statuses. What gets no answer waits
        to be sent again."""
        left = list(self.waiting() if events is None else events)
        answers = []
        try:
            while left:
                answers.append(self.post(left[0]))
                left.pop(0)
        finally:
            self.service.sender.waiting += left
        return answers

    def post(self, event: dict[str, Any], **changes: Any) -> int:
        body = json.dumps(event["body"]).encode()
        seconds = int(time.time()) - (3600 if event["fault"] == "old" else 0)
        secret = "not-the-secret" if event["fault"] == "wrong_signature" else event["secret"]
        values = {
            "path": event["url"].partition("//")[2].partition("/")[2],
            "signature": signing.sign(secret, body, seconds),
        } | changes
        answer = self.browser.post(
            f"/{values['path']}",
            data=body,
            content_type="application/json",
            headers={"X-Gateway-Signature": values["signature"]},
        )
        return int(answer.status_code)

    def due(self, *payments: CardPayment) -> None:
        """What is to be asked about or sent is due now: all of it, or of these payments."""
        now = timezone.now() - timedelta(seconds=1)
        rows = CardPayment.objects.filter(ask_at__isnull=False)
        if payments:
            rows = rows.filter(pk__in=[row.pk for row in payments])
        rows.update(ask_at=now)
        CardRefund.objects.filter(send_at__isnull=False).update(send_at=now)

    def work(self) -> None:
        """What the worker's task does, once."""
        now = timezone.now()
        actions.apply_events()
        asking.ask_due(now)
        refunds.take_up_returns()
        refunds.send_due(now)
        claims.go_on_with_all(now)

    def settle(self) -> None:
        """Engine, clearing, payments and gateway, until nothing moves any more."""
        self.books.settle()
        for _ in range(30):
            before = self._mark()
            self.work()
            steps.advance()
            self.books.settle()
            if self._mark() == before:
                return
        raise AssertionError("it never comes to rest")

    def _mark(self) -> tuple[Any, ...]:
        return (
            QueuedCommand.objects.count(),
            Booking.objects.filter(settled_at=None).count(),
            GatewayEvent.objects.filter(state="received").count(),
            tuple(CardRefund.objects.order_by("pk").values_list("state", flat=True)),
            tuple(CardPayment.objects.order_by("pk").values_list("state", flat=True)),
        )

    def credited(self, user: User, units: int = 100_00) -> CardPayment:
        """A payment that is in the customer's account."""
        payment = self.start(user, units)
        self.pay(payment)
        self.deliver()
        self.settle()
        payment.refresh_from_db()
        return payment

    def at_gateway(self) -> int:
        """What the books say the gateway owes the firm, in cents."""
        house = chart.house_line(Line.BANK, self.gateway.part)
        row = Balance.objects.filter(pk=chart.house_account_id(house, self.euro.pk)).first()
        return int(row.units) if row else 0

    def owed_by_gateway(self) -> int:
        """What the gateway itself says: paid, less fees, refunds and chargebacks, in cents."""
        total = 0
        for one in self.till.payments.values():
            if one["status"] != "paid":
                continue
            total += cents(one["amount"]) - cents(one["fee"])
            total -= sum(cents(r["amount"]) for r in one["refunds"] if r["status"] == "done")
            total -= sum(cents(c["fee"]) for c in one["chargebacks"])
            total -= sum(cents(c["amount"]) for c in one["chargebacks"] if c["status"] != "won")
        return total


def cents(text: str) -> int:
    return round(float(text) * 100)


@pytest.fixture
def gateway_service(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Service]:
    """A gateway that listens; it keeps its events until a test takes them out."""
    service = Service().start(sends=False)
    service.hang_seconds = 0.6
    monkeypatch.setattr(client, "TIMEOUT", httpx.Timeout(0.3))
    settings.CARD_GATEWAY_URL = service.address
    yield service
    service.stop()


@pytest.fixture
def shop(tenant: Any, books: Any, staff_of: Any, gateway_service: Service) -> CardShop:
    own = CardShop(tenant, books, staff_of, gateway_service)
    own.settle()
    return own
