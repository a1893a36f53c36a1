"""Seeded random commands for the engine's tests."""

import random
from typing import Any

from tests.trading.engine import worlds_entries as entries
from tests.trading.engine.order_lists import RandomLists
from tests.trading.engine.worlds import FEES_ACCOUNT, START_NS
from tests.trading.engine.worlds_fees import RandomFees
from tests.trading.engine.worlds_makers import RandomMakers
from trading.engine import commands as c
from trading.engine import events as e
from trading.engine import keys
from trading.engine.enums import InstrumentState, OrderType, TimeInForce


class RandomCommands:
    """Seeded commands over few accounts and prices, so that everything meets everything.

    A clock of its own, which begins at ``start_ns`` and goes on by one with each command as the
    world's does, says what is a time to come. Who shows it the events gets commands that more
    often name an order that is there.
    """

    def __init__(self, seed: int, start_ns: int = START_NS) -> None:
        self.chance = random.Random(seed)
        self.scale = self.chance.choice([0, 2, 8])
        self.orders = 0
        self.random_lists = RandomLists(self.chance)
        self.lists: dict[int, int] = {}  # whose it is
        self.owners: dict[int, int] = {}
        self.makers = RandomMakers(self.chance)
        self.fees = RandomFees(self.chance)
        self.time_ns = start_ns
        self.state = InstrumentState.OPEN  # of instrument 1

    def setup(self) -> list[Any]:
        chance = self.chance
        messages: list[Any] = [
            c.CreateAsset(asset_id=1, scale=self.scale, code="AAA"),
            c.CreateAsset(asset_id=2, scale=8, code="BBB"),
            c.CreateAsset(asset_id=3, scale=18, code="CCC"),
            self.instrument(1, 1, 2),
            self.instrument(2, 3, 2),
            self.fees.rate_instrument(),
            *self.fees.setup(),
            c.CreateAccount(account_id=FEES_ACCOUNT, role=1, state=1),
        ]
        for account_id in range(1, 6):
            messages.append(
                c.CreateAccount(
                    account_id=account_id,
                    group_id=chance.choice([0, 0, 1, 2]),
                    trade_group_id=chance.choice([0, 0, 5]),
                    state=1,
                )
            )
            for asset_id in (1, 2, 3):
                messages.append(self.funds(account_id, asset_id))
        self.time_ns += len(messages)
        return messages

    def wait(self, nanoseconds: int) -> None:
        """Let time go on, as the world's does."""
        self.time_ns += nanoseconds

    def watch(self, events: list[Any]) -> None:
        """Look at what came of the commands."""
        for event in events:
            if isinstance(event, e.OrderAccepted):
                self.owners[event.order_id] = event.account_id
            elif isinstance(event, e.OrderListPlaced):
                self.lists[event.list_id] = event.account_id
            elif isinstance(event, e.OrderClosed):
                self.owners.pop(event.order_id, None)
            elif (
                isinstance(event, (e.InstrumentStateChanged, e.InstrumentChanged))
                and event.instrument_id == 1
            ):
                self.state = InstrumentState(event.state)

    def instrument(self, instrument_id: int, base: int, quote: int, change: bool = False) -> Any:
        chance = self.chance
        scale = {1: self.scale, 3: 18}.get(base, 2)
        message = c.ChangeInstrument if change else c.CreateInstrument
        return message(
            instrument_id=instrument_id,
            base_asset_id=base,
            quote_asset_id=quote,
            tick_units=chance.choice([1, 10, 250]) * (1 if scale < 9 else 1000),
            lot_units=10**scale // chance.choice([1, 1]) * chance.choice([1, 3]),
            min_lots=chance.choice([0, 1, 2]),
            max_lots=chance.choice([0, 60, 1000]),
            min_notional_units=chance.choice([0, 0, 200]),
            max_notional_units=chance.choice([0, 0, 10**7]),
            price_band_bp=chance.choice([0, 0, 500, 2000]),
            maker_ppm=chance.choice([0, 1000, 333_333]),
            taker_ppm=chance.choice([0, 2000, 1_000_000]),
            state=chance.choice([0, 0, 0, 1, 4]) if change else 1,
            symbol=f"S{instrument_id}",
        )

    def funds(self, account_id: int, asset_id: int) -> Any:
        scale = {1: self.scale, 2: 4, 3: 18}[asset_id]
        units = self.chance.choice([50, 2_000, 10**6]) * 10**scale
        return c.CreditFunds(account_id=account_id, asset_id=asset_id, amount_units=units, reason=1)

    def next(self) -> Any:
        """Mostly orders and cancels, now and then a change of the rules."""
        self.time_ns += 1
        if self.chance.random() < (0.02 if self.state == InstrumentState.OPEN else 0.06):
            return self.session()
        dice = self.chance.random()
        if dice < 0.44:
            return self.place()
        if dice < 0.48:
            return self.makers.quotes(self.account(), self.price)
        if dice < 0.54:
            return self.prices()
        if dice < 0.62:
            return self.random_lists.next(self.account(), self.place(), self.time_ns)
        if dice < 0.69:
            return c.CancelOrder(**self.some_order())
        if dice < 0.70:
            return self.cancel_list()
        if dice < 0.81:
            return self.replace()
        if dice < 0.86:
            return c.ReduceOrder(lots=self.chance.choice([-1, 0, 1, 3, 50]), **self.some_order())
        if dice < 0.88:
            return self.cancel_all()
        if dice < 0.90:
            return self.guard()
        if dice < 0.92:
            return self.makers.protection(self.account())
        return self.rare()

    def session(self) -> Any:
        """Auctions, sessions and breakers; what is not open soon is again."""
        chance = self.chance
        if self.state != InstrumentState.OPEN and chance.random() < 0.8:
            return c.SetInstrumentState(instrument_id=1, state=chance.choice([1, 1, 1, 4, 5]))
        return chance.choice(
            [
                lambda: c.SetInstrumentState(instrument_id=1, state=4),
                lambda: c.SetInstrumentState(instrument_id=1, state=chance.choice([4, 4, 5])),
                lambda: c.SetSession(
                    instrument_id=chance.choice([1, 1, 1, 2, 3]),
                    ends_ns=chance.choice(
                        [0, 1, -1, self.time_ns + 5, self.time_ns + 40, self.time_ns + 150]
                    ),
                ),
                lambda: c.SetBreaker(
                    instrument_id=chance.choice([1, 1, 1, 2, 3]),
                    breaker_bp=chance.choice([200, 300, 500, 500, 12_000, 0, -1, 10**7]),
                    window_ns=chance.choice([1, 20, 100, 100, 0, 10**15]),
                    halt_ns=chance.choice([1, 5, 20, 20, 20, 0]),
                ),
                lambda: c.SetBreaker(instrument_id=1),
                lambda: c.ReopenInstrument(instrument_id=chance.choice([1, 2, 3, 0])),
            ]
        )()

    def cancel_all(self) -> c.CancelAllOrders:
        chance = self.chance
        return c.CancelAllOrders(
            account_id=self.account(),
            instrument_id=chance.choice([0, 0, 1, 2, 3]),
            side=chance.choice([0, 0, 1, 2, 3]),
            cause=chance.choice([0, 0, 0, 0, 0, 0, 1, 1, 2, 3]),
            quotes_only=chance.choice([0, 0, 0, 0, 1, 1, 1, 2]),
        )

    def guard(self) -> c.SetCancelTimer | c.ArmDisconnect:
        """What cancels orders by itself."""
        chance = self.chance
        scope = {"account_id": self.account(), "instrument_id": chance.choice([0, 0, 1, 2, 3])}
        if chance.random() < 0.3:
            return c.ArmDisconnect(armed=chance.choice([0, 1, 1, 1, 2]), **scope)
        timeout_ns = chance.choice([0, 1, 5, 20, 20, 60, 200, 10**13, -1, 10**15])
        return c.SetCancelTimer(timeout_ns=timeout_ns, **scope)

    def account(self) -> int:
        return self.chance.choice([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, FEES_ACCOUNT, 77])

    def some_order(self) -> dict[str, int]:
        chance = self.chance
        if self.owners and chance.random() < 0.5:
            order_id = chance.choice(list(self.owners))
            return {"account_id": self.owners[order_id], "order_id": order_id}
        by_key = chance.random() < 0.3
        return {
            "account_id": self.account(),
            "order_id": 0 if by_key else max(0, self.orders - int(chance.expovariate(0.15))),
            "client_key": keys.client_order_key(f"o{chance.randrange(60)}") if by_key else 0,
        }

    def cancel_list(self) -> c.CancelOrderList:
        chance = self.chance
        if self.lists and chance.random() < 0.7:
            list_id = chance.choice(list(self.lists)[-12:])
            return c.CancelOrderList(account_id=self.lists[list_id], list_id=list_id)
        key = keys.client_order_key(f"l{chance.randrange(25)}")
        return c.CancelOrderList(
            account_id=self.account(), list_id=chance.choice([0, 0, 0, -1, 3]), client_key=key
        )

    def price(self) -> int:
        if self.chance.random() < 0.02:
            return self.chance.choice([0, -1, 10**15, 10**16, 2**62])
        return 100 + int(self.chance.gauss(0, 4))

    def replace(self) -> c.ReplaceOrder:
        chance = self.chance
        return c.ReplaceOrder(
            lots=chance.choice([0, 0, 0, 1, 2, 4, 9, 30, -1, 10**15 + 1]),
            ticks=self.price() if chance.random() < 0.6 else 0,
            **self.some_order(),
        )

    def place(self) -> c.PlaceOrder:
        chance = self.chance
        self.orders += 1
        limit = chance.random() < 0.75
        triggered = chance.random() < 0.35
        by_quote = not limit and chance.random() < (0.02 if triggered else 0.5)
        lots = (
            chance.choice([1, 1, 2, 3, 5, 8, 20, 80])
            if chance.random() < 0.96
            else -2 * chance.randrange(2)
        )
        order_type = OrderType.LIMIT if limit else OrderType.MARKET
        if triggered and limit:
            order_type = chance.choice([OrderType.STOP_LIMIT, OrderType.TAKE_PROFIT_LIMIT])
        elif triggered:
            order_type = chance.choice([OrderType.STOP_MARKET, OrderType.TAKE_PROFIT_MARKET])
        trails = triggered and chance.random() < 0.4
        if trails:
            order_type = chance.choice(
                [OrderType.TRAILING_STOP_MARKET, OrderType.TRAILING_STOP_LIMIT]
            )
            limit = by_quote = False
        trigger = self.price() if triggered and not trails else 0
        time_in_force = chance.choice([1, 1, 1, 2, 3, 4, 5])
        expire_ns = 0
        if time_in_force == TimeInForce.GTD:
            ahead = chance.choice([1, 2, 5, 5, 20, 20, 60, 200, 2**62])
            expire_ns = self.time_ns + ahead
        if chance.random() < 0.02:
            expire_ns = chance.choice([0, -1, 1, self.time_ns - 1, self.time_ns, 2**63 - 1])
        display = 0
        may_hide = limit and time_in_force in (TimeInForce.GTC, TimeInForce.GTD)
        if chance.random() < (0.35 if may_hide else 0.02):
            display = chance.choice([1, 1, 2, 2, 3, 7, 20]) if chance.random() < 0.95 else -1
            lots = chance.choice([lots, 5, 9, 20, 80])
        if chance.random() < 0.01:
            lots, display = 1500, 1
        trigger_ns = 0
        if chance.random() < 0.1:
            trigger_ns = self.time_ns + chance.choice([1, 2, 5, 20, 20, 60, 10**16])
            if chance.random() < 0.15:
                trigger_ns = chance.choice([-1, self.time_ns, self.time_ns + 366 * 86_400 * 10**9])
        text = f"o{chance.randrange(60)}" if chance.random() < 0.3 else ""
        key = keys.client_order_key(text)
        if chance.random() < 0.01:
            key = chance.choice([0, -5, 12])
        return c.PlaceOrder(
            account_id=self.account(),
            instrument_id=chance.choice([1, 1, 2, 2, 3, 5]) if chance.random() < 0.1 else 1,
            lots=0 if by_quote else lots,
            ticks=self.price() if limit or chance.random() < 0.02 else 0,
            quote_units=chance.choice([1, 100, 5_000, 10**6])
            if by_quote
            else (5 if chance.random() < 0.01 else 0),
            side=chance.choice([1, 2]) if chance.random() < 0.99 else chance.choice([0, 3, 255]),
            order_type=order_type if chance.random() < 0.99 else chance.choice([0, 9, 7, 3, 1]),
            time_in_force=time_in_force if chance.random() < 0.99 else 9,
            self_trade_prevention=chance.randrange(5) if chance.random() < 0.99 else 5,
            flags=int(chance.random() < (0.02 if triggered or not limit else 0.25))
            if chance.random() < 0.99
            else 2,
            client_key=key,
            client_order_id=text,
            trigger_ticks=trigger if chance.random() < 0.99 else 100,
            expire_ns=expire_ns,
            display_lots=display,
            trigger_ns=trigger_ns,
            **self.trigger_terms(order_type, triggered, trails),
        )

    def trigger_terms(self, order_type: int, triggered: bool, trails: bool) -> dict[str, int]:
        """Whose price fires an order, and how a trailing stop follows it; now and then nonsense."""
        chance = self.chance
        terms = {"trigger_source": chance.choice([0, 0, 0, 1, 1, 2]) if triggered else 0}
        if trails:
            terms["trailing_distance_bp"] = chance.choice([1, 50, 100, 101, 200, 200, 300, 5000])
            terms["activation_ticks"] = self.price() if chance.random() < 0.4 else 0
        if order_type == OrderType.TRAILING_STOP_LIMIT:
            terms["limit_offset_ticks"] = chance.choice([0, 0, 1, 3, 100, 10**15])
        if chance.random() < 0.02:
            name = chance.choice(
                [
                    "trigger_source",
                    "trailing_distance_bp",
                    "activation_ticks",
                    "limit_offset_ticks",
                ]
            )
            least = 0 if name in ("trigger_source", "trailing_distance_bp") else -1
            terms[name] = chance.choice([least, 1, 3, 5001, 2**32 - 1])
        return terms

    def prices(self) -> c.SetPrices:
        """Mark and index prices near those of the trades."""
        chance = self.chance
        return c.SetPrices(
            instrument_id=1 if chance.random() < 0.9 else chance.choice([2, 3]),
            mark_ticks=self.price() if chance.random() < 0.7 else 0,
            index_ticks=self.price() if chance.random() < 0.5 else 0,
        )

    def rare(self) -> Any:
        chance = self.chance
        account_id = self.account()
        asset_id = chance.choice([1, 2, 3, 4])
        return chance.choice(
            [
                lambda: self.funds(account_id, chance.choice([1, 2, 3])),
                lambda: c.CreditFunds(
                    account_id=account_id,
                    asset_id=asset_id,
                    amount_units=chance.choice([0, -1, 10**38 - 1, 10**20]),
                    reason=chance.choice([0, 1, 9, 90]),
                    reference_id=4,
                    **entries.against(chance),
                ),
                lambda: entries.random_entry(chance, self.time_ns),
                lambda: c.DebitFunds(
                    account_id=account_id,
                    asset_id=asset_id,
                    amount_units=chance.choice([1, 500, 10**12, 0]),
                    reason=2,
                    reference_id=chance.randrange(100),
                    **entries.against(chance),
                ),
                self.fees.next,
                self.fees.next,
                lambda: c.SetFees(
                    group_id=chance.choice([0, 1, 2, -1]),
                    instrument_id=chance.choice([0, 1, 2, 3]),
                    maker_ppm=chance.choice([-1, 0, 500, 1_000_001]),
                    taker_ppm=chance.choice([0, 700]),
                ),
                lambda: c.SetReferencePrice(
                    instrument_id=chance.choice([1, 2, 3, 5, 5]), ticks=chance.choice([95, 100, 0])
                ),
                lambda: c.SetInstrumentState(
                    instrument_id=chance.choice([1, 2, 3]),
                    state=chance.choice([1, 1, 1, 1, 1, 2, 3, 4, 5, 6]),
                ),
                lambda: self.instrument(chance.choice([1, 1, 3]), 1, 2, change=True),
                lambda: self.instrument(chance.choice([1, 3]), 1, 2),
                lambda: c.ChangeAccount(
                    account_id=account_id,
                    group_id=chance.choice([0, 1, 2]),
                    trade_group_id=chance.choice([0, 0, 5, 6]),
                    state=chance.choice([1, 1, 1, 1, 1, 1, 1, 2, 3, 0]),
                ),
                lambda: c.CreateAccount(
                    account_id=chance.choice([3, 8]), role=chance.choice([0, 1, 4]), state=1
                ),
                lambda: self.instrument(chance.choice([1, 4]), chance.choice([2, 5]), 2),
                lambda: c.CreateAsset(
                    asset_id=chance.choice([0, 2, 6]), scale=chance.choice([8, 19]), code="X"
                ),
                lambda: chance.choice([c.ExpireOrder, c.TriggerOrder])(
                    order_id=chance.choice([*self.owners, 0, -1, 10**6, 1, 2, self.orders])
                ),
            ]
        )()
