"""A second engine for the tests: slow, obvious, and sharing no code with the first.

It keeps only facts (what everybody booked, every order ever placed) and works everything else
out anew each time: the book is the open orders sorted, what is held is what the open orders need,
and "what would happen" is found out by doing it to a copy. It takes and gives the message objects
that people see, never bytes.
"""

import copy
from dataclasses import dataclass, field
from typing import Any

from trading.engine import commands as c
from trading.engine import events as e
from trading.engine.enums import (
    AccountState,
    FundsReason,
    InstrumentState,
    OrderStatus,
    OrderType,
    ReduceReason,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from trading.engine.results import Result

BIGGEST_AMOUNT = int("9" * 38)
BIGGEST_LOTS = BIGGEST_TICKS = 1_000_000_000_000_000


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


class Refused(Exception):
    def __init__(self, result: Result) -> None:
        self.result = result


@dataclass
class ReferenceVenue:
    """One tenant."""

    code: str
    seq: int = 0
    assets: dict[int, c.CreateAsset] = field(default_factory=dict)
    instruments: dict[int, dict[str, Any]] = field(default_factory=dict)
    accounts: dict[int, dict[str, int]] = field(default_factory=dict)
    fees: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    booked: dict[tuple[int, int], int] = field(default_factory=dict)
    orders: list[Placed] = field(default_factory=list)
    closing_order: list[int] = field(default_factory=list)
    trades: int = 0
    events: list[Any] = field(default_factory=list)
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

    def supply(self, asset_id: int) -> int:
        return sum(units for (_, asset), units in self.booked.items() if asset == asset_id)

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

    def on_CreateAsset(self, command: c.CreateAsset) -> None:
        if command.asset_id <= 0 or not 0 <= command.scale <= 18 or not command.code:
            raise Refused(Result.FIELD_OUT_OF_RANGE)
        if command.asset_id in self.assets:
            raise Refused(Result.ASSET_EXISTS)
        self.assets[command.asset_id] = command
        self.events.append(
            e.AssetCreated(asset_id=command.asset_id, scale=command.scale, code=command.code)
        )

    def check_rules(self, command: c.CreateInstrument | c.ChangeInstrument) -> None:
        if command.base_asset_id not in self.assets or command.quote_asset_id not in self.assets:
            raise Refused(Result.UNKNOWN_ASSET)
        most = command.max_lots or BIGGEST_LOTS
        whole = 10 ** self.assets[command.base_asset_id].scale
        fits = (
            command.base_asset_id != command.quote_asset_id
            and command.tick_units > 0
            and command.lot_units > 0
            and command.tick_units * command.lot_units % whole == 0
            and 0 <= command.min_lots <= most
            and 0 <= command.max_lots <= BIGGEST_LOTS
            and command.min_notional_units >= 0
            and command.max_notional_units >= 0
            and (
                command.max_notional_units == 0
                or command.min_notional_units <= command.max_notional_units
            )
            and 0 <= command.price_band_bp <= 1_000_000
        )
        if not fits:
            raise Refused(Result.BAD_INSTRUMENT_RULES)
        for ppm in (command.maker_ppm, command.taker_ppm):
            if not 0 <= ppm <= 1_000_000:
                raise Refused(Result.BAD_FEE)

    def rules_of(self, command: c.CreateInstrument | c.ChangeInstrument) -> dict[str, Any]:
        rules = {name: getattr(command, name) for name, _ in command.FIELDS}
        whole = 10 ** self.assets[command.base_asset_id].scale
        rules["factor"] = command.tick_units * command.lot_units // whole
        return rules

    def on_CreateInstrument(self, command: c.CreateInstrument) -> None:
        if command.instrument_id <= 0 or command.state not in list(InstrumentState):
            raise Refused(Result.FIELD_OUT_OF_RANGE)
        if command.instrument_id in self.instruments:
            raise Refused(Result.INSTRUMENT_EXISTS)
        self.check_rules(command)
        rules = self.rules_of(command)
        self.instruments[command.instrument_id] = {**rules, "last": 0, "reference": 0}
        fields = {name: getattr(command, name) for name, _ in command.FIELDS}
        self.events.append(e.InstrumentCreated(**fields))

    def on_ChangeInstrument(self, command: c.ChangeInstrument) -> None:
        if command.instrument_id <= 0 or command.state not in list(InstrumentState):
            raise Refused(Result.FIELD_OUT_OF_RANGE)
        if command.instrument_id not in self.instruments:
            raise Refused(Result.UNKNOWN_INSTRUMENT)
        self.check_rules(command)
        old = self.instruments[command.instrument_id]
        price_steps = ("base_asset_id", "quote_asset_id", "tick_units")
        moved = any(old[name] != getattr(command, name) for name in price_steps)
        if self.open_orders(command.instrument_id) and (
            moved or old["lot_units"] != command.lot_units
        ):
            raise Refused(Result.OPEN_ORDERS_EXIST)
        old.update(self.rules_of(command))
        if moved:
            old.update(last=0, reference=0)
        fields = {name: getattr(command, name) for name, _ in command.FIELDS}
        self.events.append(e.InstrumentChanged(**fields))

    def on_SetInstrumentState(self, command: c.SetInstrumentState) -> None:
        if command.state not in list(InstrumentState):
            raise Refused(Result.FIELD_OUT_OF_RANGE)
        if command.instrument_id not in self.instruments:
            raise Refused(Result.UNKNOWN_INSTRUMENT)
        self.instruments[command.instrument_id]["state"] = command.state
        self.events.append(
            e.InstrumentStateChanged(instrument_id=command.instrument_id, state=command.state)
        )

    def on_SetReferencePrice(self, command: c.SetReferencePrice) -> None:
        if command.instrument_id not in self.instruments:
            raise Refused(Result.UNKNOWN_INSTRUMENT)
        if not 0 < command.ticks <= BIGGEST_TICKS:
            raise Refused(Result.BAD_PRICE)
        self.instruments[command.instrument_id]["reference"] = command.ticks
        self.events.append(
            e.ReferencePriceSet(instrument_id=command.instrument_id, ticks=command.ticks)
        )

    def on_SetFees(self, command: c.SetFees) -> None:
        if command.group_id < 0:
            raise Refused(Result.FIELD_OUT_OF_RANGE)
        if command.instrument_id != 0 and command.instrument_id not in self.instruments:
            raise Refused(Result.UNKNOWN_INSTRUMENT)
        key = (command.group_id, command.instrument_id)
        if command.maker_ppm == -1:
            self.fees.pop(key, None)
        else:
            for ppm in (command.maker_ppm, command.taker_ppm):
                if not 0 <= ppm <= 1_000_000:
                    raise Refused(Result.BAD_FEE)
            self.fees[key] = (command.maker_ppm, command.taker_ppm)
        fields = {name: getattr(command, name) for name, _ in command.FIELDS}
        self.events.append(e.FeesChanged(**fields))

    def on_CreateAccount(self, command: c.CreateAccount) -> None:
        if (
            command.account_id <= 0
            or command.group_id < 0
            or command.trade_group_id < 0
            or command.state not in list(AccountState)
            or command.role not in (0, 1, 2, 3)
        ):
            raise Refused(Result.FIELD_OUT_OF_RANGE)
        if command.account_id in self.accounts:
            raise Refused(Result.ACCOUNT_EXISTS)
        if command.role == 1 and any(a["role"] == 1 for a in self.accounts.values()):
            raise Refused(Result.ACCOUNT_EXISTS)
        fields = {name: getattr(command, name) for name, _ in command.FIELDS}
        self.accounts[command.account_id] = dict(fields)
        self.events.append(e.AccountCreated(**fields))

    def on_ChangeAccount(self, command: c.ChangeAccount) -> None:
        if (
            command.group_id < 0
            or command.trade_group_id < 0
            or command.state not in list(AccountState)
        ):
            raise Refused(Result.FIELD_OUT_OF_RANGE)
        if command.account_id not in self.accounts:
            raise Refused(Result.UNKNOWN_ACCOUNT)
        fields = {name: getattr(command, name) for name, _ in command.FIELDS}
        self.accounts[command.account_id].update(fields)
        self.events.append(e.AccountChanged(**fields))

    def on_CreditFunds(self, command: c.CreditFunds) -> None:
        self.check_funds(command)
        if command.amount_units <= 0:
            raise Refused(Result.BAD_AMOUNT)
        if self.supply(command.asset_id) + command.amount_units > BIGGEST_AMOUNT:
            raise Refused(Result.BAD_AMOUNT)
        self.book(command.account_id, command.asset_id, command.amount_units)
        fields = {name: getattr(command, name) for name, _ in command.FIELDS}
        balance = self.booked[command.account_id, command.asset_id]
        self.events.append(e.FundsCredited(balance_units=balance, **fields))

    def on_DebitFunds(self, command: c.DebitFunds) -> None:
        self.check_funds(command)
        if command.amount_units <= 0:
            raise Refused(Result.BAD_AMOUNT)
        if self.available(command.account_id, command.asset_id) < command.amount_units:
            raise Refused(Result.INSUFFICIENT_FUNDS)
        self.book(command.account_id, command.asset_id, -command.amount_units)
        fields = {name: getattr(command, name) for name, _ in command.FIELDS}
        balance = self.booked[command.account_id, command.asset_id]
        self.events.append(e.FundsDebited(balance_units=balance, **fields))

    def check_funds(self, command: c.CreditFunds | c.DebitFunds) -> None:
        if command.reason not in list(FundsReason):
            raise Refused(Result.FIELD_OUT_OF_RANGE)
        if command.account_id not in self.accounts:
            raise Refused(Result.UNKNOWN_ACCOUNT)
        if command.asset_id not in self.assets:
            raise Refused(Result.UNKNOWN_ASSET)

    def book(self, account_id: int, asset_id: int, units: int) -> None:
        key = (account_id, asset_id)
        self.booked[key] = self.booked.get(key, 0) + units

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
        rules = self.instruments[command.instrument_id]
        kills = command.time_in_force == TimeInForce.FOK and outcome != "done"
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

    def check_quantity(self, command: c.PlaceOrder, rules: dict[str, Any], limit: bool) -> None:
        if command.lots < 0 or command.quote_units < 0:
            raise Refused(Result.BAD_QUANTITY)
        if limit and (command.lots == 0 or command.quote_units != 0):
            raise Refused(Result.BAD_QUANTITY)
        if not limit and (command.lots == 0) == (command.quote_units == 0):
            raise Refused(Result.BAD_QUANTITY)
        if command.lots and command.lots < rules["min_lots"]:
            raise Refused(Result.BELOW_MINIMUM_QUANTITY)
        open_lots = sum(order.leaves for order in self.open_orders(command.instrument_id))
        if command.lots > (rules["max_lots"] or BIGGEST_LOTS) or (
            command.lots + open_lots > 4 * 10**18
        ):
            raise Refused(Result.ABOVE_MAXIMUM_QUANTITY)

    def check_price(self, command: c.PlaceOrder, rules: dict[str, Any], limit: bool) -> None:
        if not limit:
            if command.ticks != 0:
                raise Refused(Result.BAD_PRICE)
            return
        if not 0 < command.ticks <= BIGGEST_TICKS:
            raise Refused(Result.BAD_PRICE)
        if not self.inside_band(rules, command.ticks):
            raise Refused(Result.OUTSIDE_PRICE_BAND)

    @staticmethod
    def inside_band(rules: dict[str, Any], ticks: int) -> bool:
        reference = rules["last"] or rules["reference"]
        if not rules["price_band_bp"] or not reference:
            return True
        return abs(ticks - reference) * 10_000 <= reference * rules["price_band_bp"]

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
