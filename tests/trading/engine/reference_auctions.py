"""The part of the reference model that knows auctions, sessions and circuit breakers."""

from dataclasses import dataclass
from typing import Any

from tests.trading.engine.reference_books import BIGGEST_TICKS, Refused
from tests.trading.engine.reference_orders import RESTING_TIMES, TRIGGERED, Placed, ReferenceOrders
from trading.engine import commands as c
from trading.engine import events as e
from trading.engine.enums import (
    InstrumentState,
    OrderFlag,
    OrderStatus,
    OrderType,
    ReduceReason,
    SelfTradePrevention,
    Side,
    StateReason,
    TimeInForce,
)
from trading.engine.results import Result

A_DAY = 24 * 3600 * 10**9
A_WEEK = 7 * A_DAY


@dataclass
class ReferenceAuctions(ReferenceOrders):
    """When one tenant's instruments trade."""

    def fire(self, instrument_id: int) -> None:
        raise NotImplementedError

    # States.

    def on_SetInstrumentState(self, command: c.SetInstrumentState) -> None:
        if command.state not in list(InstrumentState):
            raise Refused(Result.FIELD_OUT_OF_RANGE)
        if command.instrument_id not in self.instruments:
            raise Refused(Result.UNKNOWN_INSTRUMENT)
        self.change_state(command.instrument_id, command.state, StateReason.REQUESTED)

    def on_ReopenInstrument(self, command: c.ReopenInstrument) -> None:
        if command.instrument_id not in self.instruments:
            raise Refused(Result.UNKNOWN_INSTRUMENT)
        reopens = self.instruments[command.instrument_id]["reopens"]
        if not 0 < reopens <= self.time_ns:
            raise Refused(Result.NOTHING_TO_REOPEN)
        self.change_state(command.instrument_id, InstrumentState.OPEN, StateReason.REOPENED)

    def change_state(self, instrument_id: int, state: int, reason: StateReason) -> None:
        self.instruments[instrument_id]["state"] = state
        self.events.append(
            e.InstrumentStateChanged(instrument_id=instrument_id, state=state, reason=reason)
        )
        self.enter_state(instrument_id)

    def enter_state(self, instrument_id: int) -> None:
        rules = self.instruments[instrument_id]
        rules["reopens"] = 0
        if rules["state"] not in (InstrumentState.OPEN, InstrumentState.CLOSED):
            return
        self.uncross(instrument_id)
        rules["window"] = (0, 0)
        self.fire(instrument_id)
        if rules["state"] != InstrumentState.CLOSED:
            return
        for order in self.open_orders(instrument_id):
            if order.is_open and order.command.time_in_force == TimeInForce.DAY:
                self.close(order, OrderStatus.EXPIRED)

    # Sessions and DAY orders.

    def on_SetSession(self, command: c.SetSession) -> None:
        if command.ends_ns < 0:
            raise Refused(Result.FIELD_OUT_OF_RANGE)
        if command.instrument_id not in self.instruments:
            raise Refused(Result.UNKNOWN_INSTRUMENT)
        self.instruments[command.instrument_id]["session_ends"] = command.ends_ns
        self.events.append(
            e.SessionSet(instrument_id=command.instrument_id, ends_ns=command.ends_ns)
        )

    def end_of(self, command: c.PlaceOrder) -> int:
        """When an order ends by itself; 0: never. Raises if that is over."""
        if command.time_in_force != TimeInForce.DAY:
            return command.expire_ns
        ends = self.instruments[command.instrument_id]["session_ends"]
        if ends == 0:
            ends = self.time_ns - self.time_ns % A_DAY + A_DAY
        if ends <= max(self.time_ns, command.trigger_ns):
            raise Refused(Result.SESSION_OVER)
        return int(ends)

    @staticmethod
    def check_takes_orders(rules: dict[str, Any]) -> None:
        refusals = {
            InstrumentState.HALTED: Result.INSTRUMENT_HALTED,
            InstrumentState.CANCEL_ONLY: Result.INSTRUMENT_CANCEL_ONLY,
            InstrumentState.CLOSED: Result.INSTRUMENT_CLOSED,
        }
        if rules["state"] in refusals:
            raise Refused(refusals[rules["state"]])

    # Auctions.

    def check_for_auction(self, command: c.PlaceOrder) -> None:
        rules = self.instruments[command.instrument_id]
        if rules["state"] != InstrumentState.AUCTION or command.order_type in TRIGGERED:
            return
        rests = command.order_type == OrderType.LIMIT and command.time_in_force in RESTING_TIMES
        if not rests or command.flags & OrderFlag.POST_ONLY:
            raise Refused(Result.NOT_FOR_AUCTION)

    def check_when_closed(self, order: Placed) -> None:
        """What is set free by the last trades of a session rests or waits, or is not allowed."""
        command = order.command
        rules = self.instruments[command.instrument_id]
        if rules["state"] != InstrumentState.CLOSED or command.order_type in TRIGGERED:
            return
        facing = self.facing(order)
        rests = command.order_type == OrderType.LIMIT and command.time_in_force in RESTING_TIMES
        if not rests or (facing and not self.too_far(facing[0], order)):
            raise Refused(Result.INSTRUMENT_CLOSED)

    def join(self, order: Placed) -> str:
        """An order joins an auction: "prevented" if nothing of it may."""
        mode = order.command.self_trade_prevention
        while mode != SelfTradePrevention.NONE:
            own = [
                other
                for other in self.facing(order)
                if not self.too_far(other, order)
                and self.same_party(other.command.account_id, order.command.account_id)
            ]
            if not own:
                break
            other = own[0]
            if mode == SelfTradePrevention.EXPIRE_TAKER:
                return "prevented"
            lots = min(other.shown, order.leaves)
            if mode != SelfTradePrevention.DECREMENT or lots == other.leaves:
                self.close(other, OrderStatus.EXPIRED_IN_MATCH)
            else:
                self.reduce(other, lots, 0, ReduceReason.SELF_TRADE_PREVENTED)
                self.show_more(other)
            if mode == SelfTradePrevention.EXPIRE_BOTH:
                return "prevented"
            if mode == SelfTradePrevention.DECREMENT:
                if lots == order.leaves:
                    return "prevented"
                order.leaves -= lots
                self.reduced_event(order, lots, 0, ReduceReason.SELF_TRADE_PREVENTED)
        return "ended"

    def outcome_at(self, instrument_id: int, ticks: int) -> tuple[int, int]:
        """(lots that would trade at a price, lots wanted beyond what is offered)."""
        wanted = sum(o.leaves for o in self.queue(instrument_id, Side.BUY) if o.ticks >= ticks)
        offered = sum(o.leaves for o in self.queue(instrument_id, Side.SELL) if o.ticks <= ticks)
        return min(wanted, offered), wanted - offered

    def auction_price(self, instrument_id: int) -> int:
        """By the rules as people read them, tried at every price where anything can change."""
        limits = {
            order.ticks
            for side in (Side.BUY, Side.SELL)
            for order in self.queue(instrument_id, side)
        }
        outcomes = {
            ticks: self.outcome_at(instrument_id, ticks)
            for limit in limits
            for ticks in (limit - 1, limit, limit + 1)
            if 0 < ticks <= BIGGEST_TICKS
        }
        most = max((lots for lots, _ in outcomes.values()), default=0)
        if most == 0:
            return 0
        best = {ticks: surplus for ticks, (lots, surplus) in outcomes.items() if lots == most}
        least = min(abs(surplus) for surplus in best.values())
        best = {ticks: surplus for ticks, surplus in best.items() if abs(surplus) == least}
        if all(surplus > 0 for surplus in best.values()):
            return max(best)
        if all(surplus < 0 for surplus in best.values()):
            return min(best)
        rules = self.instruments[instrument_id]
        reference = rules["last"] or rules["reference"]
        if reference == 0:
            return (min(best) + max(best)) // 2
        return int(min(max(reference, min(best)), max(best)))

    def uncross(self, instrument_id: int) -> None:
        ticks = self.auction_price(instrument_id)
        if ticks == 0:
            return
        left, surplus = self.outcome_at(instrument_id, ticks)
        self.events.append(
            e.AuctionUncrossed(
                instrument_id=instrument_id, ticks=ticks, lots=left, surplus_lots=surplus
            )
        )
        taking, making = (Side.BUY, Side.SELL) if surplus >= 0 else (Side.SELL, Side.BUY)
        out: dict[int, int] = {}  # lots by order that have left their own price
        brought = {taking: 0, making: 0}
        total = left
        while left:
            pair = []
            for side, to_ticks in ((taking, 0), (making, ticks)):
                order = self.queue(instrument_id, side)[0]
                pair.append(order)
                if not out.get(order.order_id):
                    lots = min(order.shown, total - brought[side])
                    brought[side] += lots
                    out[order.order_id] = lots
                    self.event(
                        e.OrderUncrossed, order, lots=lots, ticks=order.ticks, to_ticks=to_ticks
                    )
            taker, maker = pair
            lots = min(out[taker.order_id], out[maker.order_id])
            left -= lots
            out[taker.order_id] -= lots
            out[maker.order_id] -= lots
            self.trade(taker, maker, lots, auction_ticks=ticks)
            taker.status = OrderStatus.PARTIALLY_FILLED
            if taker.leaves == 0:
                self.close(taker, OrderStatus.FILLED)
            else:
                self.show_more(taker)

    def auction_row(self, instrument_id: int) -> Any:
        rules = self.instruments[instrument_id]
        ticks = self.auction_price(instrument_id)
        lots, surplus = self.outcome_at(instrument_id, ticks) if ticks else (0, 0)
        return e.AuctionRow(
            instrument_id=instrument_id,
            state=rules["state"],
            ticks=ticks,
            lots=lots,
            surplus_lots=surplus,
            reference_ticks=rules["last"] or rules["reference"],
            last_ticks=rules["last"],
            session_ends_ns=rules["session_ends"],
            reopen_ns=rules["reopens"],
        )

    # The breaker.

    def on_SetBreaker(self, command: c.SetBreaker) -> None:
        if command.instrument_id not in self.instruments:
            raise Refused(Result.UNKNOWN_INSTRUMENT)
        times = (command.window_ns, command.halt_ns)
        off = command.breaker_bp == 0 and times == (0, 0)
        on = 0 < command.breaker_bp <= 1_000_000 and all(0 < time <= A_WEEK for time in times)
        if not (off or on):
            raise Refused(Result.BAD_BREAKER)
        fields = {name: getattr(command, name) for name, _ in command.FIELDS}
        breaker = (command.breaker_bp, *times) if on else None
        self.instruments[command.instrument_id].update(breaker=breaker, window=(0, 0))
        self.events.append(e.BreakerSet(**fields))

    def window_price(self, instrument_id: int) -> int:
        """What the breaker measures from now; 0: nothing."""
        rules = self.instruments[instrument_id]
        if not rules["breaker"]:
            return 0
        number, price = rules["window"]
        if price and number == self.time_ns // rules["breaker"][1]:
            return int(price)
        return int(rules["last"] or rules["reference"])

    def breaks(self, instrument_id: int, side: int, start: int, ticks: int) -> bool:
        """Whether a trade of a taker at this price is too far from where the window began."""
        if start == 0:
            return False
        bp = self.instruments[instrument_id]["breaker"][0]
        if side == Side.BUY:
            return ticks * 10_000 > start * (10_000 + bp)
        return ticks * 10_000 < start * (10_000 - bp)

    def enter_window(self, instrument_id: int) -> None:
        rules = self.instruments[instrument_id]
        if rules["breaker"]:
            number = self.time_ns // rules["breaker"][1]
            rules["window"] = (number, self.window_price(instrument_id))

    def halt(self, instrument_id: int) -> None:
        rules = self.instruments[instrument_id]
        rules["state"] = InstrumentState.AUCTION
        rules["reopens"] = self.time_ns + rules["breaker"][2]
        self.events.append(
            e.InstrumentStateChanged(
                instrument_id=instrument_id,
                state=InstrumentState.AUCTION,
                reason=StateReason.BREAKER,
                reopen_ns=rules["reopens"],
            )
        )
