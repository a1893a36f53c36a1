"""Traders of a world: many funded accounts, and seeded orders sent straight to the engine."""

import random
import time
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django_tenants.utils import tenant_context

from identity.models import User
from order_fields import list_of
from tenants import directory, registry
from tenants.actions import change_setting
from tenants.models import Tenant
from trading.accounts.actions import open_account
from trading.accounts.declared import MOST_ACCOUNTS
from trading.accounts.models import Account, AccountRole
from trading.commands.actions import enqueue_command
from trading.engine import commands
from trading.engine.client import EngineClient, Request
from trading.engine.enums import (
    FundsReason,
    InstrumentState,
    OrderFlag,
    OrderType,
    SelfTradePrevention,
    TimeInForce,
)
from trading.engine.keys import client_order_key
from trading.instruments.selectors import catalogue

FUNDS_UNITS = 10**15


@dataclass
class Traders:
    """The accounts of one tenant that trade, and its instruments."""

    tenant_id: int
    account_ids: list[int]
    poor_ids: list[int]  # without funds, so that a waiting order is rejected when its price comes
    quiet_ids: list[int]
    instruments: list[Any]
    sent: list[tuple[int, int]] = field(default_factory=list)  # (account, client key), the latest

    def commands(self, rng: random.Random, count: int) -> list[Any]:
        """Orders of all types, replacements, cancels and reductions around fixed prices."""
        made: list[Any] = []
        gathers = rng.choice(self.instruments).id
        for number in range(count):
            # For a third of the time one instrument gathers orders for an auction.
            if number in (count // 3, count * 2 // 3):
                state = InstrumentState.AUCTION if number == count // 3 else InstrumentState.OPEN
                made.append(commands.SetInstrumentState(instrument_id=gathers, state=int(state)))
            account_id = rng.choice(self.account_ids + self.poor_ids + self.quiet_ids)
            info = rng.choice(self.instruments)
            what = rng.random()
            if what < 0.5:
                made.append(self._order(rng, account_id, info))
            elif what < 0.55:
                made.append(self._prices(rng, info))
            elif what < 0.61:
                made.append(self._list(rng, account_id, info))
            elif what < 0.70:
                made.append(self._triggered(rng, account_id, info))
            elif what < 0.78:
                made.append(self._replacement(rng))
            elif what < 0.85:
                made.append(
                    commands.ReduceOrder(
                        account_id=account_id,
                        order_id=rng.randint(1, max(1, len(made))),
                        lots=rng.randint(1, 40),
                    )
                )
            elif what < 0.95:
                made.append(
                    commands.CancelOrder(
                        account_id=account_id, order_id=rng.randint(1, max(1, len(made)))
                    )
                )
            else:
                made.append(commands.CancelAllOrders(account_id=account_id, instrument_id=info.id))
        return made

    def _replacement(self, rng: random.Random) -> Any:
        """Of one of the orders sent lately, open or not."""
        account_id, client_key = rng.choice(self.sent or [(self.account_ids[0], 1)])
        return commands.ReplaceOrder(
            account_id=account_id,
            client_key=client_key,
            lots=rng.choice([0, rng.randint(100, 2000)]),
            ticks=rng.choice([0, rng.randint(99_900, 100_100)]),
        )

    def _list(self, rng: random.Random, account_id: int, info: Any) -> Any:
        """A pair around the prices that trade, or an order that such a pair follows."""
        side = rng.choice([1, 2])
        away = 1 if side == 2 else -1
        common = {
            "account_id": account_id,
            "instrument_id": info.id,
            "lots": rng.randint(100, 2000),
            "self_trade_prevention": int(rng.choice(list(SelfTradePrevention))),
        }
        gain = commands.PlaceOrder(
            **common,
            side=side,
            order_type=int(OrderType.LIMIT),
            time_in_force=int(TimeInForce.GTC),
            ticks=100_000 + away * rng.randint(1, 90),
        )
        stop = commands.PlaceOrder(
            **common,
            side=side,
            order_type=int(OrderType.STOP_MARKET),
            time_in_force=int(TimeInForce.IOC),
            trigger_ticks=100_000 - away * rng.randint(1, 90),
        )
        lead = commands.PlaceOrder(
            **common,
            side=3 - side,
            order_type=int(OrderType.LIMIT),
            time_in_force=int(TimeInForce.GTC),
            ticks=rng.randint(99_900, 100_100),
        )
        if rng.random() < 0.5:
            trailing = {
                "order_type": int(OrderType.TRAILING_STOP_MARKET),
                "trigger_ticks": 0,
                "trailing_distance_bp": rng.choice([1, 3, 8, 20]),
                "trigger_source": rng.choice([0, 0, 1]),
            }
            later = {"trigger_ns": time.time_ns() + rng.randint(10**7, 2 * 10**9)}
            stop = msgspec.structs.replace(stop, **rng.choice([trailing, later]))
        legs = rng.choice([(gain, stop), (lead, gain), (lead, gain, stop), (lead, gain, stop)])
        return list_of(3 if len(legs) == 3 else 1 if legs[0] is gain else 2, *legs)

    def _triggered(self, rng: random.Random, account_id: int, info: Any) -> Any:
        """A stop or take-profit order near the prices that trade, now and then until a time."""
        order_type = OrderType(rng.randint(OrderType.STOP_MARKET, OrderType.TRAILING_STOP_LIMIT))
        trails = order_type in (OrderType.TRAILING_STOP_MARKET, OrderType.TRAILING_STOP_LIMIT)
        is_limit = order_type in (OrderType.STOP_LIMIT, OrderType.TAKE_PROFIT_LIMIT)
        soon_ns = rng.choice([0, 0, time.time_ns() + rng.randint(10**7, 3 * 10**9)])
        rests = is_limit or order_type == OrderType.TRAILING_STOP_LIMIT
        time_in_force = TimeInForce.GTC if rests else TimeInForce.IOC
        later_ns = time.time_ns() + rng.randint(10**7, 2 * 10**9)
        return commands.PlaceOrder(
            account_id=account_id,
            instrument_id=info.id,
            lots=rng.randint(100, 2000),
            ticks=rng.randint(99_900, 100_100) if is_limit else 0,
            side=rng.choice([1, 2]),
            order_type=int(order_type),
            time_in_force=int(TimeInForce.GTD if soon_ns else time_in_force),
            self_trade_prevention=int(rng.choice(list(SelfTradePrevention))),
            trigger_ticks=0 if trails else rng.randint(99_900, 100_100),
            expire_ns=soon_ns,
            trigger_source=rng.choice([0, 0, 1, 2]),
            trailing_distance_bp=rng.choice([1, 3, 8, 20]) if trails else 0,
            activation_ticks=rng.choice([0, rng.randint(99_900, 100_100)]) if trails else 0,
            limit_offset_ticks=rng.choice([0, 5]) if rests and trails else 0,
            trigger_ns=0 if soon_ns else rng.choice([0, 0, 0, later_ns]),
        )

    @staticmethod
    def _prices(rng: random.Random, info: Any) -> Any:
        """Mark and index prices about where the trades are."""
        return commands.SetPrices(
            instrument_id=info.id,
            mark_ticks=rng.randint(99_900, 100_100),
            index_ticks=rng.choice([0, rng.randint(99_900, 100_100)]),
        )

    def _order(self, rng: random.Random, account_id: int, info: Any) -> Any:
        ticks, lots, quote_units = rng.randint(99_900, 100_100), rng.randint(100, 2000), 0
        order_type, flags = OrderType.LIMIT, 0
        time_in_force = rng.choice(
            [TimeInForce.GTC, TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK]
        )
        kind = rng.random()
        if kind < 0.1:
            order_type, ticks, time_in_force = OrderType.MARKET, 0, TimeInForce.IOC
        elif kind < 0.2:
            order_type, ticks, time_in_force = OrderType.MARKET, 0, TimeInForce.IOC
            lots, quote_units = 0, rng.randint(10**8, 10**12)
        elif kind < 0.3:
            time_in_force, flags = TimeInForce.GTC, int(OrderFlag.POST_ONLY)
        rests = order_type == OrderType.LIMIT and time_in_force == TimeInForce.GTC
        display_lots = rng.choice([0, 0, rng.randint(20, lots - 1)]) if rests else 0
        text = f"t{rng.getrandbits(48):x}"
        self.sent = [*self.sent[-40:], (account_id, client_order_key(text))]
        return commands.PlaceOrder(
            account_id=account_id,
            instrument_id=info.id,
            client_key=client_order_key(text),
            client_order_id=text,
            lots=lots,
            ticks=ticks,
            quote_units=quote_units,
            side=rng.choice([1, 2]),
            order_type=int(order_type),
            time_in_force=int(time_in_force),
            self_trade_prevention=int(rng.choice(list(SelfTradePrevention))),
            flags=flags,
            display_lots=display_lots,
        )


def let_have(tenant: Tenant, accounts: int) -> None:
    """Customers may have so many accounts, if they may not yet."""
    if registry.get(MOST_ACCOUNTS) < accounts:
        change_setting(
            tenant=tenant, name=MOST_ACCOUNTS, value=accounts, acting_user=None, reason="A test"
        )
        directory.forget()


def open_traders(tenant: Tenant, how_many: int) -> Traders:
    """Open accounts of the tenant's first customer, one of them poor, and queue funds."""
    with tenant_context(tenant):
        user = User.objects.filter(is_staff=False).order_by("id").first()
        assert user is not None
        before = user.accounts.count()
        let_have(tenant, before + how_many + 1)
        accounts = [
            open_account(user=user, acting_user=user, name=f"Trader {before + number}")
            for number in range(how_many)
        ]
        poor = open_account(user=user, acting_user=user, name=f"Poor {before}")
        known = catalogue(fresh=True)
        for account in accounts:
            for asset_id in known.assets:
                enqueue_command(
                    commands.CreditFunds(
                        account_id=account.pk,
                        asset_id=asset_id,
                        amount_units=FUNDS_UNITS,
                        reason=int(FundsReason.DEPOSIT),
                        reference_id=account.pk,
                    ),
                    acting_user=None,
                )
        quiet = Account.objects.filter(role=AccountRole.HOUSE_MARKET_MAKER)
        return Traders(
            tenant_id=tenant.pk,
            account_ids=[account.pk for account in accounts],
            poor_ids=[poor.pk],
            quiet_ids=[account.pk for account in quiet],
            instruments=list(known.instruments.values()),
        )


def send_all(client: EngineClient, tenant_id: int, made: list[Any], window: int = 200) -> None:
    """Send commands in order, pipelined."""
    for start in range(0, len(made), window):
        client.send_frames(
            [Request(tenant_id, command) for command in made[start : start + window]]
        )
