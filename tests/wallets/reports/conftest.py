"""A seeded world of trades and movements of funds, cleared, with its plain recomputation."""

import random
from dataclasses import dataclass

import pytest
from django.conf import settings

from books import Books
from identity.models import User
from plain_reports import PlainReports
from traders import Traders, open_traders, send_all
from trading.accounts.models import Account
from trading.engine import commands
from trading.engine.client import EngineClient
from trading.engine.enums import FundsReason
from wallets.reports import actions

SEED = 20261128
ROUNDS, ORDERS = 4, 100


@dataclass
class Played:
    """Alice's accounts have traded; `plain` is what the journal says."""

    books: Books
    traders: Traders
    plain: PlainReports
    owner: User

    @property
    def accounts(self) -> list[Account]:
        return list(Account.objects.filter(pk__in=self.traders.account_ids).order_by("pk"))


def play(books: Books, owner: User) -> Played:
    rng = random.Random(SEED)
    print("seed", SEED)
    traders = open_traders(books.tenant, 4)
    books.settle()
    client = EngineClient(settings.ENGINE_SOCKET)
    for number in range(ROUNDS):
        made = traders.commands(rng, ORDERS)
        for _ in range(6):
            account_id = rng.choice(traders.account_ids)
            kind = rng.choice([commands.CreditFunds, commands.DebitFunds])
            made.append(
                kind(
                    account_id=account_id,
                    asset_id=rng.choice([i.base_id for i in traders.instruments]),
                    amount_units=rng.randint(1, 10**9),
                    reason=int(rng.choice([FundsReason.ADJUSTMENT, FundsReason.WITHDRAWAL])),
                    reference_id=number + 1,
                )
            )
        send_all(client, books.tenant.pk, made, window=20)
    books.clear()
    plain = PlainReports(books.tenant.pk, set(traders.quiet_ids), settings.ENGINE_DIR)
    return Played(books, traders, plain, owner)


@pytest.fixture
def played(books: Books, alice: User) -> Played:
    return play(books, alice)


@pytest.fixture(params=["without checkpoints", "with checkpoints"])
def either(request: pytest.FixtureRequest, played: Played) -> Played:
    """The same world, read from the first posting on and from checkpoints on."""
    if request.param == "with checkpoints":
        assert actions.write_checkpoints(entries=37, postings=5) > 3
    return played
