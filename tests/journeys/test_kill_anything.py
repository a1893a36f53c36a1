"""`kill -9` of every process while customers trade: what was acknowledged is there, once.

The whole product runs under its supervisor with the replayed market. A bot at each of two firms
sends orders over the API all the time; meanwhile each process is killed in turn, the database and
the cache included. Answers that never came are asked about by client order id, as a careful
customer would. In the end every acknowledged order is in the books once, and the books verify.
"""

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from bots import Bot
from running import Product

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

EVERYTHING = ("postgres", "valkey", "engine", "web", "clearing", "publisher", "relay", "replay")
ORDERS_A_DEATH = 10
# Answers that say nothing was done. A request that waited for the database to come back is too old
# by the time its signature is looked at.
REFUSED_WHOLE = {"INSUFFICIENT_FUNDS", "STALE_TIMESTAMP"}
VICTIMS = ("engine", "web", "clearing", "publisher", "relay", "replay", "valkey", "postgres")

MAKE_KEY = """
from django_tenants.utils import schema_context
from identity.actions import api_keys
from identity.models import User
from tenants.models import Tenant
with schema_context(Tenant.objects.get(slug="{slug}").schema_name):
    from trading.accounts.models import Account, AccountRole
    user = Account.objects.filter(role=AccountRole.CUSTOMER).first().user
    made = api_keys.create_api_key(request=None, user=user, label="journey",
        permissions=["read", "trade"], acting_user=user)
    print("KEY", made.key.public_id, made.secret)
"""

LIST_ORDERS = """
from django_tenants.utils import schema_context
from tenants.models import Tenant
with schema_context(Tenant.objects.get(slug="{slug}").schema_name):
    from trading.orders.models import Order
    for order in Order.objects.filter(client_order_id__startswith="kill-"):
        print("ORDER", order.client_order_id, order.pk)
"""


@dataclass
class Trader(threading.Thread):
    """Sends small orders until told to stop; keeps what was answered and what was not."""

    bot: Bot
    seed: int
    stopping: threading.Event
    acknowledged: dict[str, str] = field(default_factory=dict)  # client order id -> order id
    unanswered: list[str] = field(default_factory=list)
    accounts: set[int] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = object.__hash__

    def run(self) -> None:
        rng = random.Random(self.seed)
        number = 0
        while not self.stopping.is_set():
            number += 1
            self.place(f"kill-{self.seed}-{number}", rng)
            time.sleep(0.02)

    def place(self, client_order_id: str, rng: random.Random) -> None:
        side = rng.choice(["buy", "sell"])
        price = rng.choice(["58500", "61900"]) if side == "buy" else rng.choice(["61500", "64500"])
        try:
            answer = self.bot.limit(side, "0.00100", price, client_order_id=client_order_id)
        except httpx.HTTPError:
            self.unanswered.append(client_order_id)
            return
        if answer.status_code in (200, 201):
            order = answer.json()
            self.acknowledged[client_order_id] = str(order["order_id"])
            self.accounts.add(order["account"])
        elif answer.status_code >= 500:
            self.unanswered.append(client_order_id)
        elif answer.json()["error"]["code"] not in REFUSED_WHOLE:
            self.problems.append(f"{answer.status_code} {answer.text}")


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    with Product("--demo") as product:
        product.start()
        product.wait_up(*EVERYTHING, timeout_s=240)
        yield product


def bot_of(product: Product, slug: str) -> Bot:
    done = product.manage("shell", "-c", MAKE_KEY.format(slug=slug))
    words = [line.split() for line in done.stdout.splitlines() if line.startswith("KEY")]
    assert words, done.stdout + done.stderr
    return Bot(product.port, f"{slug}.localhost", words[0][1], words[0][2])


def orders_in_the_books(product: Product, slug: str) -> list[tuple[str, str]]:
    """(client order id, order id) of every order of these traders that SQL holds."""
    done = product.manage("shell", "-c", LIST_ORDERS.format(slug=slug))
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines() if line.startswith("ORDER")]
    return [(client_order_id, order_id) for _, client_order_id, order_id in lines]


def wait_for_orders(product: Product, traders: list[Trader]) -> None:
    """Until each trader had some more orders acknowledged: trading goes on."""
    enough = {trader: len(trader.acknowledged) + ORDERS_A_DEATH for trader in traders}
    product.wait(
        lambda: all(len(trader.acknowledged) >= count for trader, count in enough.items()),
        "orders are acknowledged",
        timeout_s=120,
    )


def test_every_acknowledged_order_survives_the_death_of_any_process(product: Product) -> None:
    stopping = threading.Event()
    traders = [
        Trader(bot_of(product, slug), seed, stopping)
        for seed, slug in enumerate(("aurora", "longmen"), start=1)
    ]
    for trader in traders:
        trader.start()
    try:
        for name in VICTIMS:
            wait_for_orders(product, traders)
            pid = product.process(name)["pid"]
            os.kill(pid, signal.SIGKILL)
            product.wait(
                lambda name=name, pid=pid: product.process(name).get("pid") not in (None, pid),
                f"{name} started again",
            )
            product.wait_up(*EVERYTHING, timeout_s=240)
        wait_for_orders(product, traders)
    finally:
        stopping.set()
        for trader in traders:
            trader.join(120)
            assert not trader.is_alive()
    # Proves engine = ledger as of one seq, so from here on clearing has seen every order.
    done = product.manage("verify_books", timeout_s=240)
    assert done.returncode == 0, done.stdout + done.stderr
    for trader in traders:
        assert trader.problems == [], (trader.accounts, trader.bot.host)
        assert len(trader.accounts) == 1
        assert len(trader.acknowledged) >= ORDERS_A_DEATH * len(VICTIMS)
        found = orders_in_the_books(product, trader.bot.host.partition(".")[0])
        known = dict(found)
        assert len(known) == len(found), "a client order id stands twice"
        assert trader.acknowledged.items() <= known.items()
        assert known.keys() <= trader.acknowledged.keys() | set(trader.unanswered)
