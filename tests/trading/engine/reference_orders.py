"""The part of the reference model that keeps orders: who holds what, and who trades with whom."""

from dataclasses import dataclass, field
from typing import Any, Self

from tests.trading.engine.reference_books import Refused
from tests.trading.engine.reference_fees import ReferenceFees
from trading.engine import commands as c
from trading.engine import events as e
from trading.engine.enums import (
    OrderFlag,
    OrderStatus,
    OrderType,
    ReduceReason,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from trading.engine.results import Result

STOPS = (OrderType.STOP_MARKET, OrderType.STOP_LIMIT)
TRAILING = (OrderType.TRAILING_STOP_MARKET, OrderType.TRAILING_STOP_LIMIT)
TRIGGERED = (*STOPS, OrderType.TAKE_PROFIT_MARKET, OrderType.TAKE_PROFIT_LIMIT, *TRAILING)
PRICED = (OrderType.LIMIT, OrderType.STOP_LIMIT, OrderType.TAKE_PROFIT_LIMIT)
RESTING_TIMES = (TimeInForce.GTC, TimeInForce.GTD, TimeInForce.DAY)


def waits_for_a_rise(command: c.PlaceOrder) -> bool:
    """Also where a trailing stop begins to follow."""
    return (command.order_type in STOPS) == (command.side == Side.BUY)


@dataclass(frozen=True)
class Group:
    """An order list: which orders it is made of, and what they are to each other."""

    kind: int
    order_ids: tuple[int, ...]
    account_id: int
    client_key: int

    def twins(self, order_id: int) -> list[int]:
        """Who ends with an order in any case: the other one of its OCO pair."""
        pairs = {1: self.order_ids, 2: (), 3: self.order_ids[1:]}[self.kind]
        return [other for other in pairs if order_id in pairs and other != order_id]

    def followers(self, order_id: int) -> list[int]:
        """Who comes only when an order is filled."""
        leads = self.kind != 1 and order_id == self.order_ids[0]
        return list(self.order_ids[1:]) if leads else []


@dataclass(eq=False)
class Placed:
    """An order as the reference sees it."""

    order_id: int
    arrival: int
    command: c.PlaceOrder
    seq: int
    leaves: int
    lots: int
    ticks: int
    traded_lots: int = 0
    traded_quote: int = 0
    hidden: int = 0  # of what it leaves, while it rests
    resting: bool = False
    waiting: bool = False
    asleep: bool = False  # waits for its time
    due: bool = False  # its time has come, but the instrument is not open
    active_from: int = -1  # a trailing stop: which of its source's prices it began at
    entered: int = 0  # when it began to wait as it does
    pending: bool = False  # for the first order of its list
    status: int = OrderStatus.OPEN
    ends: int = 0  # when it ends by itself
    group: "Group | None" = None
    ended: int = 0  # the how many-th to end it was

    @property
    def is_open(self) -> bool:
        return self.resting or self.waiting or self.pending

    @property
    def waits_first(self) -> bool:
        """Whether it was placed to wait for a price or a time."""
        return self.command.order_type in TRIGGERED or self.command.trigger_ns != 0

    @property
    def priced(self) -> bool:
        if self.command.order_type == OrderType.TRAILING_STOP_LIMIT:
            return self.ticks != 0  # it has its price from when it fires
        return self.command.order_type in PRICED

    @property
    def shown(self) -> int:
        return self.leaves - self.hidden

    @property
    def is_quote(self) -> bool:
        return bool(self.command.flags & OrderFlag.QUOTE)

    @property
    def by_quote(self) -> bool:
        return self.command.lots == 0

    def copied(self) -> "Placed":
        other = object.__new__(Placed)
        other.__dict__.update(self.__dict__)  # neither the command nor the group ever changes
        return other


@dataclass
class ReferenceOrders(ReferenceFees):
    """One tenant's orders."""

    orders: list[Placed] = field(default_factory=list)
    going: dict[int, Placed] = field(default_factory=dict)  # those that have not ended
    due: list[int] = field(default_factory=list)  # orders whose lead was filled just now
    arrivals: int = 0
    endings: int = 0
    trades: int = 0
    kept: int = 100_000

    def copied(self) -> Self:
        other = super().copied()
        for order_id, order in self.going.items():  # what has ended never changes
            other.going[order_id] = other.orders[order_id - 1] = order.copied()
        return other

    def add_order(self, order: Placed) -> None:
        self.orders.append(order)
        self.going[order.order_id] = order

    def window_price(self, instrument_id: int) -> int:
        raise NotImplementedError

    def breaks(self, instrument_id: int, side: int, start: int, ticks: int) -> bool:
        raise NotImplementedError

    # Facts derived each time.

    def open_orders(self, instrument_id: int | None = None) -> list[Placed]:
        """Resting, waiting and pending orders, the oldest first."""
        return [
            order
            for order in self.going.values()
            if order.is_open
            and (instrument_id is None or order.command.instrument_id == instrument_id)
        ]

    def queue(self, instrument_id: int, side: int) -> list[Placed]:
        """Resting orders of a side in the order in which they trade."""
        found = [
            order
            for order in self.open_orders(instrument_id)
            if order.resting and order.command.side == side
        ]
        sign = -1 if side == Side.BUY else 1
        return sorted(found, key=lambda order: (sign * order.ticks, order.arrival))

    def held(self, account_id: int, asset_id: int) -> int:
        total = 0
        for order in self.open_orders():
            rules = self.instruments[order.command.instrument_id]
            if not order.resting or order.command.account_id != account_id:
                continue
            if order.command.side == Side.BUY and rules["quote_asset_id"] == asset_id:
                total += order.leaves * order.ticks * rules["factor"]
            if order.command.side == Side.SELL and rules["base_asset_id"] == asset_id:
                total += order.leaves * rules["lot_units"]
        return total

    def available(self, account_id: int, asset_id: int) -> int:
        return self.booked.get((account_id, asset_id), 0) - self.held(account_id, asset_id)

    def same_party(self, one: int, other: int) -> bool:
        group = self.accounts[one]["trade_group_id"]
        return one == other or (group != 0 and group == self.accounts[other]["trade_group_id"])

    def fee_ppm(self, account_id: int, instrument_id: int) -> tuple[int, int]:
        group = self.accounts[account_id]["group_id"]
        rules = self.instruments[instrument_id]
        line = rules["maker_ppm"], rules["taker_ppm"]
        for key in ((0, 0), (0, instrument_id), (group, 0), (group, instrument_id)):
            line = self.fees.get(key, line)
        step = self.step_of(account_id)
        return (min(line[0], step[1]), min(line[1], step[2]))

    def known(self, order: Placed) -> bool:
        return order.is_open or order.ended > max(0, self.endings - self.kept)

    def by_number(self, order_id: int) -> Placed | None:
        if not 0 < order_id <= len(self.orders):
            return None
        order = self.orders[order_id - 1]
        return order if self.known(order) else None

    def find(self, account_id: int, order_id: int, client_key: int) -> Placed | None:
        if order_id != 0:
            order = self.by_number(order_id)
            return order if order and order.command.account_id == account_id else None
        if client_key == 0:
            return None
        named = [order for order in self.orders if order.command.client_key == client_key]
        for order in named:
            if order.command.account_id == account_id and self.known(order):
                return order
        return None

    # Matching.

    @staticmethod
    def too_far(maker: Placed, order: Placed) -> bool:
        if order.command.side == Side.BUY:
            return maker.ticks > order.ticks
        return maker.ticks < order.ticks

    def facing(self, order: Placed) -> list[Placed]:
        other_side = Side.SELL if order.command.side == Side.BUY else Side.BUY
        return self.queue(order.command.instrument_id, other_side)

    def run(self, order: Placed) -> str:
        """Trade an order; "done", "ended" (nothing more to take), "prevented", or
        "halted" where the circuit breaker lets it go no further.
        """
        command = order.command
        rules = dict(self.instruments[command.instrument_id])
        budget = command.quote_units
        start = self.window_price(command.instrument_id)
        while True:
            facing = self.facing(order)
            if not facing:
                return "ended"
            maker = facing[0]
            if order.priced:
                if self.too_far(maker, order):
                    return "ended"
            else:
                # Only towards the taker's bad side does the band hold a market order back.
                reference = rules["last"] or rules["reference"]
                worse = (
                    maker.ticks > reference if command.side == Side.BUY else maker.ticks < reference
                )
                if worse and not self.inside_band(rules, maker.ticks):
                    return "ended"
            lot_price = maker.ticks * rules["factor"]
            wanted = budget // lot_price if order.by_quote else order.leaves
            if self.breaks(command.instrument_id, command.side, start, maker.ticks):
                return "halted" if wanted else "ended"
            if wanted == 0:
                return "done" if order.traded_lots else "ended"
            lots = min(wanted, maker.shown)
            mode = command.self_trade_prevention
            if mode != SelfTradePrevention.NONE and self.same_party(
                maker.command.account_id, command.account_id
            ):
                if mode == SelfTradePrevention.EXPIRE_TAKER:
                    return "prevented"
                if mode == SelfTradePrevention.EXPIRE_BOTH:
                    self.close(maker, OrderStatus.EXPIRED_IN_MATCH)
                    return "prevented"
                if mode == SelfTradePrevention.EXPIRE_MAKER:
                    self.close(maker, OrderStatus.EXPIRED_IN_MATCH)
                    continue
                if lots == maker.leaves:
                    self.close(maker, OrderStatus.EXPIRED_IN_MATCH)
                else:
                    self.reduce(maker, lots, 0, ReduceReason.SELF_TRADE_PREVENTED)
                    self.show_more(maker)
                if lots == wanted:
                    return "prevented"
                if not order.by_quote:
                    order.leaves -= lots
                budget -= lots * lot_price
                self.reduced_event(order, lots, 0, ReduceReason.SELF_TRADE_PREVENTED)
                continue
            self.trade(order, maker, lots)
            budget -= lots * lot_price
            if (budget if order.by_quote else order.leaves) == 0:
                return "done"

    def trade(self, taker: Placed, maker: Placed, lots: int, auction_ticks: int = 0) -> None:
        """One trade; in an auction at its price, and at a maker's fee for both."""
        ticks = auction_ticks or maker.ticks
        rules = self.instruments[taker.command.instrument_id]
        base, quote = rules["base_asset_id"], rules["quote_asset_id"]
        base_units = lots * rules["lot_units"]
        quote_units = lots * ticks * rules["factor"]
        buyer, seller = (taker, maker) if taker.command.side == Side.BUY else (maker, taker)
        self.look_at_tiers(taker.command.account_id, maker.command.account_id)
        fees = {}
        for order, received in ((buyer, base_units), (seller, quote_units)):
            maker_ppm, taker_ppm = self.fee_ppm(
                order.command.account_id, order.command.instrument_id
            )
            ppm = maker_ppm if order is maker or auction_ticks else taker_ppm
            fees[order.order_id] = -(-received * ppm // 1_000_000)
        house = next(a["account_id"] for a in self.accounts.values() if a["role"] == 1)
        self.book(buyer.command.account_id, quote, -quote_units)
        self.book(buyer.command.account_id, base, base_units - fees[buyer.order_id])
        self.book(seller.command.account_id, base, -base_units)
        self.book(seller.command.account_id, quote, quote_units - fees[seller.order_id])
        self.book(house, base, fees[buyer.order_id])
        self.book(house, quote, fees[seller.order_id])
        for order in (taker, maker):
            order.traded_lots += lots
            order.traded_quote += quote_units
            if not order.by_quote:
                order.leaves -= lots
        maker.status = OrderStatus.PARTIALLY_FILLED
        rules["last"] = ticks
        rules["prices"][0].append(ticks)
        self.trades += 1
        self.count_volume(taker, maker, base_units, quote_units)
        self.events.append(
            e.Traded(
                trade_id=self.trades,
                instrument_id=rules["instrument_id"],
                base_asset_id=base,
                quote_asset_id=quote,
                lots=lots,
                ticks=ticks,
                base_units=base_units,
                quote_units=quote_units,
                maker_order_id=maker.order_id,
                taker_order_id=taker.order_id,
                maker_account_id=maker.command.account_id,
                taker_account_id=taker.command.account_id,
                fee_account_id=house,
                maker_fee_units=fees[maker.order_id],
                taker_fee_units=fees[taker.order_id],
                taker_side=taker.command.side,
                maker_leaves_lots=maker.leaves,
                taker_leaves_lots=taker.leaves,
            )
        )
        self.on_fill(maker, lots, quote_units)
        if maker.leaves == 0:
            self.close(maker, OrderStatus.FILLED)
        self.show_more(maker)
        self.end_twins(maker)
        self.end_twins(taker)

    def show_more(self, order: Placed) -> None:
        """An iceberg of which nothing is to be seen any more shows its next piece, as the last."""
        if order.shown or not order.hidden:
            return
        order.hidden -= min(order.hidden, order.command.display_lots)
        order.arrival = self.next_arrival()
        self.event(
            e.OrderRefreshed,
            order,
            lots=order.shown,
            ticks=order.ticks,
            reserve_lots=order.hidden,
        )

    def reduce_as_asked(self, order: Placed, lots: int) -> None:
        """What is not shown goes first."""
        self.reduce(order, lots, min(lots, order.hidden), ReduceReason.REQUESTED)

    @staticmethod
    def check_pieces(command: c.PlaceOrder, lots: int) -> None:
        """An order shows itself in 1001 pieces at most: the first, and a thousand more."""
        if command.display_lots and -(-lots // command.display_lots) > 1001:
            raise Refused(Result.TOO_MANY_REFRESHES)

    def check_post_only(self, order: Placed) -> None:
        facing = self.facing(order)
        if (
            order.command.flags & OrderFlag.POST_ONLY
            and facing
            and not self.too_far(facing[0], order)
        ):
            raise Refused(Result.POST_ONLY_WOULD_TAKE)

    def next_arrival(self) -> int:
        self.arrivals += 1
        return self.arrivals

    # Orders of one list.

    def end_others(self, order: Placed, order_ids: list[int]) -> None:
        """Cancel what is still open of some orders, because of another one."""
        for order_id in order_ids:
            other = self.orders[order_id - 1]
            if other.is_open:
                self.close(other, OrderStatus.CANCELED, order.order_id)

    def end_twins(self, order: Placed) -> None:
        if order.group is not None:
            self.end_others(order, order.group.twins(order.order_id))

    def is_linked(self, order: Placed) -> bool:
        """Whether another order of its list is open."""
        members = order.group.order_ids if order.group else ()
        return any(self.orders[i - 1].is_open for i in members if i != order.order_id)

    def on_fill(self, maker: Placed, lots: int, quote_units: int) -> None:
        """What else a fill of a resting order does."""

    # The ends and the steps of an order's life.

    def event(self, event_class: type[Any], order: Placed, **fields: int) -> None:
        """Tell an event of an order, whose first fields all of them have."""
        self.events.append(
            event_class(
                order_id=order.order_id,
                account_id=order.command.account_id,
                instrument_id=order.command.instrument_id,
                side=order.command.side,
                **fields,
            )
        )

    def close(self, order: Placed, status: OrderStatus, by_order_id: int = 0) -> None:
        rested, hidden = order.resting, order.hidden
        order.hidden = 0
        order.resting = order.waiting = order.pending = order.asleep = order.due = False
        order.status = status
        self.endings += 1
        order.ended = self.endings
        self.going.pop(order.order_id, None)  # on paper it may be in no table
        self.event(
            e.OrderClosed,
            order,
            leaves_lots=order.leaves,
            ticks=order.ticks,
            rested=int(rested),
            status=status,
            cumulative_lots=order.traded_lots,
            cumulative_quote_units=order.traded_quote,
            reserve_lots=hidden,
            by_order_id=by_order_id,
        )
        if order.group is None or by_order_id:
            return
        followers = order.group.followers(order.order_id)
        if status == OrderStatus.FILLED and order.traded_lots == order.lots:
            self.due += followers
        else:
            self.end_others(order, followers)
        self.end_twins(order)

    def reduce(self, order: Placed, lots: int, of_hidden: int, reason: ReduceReason) -> None:
        order.leaves -= lots
        order.hidden -= of_hidden
        self.reduced_event(order, lots, of_hidden, reason)

    def reduced_event(self, order: Placed, lots: int, of_hidden: int, reason: ReduceReason) -> None:
        self.event(
            e.OrderReduced,
            order,
            lots=lots,
            leaves_lots=order.leaves,
            ticks=order.ticks,
            rested=int(order.resting),
            reason=reason,
            reserve_lots=of_hidden,
        )

    def row(self, order: Placed) -> e.OrderRow:
        return e.OrderRow(
            order_id=order.order_id,
            account_id=order.command.account_id,
            instrument_id=order.command.instrument_id,
            lots=order.lots,
            leaves_lots=order.leaves,
            cumulative_lots=order.traded_lots,
            cumulative_quote_units=order.traded_quote,
            ticks=order.ticks,
            side=order.command.side,
            order_type=order.command.order_type,
            time_in_force=order.command.time_in_force,
            status=order.status,
            client_key=order.command.client_key,
            placed_seq=order.seq,
            **(self.waiting_row(order) if order.waiting or order.pending else {}),
            list_id=order.group.order_ids[0] if order.group else 0,
            list_type=order.group.kind if order.group else 0,
            list_legs=len(order.group.order_ids) if order.group else 0,
            display_lots=order.command.display_lots,
            reserve_lots=order.hidden,
            flags=order.command.flags,
            self_trade_prevention=order.command.self_trade_prevention,
        )

    def waiting_row(self, order: Placed) -> dict[str, int]:
        raise NotImplementedError
