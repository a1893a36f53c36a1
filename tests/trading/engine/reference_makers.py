"""The part of the reference model that market makers need: orders that are canceled by themselves,
quotes, and the protection of quotes.
"""

from dataclasses import dataclass, field, replace
from typing import Any, Self

from tests.trading.engine.reference import ReferenceVenue
from tests.trading.engine.reference_books import BIGGEST_AMOUNT, Refused
from tests.trading.engine.reference_orders import Placed
from trading.engine import commands as c
from trading.engine import events as e
from trading.engine.enums import (
    CancelCause,
    InstrumentState,
    OrderFlag,
    OrderStatus,
    OrderType,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from trading.engine.results import Result


@dataclass
class Guarded:
    """A protection: its limits, and what was filled since they were set or reset."""

    limits: c.SetProtection
    tripped: bool
    pulls: bool = False
    fills: list[tuple[int, int, int]] = field(default_factory=list)


@dataclass
class Quote:
    """One entry of a PlaceQuotes: (ticks, lots) by side."""

    instrument_id: int
    sides: dict[Side, tuple[int, int]]


def quotes_of(command: c.PlaceQuotes) -> list[Quote]:
    """The entries of a command, as far as there is anything in them."""
    entries = []
    for n in range(1, 9):
        number, bid_ticks, bid_lots, ask_ticks, ask_lots = (
            getattr(command, f"{name}_{n}")
            for name in ("instrument_id", "bid_ticks", "bid_lots", "ask_ticks", "ask_lots")
        )
        sides = {Side.BUY: (bid_ticks, bid_lots), Side.SELL: (ask_ticks, ask_lots)}
        entries.append(Quote(number, sides))
    while entries and entries[-1] == Quote(0, {Side.BUY: (0, 0), Side.SELL: (0, 0)}):
        entries.pop()
    return entries


def quote_order(
    command: c.PlaceQuotes, instrument_id: int, side: Side, ticks: int, lots: int
) -> c.PlaceOrder:
    """The order that one side of a quote is."""
    return c.PlaceOrder(
        account_id=command.account_id,
        instrument_id=instrument_id,
        side=side,
        order_type=OrderType.LIMIT,
        time_in_force=TimeInForce.GTC,
        self_trade_prevention=command.self_trade_prevention,
        lots=lots,
        ticks=ticks,
        flags=command.flags | OrderFlag.QUOTE,
    )


@dataclass
class ReferenceMakers(ReferenceVenue):
    """One tenant, with all of it."""

    # By (account, instrument or 0 for all): what goes with a connection.
    armed: set[tuple[int, int]] = field(default_factory=set)
    protections: dict[tuple[int, int], "Guarded"] = field(default_factory=dict)

    def copied(self) -> Self:
        other = super().copied()
        other.protections = {
            scope: replace(guarded, fills=guarded.fills.copy())
            for scope, guarded in self.protections.items()
        }
        return other

    def on_CancelAllOrders(self, command: c.CancelAllOrders) -> None:
        if command.cause not in list(CancelCause):
            raise Refused(Result.FIELD_OUT_OF_RANGE)
        if command.quotes_only not in (0, 1):
            raise Refused(Result.FIELD_OUT_OF_RANGE)
        by_customer = command.cause == CancelCause.REQUESTED
        if by_customer:
            self.check_may_cancel(command.account_id)
        self.check_scope(command)
        if command.instrument_id != 0 and by_customer:
            rules = self.instruments[command.instrument_id]
            if rules["state"] == InstrumentState.HALTED:
                raise Refused(Result.INSTRUMENT_HALTED)
        if command.side not in (0, Side.BUY, Side.SELL):
            raise Refused(Result.BAD_SIDE)
        scope = (command.account_id, command.instrument_id)
        if command.cause == CancelCause.DISCONNECTED and scope not in self.armed:
            raise Refused(Result.NOT_ARMED)
        if command.cause == CancelCause.TIMER:
            if self.cancel_timers.get(scope, 2**64) > self.time_ns:
                raise Refused(Result.NO_TIMER_DUE)
            self.stop_timer(command)
        for order in self.open_orders():
            rules = self.instruments[order.command.instrument_id]
            if (
                order.is_open
                and order.command.account_id == command.account_id
                and command.instrument_id in (0, order.command.instrument_id)
                and command.side in (0, order.command.side)
                and (not command.quotes_only or order.is_quote)
                and not (by_customer and rules["state"] == InstrumentState.HALTED)
            ):
                self.close(order, OrderStatus.CANCELED)

    # What cancels by itself.

    def check_scope(self, command: Any) -> None:
        """Whether the account and the instrument (0: all) of a command are there."""
        if command.account_id not in self.accounts:
            raise Refused(Result.UNKNOWN_ACCOUNT)
        if command.instrument_id != 0 and command.instrument_id not in self.instruments:
            raise Refused(Result.UNKNOWN_INSTRUMENT)

    def on_SetCancelTimer(self, command: c.SetCancelTimer) -> None:
        self.check_may_cancel(command.account_id)
        self.check_scope(command)
        deadline_ns = self.time_ns + command.timeout_ns
        if not 0 <= command.timeout_ns <= 24 * 3600 * 10**9 or deadline_ns >= 2**63:
            raise Refused(Result.BAD_TIMEOUT)
        if command.timeout_ns == 0:
            self.stop_timer(command)
            return
        self.cancel_timers[command.account_id, command.instrument_id] = deadline_ns
        self.tell_timer(command, deadline_ns)

    def stop_timer(self, command: Any) -> None:
        self.cancel_timers.pop((command.account_id, command.instrument_id), None)
        self.tell_timer(command, 0)

    def tell_timer(self, command: Any, deadline_ns: int) -> None:
        self.events.append(
            e.CancelTimerSet(
                account_id=command.account_id,
                instrument_id=command.instrument_id,
                deadline_ns=deadline_ns,
            )
        )

    def on_ArmDisconnect(self, command: c.ArmDisconnect) -> None:
        if command.armed not in (0, 1):
            raise Refused(Result.FIELD_OUT_OF_RANGE)
        if command.armed:
            self.check_may_cancel(command.account_id)
        self.check_scope(command)
        scope = (command.account_id, command.instrument_id)
        self.armed = self.armed | {scope} if command.armed else self.armed - {scope}
        self.events.append(
            e.DisconnectArmed(
                account_id=command.account_id,
                instrument_id=command.instrument_id,
                armed=command.armed,
            )
        )

    def armed_rows(self) -> list[e.ArmedRow]:
        return [
            e.ArmedRow(
                account_id=account_id,
                instrument_id=instrument_id,
                on_disconnect=int((account_id, instrument_id) in self.armed),
                deadline_ns=self.cancel_timers.get((account_id, instrument_id), 0),
            )
            for account_id, instrument_id in sorted({*self.armed, *self.cancel_timers})
        ]

    # A market maker's protection.

    def on_SetProtection(self, command: c.SetProtection) -> None:
        self.check_scope(command)
        most = (command.lots, command.trades, command.notional_units)
        across = command.instrument_id == 0 and (command.lots or command.notional_units)
        if (
            not 0 <= command.window_ns <= 60 * 10**9
            or any(limit < 0 for limit in most)
            or command.notional_units > BIGGEST_AMOUNT
            or across
            or (any(most) and command.window_ns == 0)
        ):
            raise Refused(Result.BAD_PROTECTION)
        scope = (command.account_id, command.instrument_id)
        before = self.protections.pop(scope, None)
        if any(most):
            tripped = before is not None and before.tripped
            self.protections[scope] = Guarded(command, tripped)
        self.events.append(
            e.ProtectionSet(**{name: getattr(command, name) for name, _ in command.FIELDS})
        )

    def on_ResetProtection(self, command: c.ResetProtection) -> None:
        if command.account_id not in self.accounts:
            raise Refused(Result.UNKNOWN_ACCOUNT)
        scope = (command.account_id, command.instrument_id)
        if scope not in self.protections:
            raise Refused(Result.NO_PROTECTION)
        self.protections[scope] = Guarded(self.protections[scope].limits, tripped=False)
        self.events.append(
            e.ProtectionChanged(account_id=scope[0], instrument_id=scope[1], tripped=0)
        )

    def on_fill(self, maker: Placed, lots: int, quote_units: int) -> None:
        """Every fill of a quote counts in the protection of its instrument and in that of all."""
        if not maker.is_quote:
            return
        account_id = maker.command.account_id
        for instrument_id in (maker.command.instrument_id, 0):
            guarded = self.protections.get((account_id, instrument_id))
            if guarded is None or guarded.tripped:
                continue
            limits = guarded.limits
            guarded.fills.append((self.time_ns, lots, quote_units))
            recent = [fill for fill in guarded.fills if fill[0] > self.time_ns - limits.window_ns]
            counted = (
                sum(fill[1] for fill in recent),
                len(recent),
                sum(fill[2] for fill in recent),
            )
            most = (limits.lots, limits.trades, limits.notional_units)
            if any(limit and count >= limit for count, limit in zip(counted, most, strict=True)):
                guarded.tripped = True
                guarded.pulls = True
                self.events.append(
                    e.ProtectionChanged(
                        account_id=account_id,
                        instrument_id=instrument_id,
                        tripped=1,
                        lots=counted[0],
                        trades=counted[1],
                        notional_units=counted[2],
                    )
                )

    def pull_quotes(self) -> None:
        """When an order is done: cancel the quotes that it took too much of."""
        due = sorted(
            (scope for scope, guarded in self.protections.items() if guarded.pulls),
            key=lambda scope: self.tripped_at(scope),
        )
        for scope in due:
            self.protections[scope].pulls = False
            for order in self.open_orders():
                if (
                    order.is_quote
                    and order.resting
                    and order.command.account_id == scope[0]
                    and scope[1] in (0, order.command.instrument_id)
                ):
                    self.close(order, OrderStatus.CANCELED)

    def tripped_at(self, scope: tuple[int, int]) -> int:
        """Where among the events a protection tripped."""
        places = [
            place
            for place, event in enumerate(self.events)
            if isinstance(event, e.ProtectionChanged)
            and event.tripped
            and (event.account_id, event.instrument_id) == scope
        ]
        return places[-1]

    def protection_rows(self) -> list[e.ProtectionRow]:
        return [
            e.ProtectionRow(
                **{name: getattr(guarded.limits, name) for name, _ in c.SetProtection.FIELDS},
                tripped=int(guarded.tripped),
            )
            for _, guarded in sorted(self.protections.items())
        ]

    def arrive(self, order: Placed, kills: bool) -> None:
        super().arrive(order, kills)
        self.pull_quotes()

    def uncross(self, instrument_id: int) -> None:
        super().uncross(instrument_id)
        self.pull_quotes()

    # Quotes.

    def on_PlaceQuotes(self, command: c.PlaceQuotes) -> None:
        self.check_may_trade(command.account_id)
        if not any(account["role"] == 1 for account in self.accounts.values()):
            raise Refused(Result.NO_FEE_ACCOUNT)
        if command.self_trade_prevention not in list(SelfTradePrevention):
            raise Refused(Result.BAD_SELF_TRADE_PREVENTION)
        if command.flags not in (0, OrderFlag.POST_ONLY):
            raise Refused(Result.BAD_FLAGS)
        entries = quotes_of(command)
        if not entries:
            raise Refused(Result.NO_QUOTES)
        for number, entry in enumerate(entries):
            result, side = self.quote(command, entry)
            standing = {
                quote.command.side: quote.order_id
                for quote in self.open_quotes(command.account_id, entry.instrument_id)
            }
            self.events.append(
                e.QuoteAnswered(
                    account_id=command.account_id,
                    instrument_id=entry.instrument_id,
                    entry=number,
                    result=result,
                    side=side,
                    bid_order_id=standing.get(Side.BUY, 0),
                    ask_order_id=standing.get(Side.SELL, 0),
                )
            )

    def open_quotes(self, account_id: int, instrument_id: int) -> list[Placed]:
        return [
            order
            for order in self.open_orders(instrument_id)
            if order.is_quote and order.command.account_id == account_id
        ]

    def quote(self, command: c.PlaceQuotes, entry: "Quote") -> tuple[Result, int]:
        """Apply an entry if both its sides may be; how that went, and which side could not."""
        if entry.instrument_id not in self.instruments:
            return Result.UNKNOWN_INSTRUMENT, 0
        rules = self.instruments[entry.instrument_id]
        try:
            self.check_takes_orders(rules)
        except Refused as refused:
            return refused.result, 0
        if rules["state"] == InstrumentState.AUCTION:
            return Result.NOT_FOR_AUCTION, 0
        if any(lots < 0 for _, lots in entry.sides.values()):
            return Result.BAD_QUANTITY, 0
        (bid_ticks, bid_lots), (ask_ticks, ask_lots) = entry.sides.values()
        if bid_lots and ask_lots and bid_ticks >= ask_ticks:
            return Result.BAD_PRICE, 0
        old = {
            quote.command.side: quote
            for quote in self.open_quotes(command.account_id, entry.instrument_id)
        }
        arriving = {
            side: (ticks, lots)
            for side, (ticks, lots) in entry.sides.items()
            if lots and (side not in old or ticks != old[side].ticks or lots > old[side].leaves)
        }
        guarded = [
            self.protections.get((command.account_id, number))
            for number in (entry.instrument_id, 0)
        ]
        if arriving and any(each is not None and each.tripped for each in guarded):
            return Result.PROTECTION_TRIPPED, 0
        # On paper first: the old ones out of the book, then each new one as if it came alone.
        paper = self.copied()
        for quote in paper.open_quotes(command.account_id, entry.instrument_id):
            if quote.command.side in arriving or not entry.sides[Side(quote.command.side)][1]:
                quote.resting = False
        for side, (ticks, lots) in arriving.items():
            try:
                paper.check_quote(quote_order(command, entry.instrument_id, side, ticks, lots))
            except Refused as refused:
                return refused.result, side
        for side, quote in sorted(old.items()):
            ticks, lots = entry.sides[Side(side)]
            if lots == 0:
                self.close(quote, OrderStatus.CANCELED)
            elif side in arriving:
                self.lift(quote, lots, ticks)
            elif lots < quote.leaves:
                self.reduce_as_asked(quote, quote.leaves - lots)
        for side, (ticks, lots) in arriving.items():
            if side in old:
                moved = old[side]
                traded = moved.traded_lots
                moved.status = OrderStatus.PARTIALLY_FILLED if traded else OrderStatus.OPEN
                self.arrive(moved, kills=False)
            else:
                self.place_quote_order(quote_order(command, entry.instrument_id, side, ticks, lots))
        self.fire(entry.instrument_id)
        return Result.ACCEPTED, 0

    def check_quote(self, order: c.PlaceOrder) -> None:
        self.check_size(order, order.lots, order.ticks, priced=True)
        on_paper = Placed(0, 0, order, self.seq, order.lots, order.lots, order.ticks)
        rules = self.instruments[order.instrument_id]
        asset, needed = rules["base_asset_id"], order.lots * rules["lot_units"]
        if order.side == Side.BUY:
            asset = rules["quote_asset_id"]
            needed = order.lots * order.ticks * rules["factor"]
        if self.available(order.account_id, asset) < needed:
            raise Refused(Result.INSUFFICIENT_FUNDS)
        self.check_post_only(on_paper)

    def lift(self, quote: Placed, lots: int, ticks: int) -> None:
        """Take a quote out of the book to arrive anew."""
        old_lots, old_ticks = quote.leaves, quote.ticks
        quote.resting = False
        quote.lots += lots - old_lots
        quote.leaves, quote.ticks = lots, ticks
        quote.arrival = self.next_arrival()
        self.event(
            e.OrderReplaced, quote, lots=lots, ticks=ticks, old_lots=old_lots, old_ticks=old_ticks
        )

    def place_quote_order(self, command: c.PlaceOrder) -> None:
        arrival = self.next_arrival()
        number = len(self.orders) + 1
        order = Placed(
            number, arrival, command, self.seq, command.lots, command.lots, command.ticks
        )
        fields = {name: getattr(command, name) for name, _ in command.FIELDS}
        self.events.append(e.OrderAccepted(order_id=number, **fields))
        self.add_order(order)
        self.arrive(order, kills=False)
