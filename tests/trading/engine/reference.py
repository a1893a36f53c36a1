"""A second engine for the tests: slow, obvious, and sharing no code with the first.

It keeps only facts (what everybody booked, every order ever placed) and works everything else
out anew each time: the book is the open orders sorted, what is held is what the open orders need,
and "what would happen" is found out by doing it to a copy. It takes and gives the message objects
that people see, never bytes.
"""

import copy
from dataclasses import dataclass, field
from typing import Any

from tests.trading.engine.reference_books import (
    BIGGEST_AMOUNT,
    ReferenceBooks,
    Refused,
)
from trading.engine import commands as c
from trading.engine import events as e
from trading.engine.enums import (
    AccountState,
    InstrumentState,
    OrderStatus,
    OrderType,
    ReduceReason,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from trading.engine.results import Result


@dataclass
class Placed:
    """An order as the reference sees it."""

    order_id: int
    arrival: int
    command: c.PlaceOrder
    seq: int
    leaves: int
    traded_lots: int = 0
    traded_quote: int = 0
    resting: bool = False
    status: int = OrderStatus.OPEN

    def __deepcopy__(self, memo: dict[int, Any]) -> "Placed":
        return copy.copy(self)  # the command never changes


@dataclass
class ReferenceVenue(ReferenceBooks):
    """One tenant."""

    orders: list[Placed] = field(default_factory=list)
    closing_order: list[int] = field(default_factory=list)
    trades: int = 0
    kept: int = 100_000

    # Facts derived each time.

    def open_orders(self, instrument_id: int | None = None) -> list[Placed]:
        return [
            order
            for order in self.orders
            if order.resting
            and (instrument_id is None or order.command.instrument_id == instrument_id)
        ]

    def queue(self, instrument_id: int, side: int) -> list[Placed]:
        """Resting orders of a side in the order in which they trade."""
        found = [o for o in self.open_orders(instrument_id) if o.command.side == side]
        sign = -1 if side == Side.BUY else 1
        return sorted(found, key=lambda o: (sign * o.command.ticks, o.arrival))

    def held(self, account_id: int, asset_id: int) -> int:
        total = 0
        for order in self.open_orders():
            rules = self.instruments[order.command.instrument_id]
            if order.command.account_id != account_id:
                continue
            if order.command.side == Side.BUY and rules["quote_asset_id"] == asset_id:
                total += order.leaves * order.command.ticks * rules["factor"]
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
        for key in ((group, instrument_id), (group, 0), (0, instrument_id), (0, 0)):
            if key in self.fees:
                return self.fees[key]
        rules = self.instruments[instrument_id]
        return rules["maker_ppm"], rules["taker_ppm"]

    def known(self, order: Placed) -> bool:
        return order.resting or order.order_id in self.closing_order[-self.kept :]

    def find(self, account_id: int, order_id: int, client_key: int) -> Placed | None:
        for order in self.orders:
            if order.command.account_id != account_id or not self.known(order):
                continue
            if order_id != 0 and order.order_id == order_id:
                return order
            if order_id == 0 and client_key != 0 and order.command.client_key == client_key:
                return order
        return None

    # Commands.

    def apply(self, command: Any) -> tuple[Result, list[Any]]:
        """Result and events of a command; a refusal changes nothing but the seq."""
        before = copy.deepcopy(self)
        self.events = []
        self.seq += 1
        try:
            result = getattr(self, f"on_{type(command).__name__}")(command) or Result.ACCEPTED
        except Refused as refused:
            self.__dict__.update(before.__dict__)
            if 100 <= refused.result < 200:
                return refused.result, []
            self.seq += 1
            return refused.result, []
        if result == Result.REPEATED:
            events = self.events
            self.__dict__.update(before.__dict__)
            return result, events
        return result, self.events

    def check_may_cancel(self, account_id: int) -> None:
        if account_id not in self.accounts:
            raise Refused(Result.UNKNOWN_ACCOUNT)
        if self.accounts[account_id]["state"] == AccountState.SUSPENDED:
            raise Refused(Result.ACCOUNT_SUSPENDED)

    def on_CancelOrder(self, command: c.CancelOrder) -> None:
        self.check_may_cancel(command.account_id)
        order = self.open_order(command)
        self.close(order, OrderStatus.CANCELED)

    def open_order(self, command: c.CancelOrder | c.ReduceOrder) -> Placed:
        order = self.find(command.account_id, command.order_id, command.client_key)
        if order is None:
            raise Refused(Result.UNKNOWN_ORDER)
        if not order.resting:
            raise Refused(Result.ORDER_ALREADY_CLOSED)
        if self.instruments[order.command.instrument_id]["state"] == InstrumentState.HALTED:
            raise Refused(Result.INSTRUMENT_HALTED)
        return order

    def on_CancelAllOrders(self, command: c.CancelAllOrders) -> None:
        self.check_may_cancel(command.account_id)
        if command.instrument_id != 0:
            if command.instrument_id not in self.instruments:
                raise Refused(Result.UNKNOWN_INSTRUMENT)
            if self.instruments[command.instrument_id]["state"] == InstrumentState.HALTED:
                raise Refused(Result.INSTRUMENT_HALTED)
        if command.side not in (0, Side.BUY, Side.SELL):
            raise Refused(Result.BAD_SIDE)
        for order in self.open_orders():
            rules = self.instruments[order.command.instrument_id]
            if (
                order.command.account_id == command.account_id
                and command.instrument_id in (0, order.command.instrument_id)
                and command.side in (0, order.command.side)
                and rules["state"] != InstrumentState.HALTED
            ):
                self.close(order, OrderStatus.CANCELED)

    def on_ReduceOrder(self, command: c.ReduceOrder) -> None:
        self.check_may_cancel(command.account_id)
        if command.lots <= 0:
            raise Refused(Result.BAD_QUANTITY)
        order = self.open_order(command)
        if command.lots >= order.leaves:
            self.close(order, OrderStatus.CANCELED)
        else:
            self.reduce(order, command.lots, ReduceReason.REQUESTED)

    def on_PlaceOrder(self, command: c.PlaceOrder) -> Result | None:
        if command.account_id not in self.accounts:
            raise Refused(Result.UNKNOWN_ACCOUNT)
        if command.client_key:
            first = self.find(command.account_id, 0, command.client_key)
            if first is not None:
                self.events.append(self.row(first))
                return Result.REPEATED
        self.check_place(command)
        order = Placed(len(self.orders) + 1, len(self.orders), command, self.seq, command.lots)
        attempt = copy.deepcopy(self)
        outcome = attempt.run(copy.deepcopy(order))
        loses_to_itself = any(
            isinstance(event, e.OrderReduced) and event.order_id == order.order_id
            for event in attempt.events
        )
        rules = self.instruments[command.instrument_id]
        kills = command.time_in_force == TimeInForce.FOK and (outcome != "done" or loses_to_itself)
        self.check_funds_for(command, attempt, kills)
        if command.flags:
            side = Side.SELL if command.side == Side.BUY else Side.BUY
            facing = self.queue(command.instrument_id, side)
            if facing and not self.too_far(facing[0], command, command.ticks):
                raise Refused(Result.POST_ONLY_WOULD_TAKE)
        self.events.append(
            e.OrderAccepted(
                order_id=order.order_id,
                **{name: getattr(command, name) for name, _ in command.FIELDS},
            )
        )
        self.orders.append(order)
        if kills:
            self.close(order, OrderStatus.EXPIRED)
            return None
        outcome = self.run(order)
        if outcome == "done":
            order.leaves = 0
            self.close(order, OrderStatus.FILLED)
        elif outcome == "prevented":
            self.close(order, OrderStatus.EXPIRED_IN_MATCH)
        elif command.order_type == OrderType.LIMIT and command.time_in_force == TimeInForce.GTC:
            order.resting = True
            if order.traded_lots:
                order.status = OrderStatus.PARTIALLY_FILLED
            self.events.append(
                e.OrderRested(
                    order_id=order.order_id,
                    account_id=command.account_id,
                    instrument_id=rules["instrument_id"],
                    lots=order.leaves,
                    ticks=command.ticks,
                    side=command.side,
                )
            )
        else:
            self.close(order, OrderStatus.EXPIRED)
        return None

    def check_place(self, command: c.PlaceOrder) -> None:
        state = self.accounts[command.account_id]["state"]
        if state == AccountState.SUSPENDED:
            raise Refused(Result.ACCOUNT_SUSPENDED)
        if state == AccountState.CANCEL_ONLY:
            raise Refused(Result.ACCOUNT_CANCEL_ONLY)
        if command.instrument_id not in self.instruments:
            raise Refused(Result.UNKNOWN_INSTRUMENT)
        rules = self.instruments[command.instrument_id]
        if rules["state"] == InstrumentState.HALTED:
            raise Refused(Result.INSTRUMENT_HALTED)
        if rules["state"] == InstrumentState.CANCEL_ONLY:
            raise Refused(Result.INSTRUMENT_CANCEL_ONLY)
        if not any(account["role"] == 1 for account in self.accounts.values()):
            raise Refused(Result.NO_FEE_ACCOUNT)
        for name, enum, result in (
            ("side", Side, Result.BAD_SIDE),
            ("order_type", OrderType, Result.BAD_ORDER_TYPE),
            ("time_in_force", TimeInForce, Result.BAD_TIME_IN_FORCE),
            ("self_trade_prevention", SelfTradePrevention, Result.BAD_SELF_TRADE_PREVENTION),
        ):
            if getattr(command, name) not in list(enum):
                raise Refused(result)
        limit = command.order_type == OrderType.LIMIT
        if command.flags not in (0, 1):
            raise Refused(Result.BAD_FLAGS)
        if command.flags and not (limit and command.time_in_force == TimeInForce.GTC):
            raise Refused(Result.BAD_FLAGS)
        self.check_quantity(command, rules, limit)
        self.check_price(command, rules, limit)
        reference = rules["last"] or rules["reference"]
        price = command.ticks if limit else reference
        notional = command.lots * price * rules["factor"] if command.lots else command.quote_units
        if price or not command.lots:
            if notional < rules["min_notional_units"]:
                raise Refused(Result.BELOW_MINIMUM_NOTIONAL)
            if notional > (rules["max_notional_units"] or BIGGEST_AMOUNT):
                raise Refused(Result.ABOVE_MAXIMUM_NOTIONAL)
        if command.client_key < 0 or (command.client_key == 0) != (command.client_order_id == ""):
            raise Refused(Result.BAD_CLIENT_ORDER_ID)

    def check_funds_for(
        self, command: c.PlaceOrder, attempt: "ReferenceVenue", kills: bool
    ) -> None:
        rules = self.instruments[command.instrument_id]
        fills = [event for event in attempt.events if isinstance(event, e.Traded)]
        if kills:
            fills = []
        if command.side == Side.BUY:
            asset = rules["quote_asset_id"]
            if command.order_type == OrderType.LIMIT:
                needed = command.lots * command.ticks * rules["factor"]
            elif command.quote_units:
                needed = command.quote_units
            else:
                needed = sum(fill.quote_units for fill in fills)
        else:
            asset = rules["base_asset_id"]
            needed = command.lots * rules["lot_units"]
            if command.quote_units:
                needed = sum(fill.base_units for fill in fills)
        if self.available(command.account_id, asset) < needed:
            raise Refused(Result.INSUFFICIENT_FUNDS)

    # Matching.

    def too_far(self, maker: Placed, command: c.PlaceOrder, limit: int) -> bool:
        if command.side == Side.BUY:
            return maker.command.ticks > limit
        return maker.command.ticks < limit

    def run(self, order: Placed) -> str:
        """Trade an order; "done", "ended" (nothing more to take) or "prevented"."""
        command = order.command
        rules = dict(self.instruments[command.instrument_id])
        facing_side = Side.SELL if command.side == Side.BUY else Side.BUY
        budget = command.quote_units
        while True:
            facing = self.queue(command.instrument_id, facing_side)
            if not facing:
                return "ended"
            maker = facing[0]
            if command.order_type == OrderType.LIMIT:
                if self.too_far(maker, command, command.ticks):
                    return "ended"
            else:
                # Only towards the taker's bad side does the band hold a market order back.
                reference = rules["last"] or rules["reference"]
                worse = (
                    maker.command.ticks > reference
                    if command.side == Side.BUY
                    else maker.command.ticks < reference
                )
                if worse and not self.inside_band(rules, maker.command.ticks):
                    return "ended"
            lot_price = maker.command.ticks * rules["factor"]
            wanted = order.leaves if command.lots else budget // lot_price
            if wanted == 0:
                return "done" if order.traded_lots else "ended"
            lots = min(wanted, maker.leaves)
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
                    self.reduce(maker, lots, ReduceReason.SELF_TRADE_PREVENTED)
                if lots == wanted:
                    return "prevented"
                if command.lots:
                    order.leaves -= lots
                budget -= lots * lot_price
                self.reduced_event(order, lots, ReduceReason.SELF_TRADE_PREVENTED)
                continue
            self.trade(order, maker, lots)
            budget -= lots * lot_price
            if (order.leaves if command.lots else budget) == 0:
                return "done"

    def trade(self, taker: Placed, maker: Placed, lots: int) -> None:
        rules = self.instruments[taker.command.instrument_id]
        base, quote = rules["base_asset_id"], rules["quote_asset_id"]
        base_units = lots * rules["lot_units"]
        quote_units = lots * maker.command.ticks * rules["factor"]
        buyer, seller = (taker, maker) if taker.command.side == Side.BUY else (maker, taker)
        fees = {}
        for order, received in ((buyer, base_units), (seller, quote_units)):
            maker_ppm, taker_ppm = self.fee_ppm(
                order.command.account_id, order.command.instrument_id
            )
            ppm = maker_ppm if order is maker else taker_ppm
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
            if order.command.lots:
                order.leaves -= lots
        maker.status = OrderStatus.PARTIALLY_FILLED
        rules["last"] = maker.command.ticks
        self.trades += 1
        self.events.append(
            e.Traded(
                trade_id=self.trades,
                instrument_id=rules["instrument_id"],
                base_asset_id=base,
                quote_asset_id=quote,
                lots=lots,
                ticks=maker.command.ticks,
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
        if maker.leaves == 0:
            self.close(maker, OrderStatus.FILLED)

    def close(self, order: Placed, status: OrderStatus) -> None:
        rested = order.resting
        order.resting = False
        order.status = status
        self.closing_order.append(order.order_id)
        self.events.append(
            e.OrderClosed(
                order_id=order.order_id,
                account_id=order.command.account_id,
                instrument_id=order.command.instrument_id,
                leaves_lots=order.leaves,
                ticks=order.command.ticks,
                side=order.command.side,
                rested=int(rested),
                status=status,
                cumulative_lots=order.traded_lots,
                cumulative_quote_units=order.traded_quote,
            )
        )

    def reduce(self, order: Placed, lots: int, reason: ReduceReason) -> None:
        order.leaves -= lots
        self.reduced_event(order, lots, reason)

    def reduced_event(self, order: Placed, lots: int, reason: ReduceReason) -> None:
        self.events.append(
            e.OrderReduced(
                order_id=order.order_id,
                account_id=order.command.account_id,
                instrument_id=order.command.instrument_id,
                lots=lots,
                leaves_lots=order.leaves,
                ticks=order.command.ticks,
                side=order.command.side,
                rested=int(order.resting),
                reason=reason,
            )
        )

    def row(self, order: Placed) -> e.OrderRow:
        return e.OrderRow(
            order_id=order.order_id,
            account_id=order.command.account_id,
            instrument_id=order.command.instrument_id,
            lots=order.command.lots,
            leaves_lots=order.leaves,
            cumulative_lots=order.traded_lots,
            cumulative_quote_units=order.traded_quote,
            ticks=order.command.ticks,
            side=order.command.side,
            order_type=order.command.order_type,
            time_in_force=order.command.time_in_force,
            status=order.status,
            client_key=order.command.client_key,
            placed_seq=order.seq,
        )
