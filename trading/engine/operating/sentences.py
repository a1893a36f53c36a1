"""What happens to an order, in sentences with its numbers in whole assets."""

from typing import NamedTuple

from money.units import format_units
from trading.engine import commands, events, wire
from trading.engine.enums import (
    CancelCause,
    OrderFlag,
    OrderStatus,
    OrderType,
    ReduceReason,
    SelfTradePrevention,
    Side,
    TimeInForce,
    TriggerSource,
)
from trading.engine.message import Message
from trading.engine.operating import wording


class Asset(NamedTuple):
    scale: int
    code: str


class Instrument(NamedTuple):
    symbol: str
    base: Asset
    quote: Asset
    tick_units: int
    lot_units: int


class Definitions:
    """A tenant's assets and instruments as they stand; what is unknown stays plain numbers."""

    def __init__(self) -> None:
        self._assets: dict[int, Asset] = {}
        self._instruments: dict[int, Instrument] = {}

    def take(self, event: Message) -> None:
        if isinstance(event, events.AssetCreated):
            self._assets[event.asset_id] = Asset(event.scale, event.code)
        elif isinstance(event, events.InstrumentCreated | events.InstrumentChanged):
            base = self._assets.get(event.base_asset_id)
            quote = self._assets.get(event.quote_asset_id)
            if base is not None and quote is not None:
                self._instruments[event.instrument_id] = Instrument(
                    event.symbol, base, quote, event.tick_units, event.lot_units
                )

    def symbol(self, instrument_id: int) -> str:
        known = self._instruments.get(instrument_id)
        return known.symbol if known else f"instrument {instrument_id}"

    def quantity(self, instrument_id: int, lots: int) -> str:
        """``0.5 BTC (50 lots)``."""
        known = self._instruments.get(instrument_id)
        counted = f"{lots} lot" if lots == 1 else f"{lots} lots"
        return (
            f"{self.base(instrument_id, lots * known.lot_units)} ({counted})" if known else counted
        )

    def price(self, instrument_id: int, ticks: int) -> str:
        """``61500 USDT (6150000 ticks)``."""
        known = self._instruments.get(instrument_id)
        counted = f"{ticks} tick" if ticks == 1 else f"{ticks} ticks"
        return (
            f"{self.quote(instrument_id, ticks * known.tick_units)} ({counted})"
            if known
            else counted
        )

    def base(self, instrument_id: int, units: int) -> str:
        known = self._instruments.get(instrument_id)
        return _amount(units, known.base if known else None, "base")

    def quote(self, instrument_id: int, units: int) -> str:
        known = self._instruments.get(instrument_id)
        return _amount(units, known.quote if known else None, "quote")


def _amount(units: int, asset: Asset | None, kind: str) -> str:
    if asset is None:
        return f"{units} units of the {kind} asset"
    return f"{format_units(units, asset.scale)} {asset.code}"


class Teller:
    """Tells one order's events, in their order, and keeps how it stands."""

    def __init__(self, order_id: int, definitions: Definitions) -> None:
        self.order_id = order_id
        self.definitions = definitions
        self.standing = ""
        self._rests_at = 0  # ticks; 0: it does not rest
        self._trails = False
        self._source = "last"

    def happened(self, event: Message, command: Message) -> str:
        """One event of the order; ``command`` is what caused it."""
        if isinstance(event, events.OrderAccepted):
            return self._accepted(event)
        if isinstance(event, events.Traded):
            return self._traded(event)
        if isinstance(event, events.OrderReduced):
            return self._reduced(event)
        if isinstance(event, events.OrderReplaced):
            return self._replaced(event)
        if isinstance(event, events.OrderClosed):
            return self._closed(event, command)
        if isinstance(event, events.OrderRested):
            numbers = self._at(event.instrument_id, event.lots, event.ticks)
            self._rests_at = event.ticks
            shown = self._shown(event.instrument_id, event.lots, event.reserve_lots)
            self.standing = f"it rests in the book: {numbers}{shown}"
            return f"Rests in the book: {numbers}{shown}; funds are held for all of it."
        if isinstance(event, events.OrderUncrossed):
            numbers = self._at(event.instrument_id, event.lots, event.ticks)
            return f"Uncrossed: the auction ends, and of what rested these trade: {numbers}."
        if isinstance(event, events.OrderRefreshed):
            return self._refreshed(event)
        if isinstance(event, events.OrderPending):
            self.standing = "it is pending: the first order of its list is not filled yet"
            return "Pending until the first order of its list is wholly filled; nothing is held."
        if isinstance(event, events.OrderReleased):
            self.standing = "it was released"
            return "Released: the first order of its list is wholly filled."
        if isinstance(event, events.OrderWaiting):
            what = self._awaited(event)
            self.standing = f"it waits outside the book for {what}"
            return f"Waits outside the book for {what}; nothing is held."
        if isinstance(event, events.OrderActivated):
            extreme = self.definitions.price(event.instrument_id, event.extreme_ticks)
            stop = self.definitions.price(event.instrument_id, event.trigger_ticks)
            self.standing = f"it follows the {self._source} price, from {extreme} on"
            return f"Follows the {self._source} price from {extreme} on; its stop begins at {stop}."
        if isinstance(event, events.OrderTriggered):
            return self._triggered(event)
        return wording.message_text(event)

    def refused(self, command: Message, result: int) -> str:
        """A command about the order that changed nothing."""
        said = f"{wire.result_name(result)} ({result})"
        if isinstance(command, commands.PlaceOrder):
            return f"Sent again under its client order id: {said}, nothing was applied."
        name = type(command).__name__
        wish = ""
        if isinstance(command, commands.ReduceOrder):
            wish = f" by {command.lots} lots"
        elif isinstance(command, commands.ReplaceOrder):
            wish = f" to {command.lots} lots at {command.ticks} ticks (0: as it is)"
        return f"{name}{wish} was refused: {said}."

    def _awaited(self, event: events.OrderWaiting) -> str:
        if event.trigger_ns:
            return f"its time {wording.time_text(event.trigger_ns)}"
        if not event.trigger_ticks:
            return "the first price to follow" if self._trails else "the instrument to be open"
        price = self.definitions.price(event.instrument_id, event.trigger_ticks)
        return f"its {'activation price' if self._trails else 'trigger'} {price}"

    def _triggered(self, event: events.OrderTriggered) -> str:
        if not event.trigger_ticks:
            return "Triggered: its time has come; it arrives now."
        trigger = self.definitions.price(event.instrument_id, event.trigger_ticks)
        price = self.definitions.price(event.instrument_id, event.last_ticks)
        what = "a trade" if self._source == "last" else f"the {self._source} price"
        limit = ""
        if event.ticks:
            limit = f" with limit {self.definitions.price(event.instrument_id, event.ticks)}"
        return f"Triggered: {what} at {price} met its trigger {trigger}; it arrives now{limit}."

    def _at(self, instrument_id: int, lots: int, ticks: int) -> str:
        quantity = self.definitions.quantity(instrument_id, lots)
        return f"{quantity} at {self.definitions.price(instrument_id, ticks)}"

    def _shown(self, instrument_id: int, lots: int, reserve_lots: int) -> str:
        """How much of its open lots an iceberg shows, where it does not show all of them."""
        if not reserve_lots:
            return ""
        return f", of which {self.definitions.quantity(instrument_id, lots - reserve_lots)} shown"

    def _refreshed(self, event: events.OrderRefreshed) -> str:
        known, which = self.definitions, event.instrument_id
        lots = event.lots + event.reserve_lots
        shown = self._shown(which, lots, event.reserve_lots)
        self.standing = f"it rests in the book: {self._at(which, lots, event.ticks)}{shown}"
        return (
            f"Shows its next part, {known.quantity(which, event.lots)}, behind the others at its "
            f"price; {known.quantity(which, event.reserve_lots)} in reserve."
        )

    def _accepted(self, event: events.OrderAccepted) -> str:
        known, which = self.definitions, event.instrument_id
        words = [
            _name(Side, event.side),
            known.quantity(which, event.lots)
            if not event.quote_units
            else f"for {known.quote(which, event.quote_units)}",
            f"in {known.symbol(which)},",
            _name(OrderType, event.order_type),
        ]
        if event.ticks:
            words.append(f"at {known.price(which, event.ticks)}")
        if event.trigger_ticks:
            words.append(f"with trigger {known.price(which, event.trigger_ticks)}")
        self._trails = event.trailing_distance_bp != 0
        self._source = _name(TriggerSource, event.trigger_source).lower()
        if self._trails:
            words.append(f"{event.trailing_distance_bp} basis points behind the price")
        if event.activation_ticks:
            words.append(f"from {known.price(which, event.activation_ticks)} on")
        if event.limit_offset_ticks:
            words.append(f"limit {known.price(which, event.limit_offset_ticks)} behind it")
        terms = [_name(TimeInForce, event.time_in_force)]
        if event.trigger_source:
            terms.append(f"by the {self._source} price")
        if event.trigger_ns:
            terms.append(f"not before {wording.time_text(event.trigger_ns)}")
        if event.expire_ns:
            terms.append(f"until {wording.time_text(event.expire_ns)}")
        if event.display_lots:
            terms.append(f"showing {known.quantity(which, event.display_lots)} at a time")
        if event.flags & OrderFlag.POST_ONLY:
            terms.append("post-only")
        if event.self_trade_prevention:
            terms.append(
                f"self-trade prevention {_name(SelfTradePrevention, event.self_trade_prevention)}"
            )
        if event.client_order_id:
            terms.append(f'client order id "{event.client_order_id}"')
        self.standing = "it was accepted"
        return f"Accepted from account {event.account_id}: {' '.join(words)}, {', '.join(terms)}."

    def _traded(self, event: events.Traded) -> str:
        known, which = self.definitions, event.instrument_id
        is_taker = event.taker_order_id == self.order_id
        buys = is_taker == (event.taker_side == Side.BUY)
        other_order = event.maker_order_id if is_taker else event.taker_order_id
        other_account = event.maker_account_id if is_taker else event.taker_account_id
        fee_units = event.taker_fee_units if is_taker else event.maker_fee_units
        leaves = event.taker_leaves_lots if is_taker else event.maker_leaves_lots
        # Each pays its fee out of what it receives.
        fee = known.base(which, fee_units) if buys else known.quote(which, fee_units)
        left = f"; {known.quantity(which, leaves)} left" if leaves else ""
        if leaves and self._rests_at:
            # In an auction it may have traded at another price, or as a taker.
            self.standing = f"it rests in the book: {self._at(which, leaves, self._rests_at)}"
        return (
            f"{'Bought' if buys else 'Sold'} {self._at(which, event.lots, event.ticks)} for "
            f"{known.quote(which, event.quote_units)} as {'taker' if is_taker else 'maker'}, "
            f"with order {other_order} of account {other_account} (trade {event.trade_id}), "
            f"fee {fee}{left}."
        )

    def _reduced(self, event: events.OrderReduced) -> str:
        known, which = self.definitions, event.instrument_id
        left = known.quantity(which, event.leaves_lots)
        if event.rested:
            numbers = self._at(which, event.leaves_lots, event.ticks)
            self.standing = f"it rests in the book: {numbers}"
        why = "as asked"
        if event.reason == ReduceReason.SELF_TRADE_PREVENTED:
            why = "by self-trade prevention"
        return f"Reduced by {known.quantity(which, event.lots)} {why}; {left} left."

    def _replaced(self, event: events.OrderReplaced) -> str:
        self._rests_at = 0
        old = self._at(event.instrument_id, event.old_lots, event.old_ticks)
        new = self._at(event.instrument_id, event.lots, event.ticks)
        return f"Replaced: no longer {old}, but {new}; it arrives anew, behind others."

    def _closed(self, event: events.OrderClosed, command: Message) -> str:
        known, which = self.definitions, event.instrument_id
        closed = _ENDS.get(event.status, _name(OrderStatus, event.status))
        if event.by_order_id:
            closed += f", for order {event.by_order_id} of its list traded, fired or ended"
        elif event.status == OrderStatus.CANCELED:
            closed += f" ({_cancel_name(command)})"
        elif event.status == OrderStatus.EXPIRED:
            closed += ": the rest found no match"
            if isinstance(command, commands.ExpireOrder):
                closed = f"{_ENDS[event.status]}: its time was over"
            elif isinstance(command, commands.SetInstrumentState | commands.ChangeInstrument):
                closed = f"{_ENDS[event.status]}: trading closed"
        self.standing = f"it is closed: {_name(OrderStatus, event.status)}"
        traded = "nothing was traded"
        if event.cumulative_lots:
            traded = (
                f"{known.quantity(which, event.cumulative_lots)} traded for "
                f"{known.quote(which, event.cumulative_quote_units)} in all"
            )
        left = ""
        if event.leaves_lots:
            left = f", {known.quantity(which, event.leaves_lots)} left unfilled"
        return f"{closed}; {traded}{left}."


def _cancel_name(command: Message) -> str:
    """What canceled an order: a command, or what gave it."""
    if isinstance(command, commands.CancelAllOrders) and command.cause in _CAUSES:
        return _CAUSES[command.cause]
    return type(command).__name__


_CAUSES: dict[int, str] = {
    CancelCause.DISCONNECTED: "the connection it went with was gone",
    CancelCause.TIMER: "its account's cancel timer ran out",
}
_ENDS: dict[int, str] = {
    OrderStatus.FILLED: "Filled",
    OrderStatus.CANCELED: "Canceled",
    OrderStatus.EXPIRED: "Expired",
    OrderStatus.EXPIRED_IN_MATCH: "Expired by self-trade prevention",
    OrderStatus.REJECTED: "Rejected after its trigger: its size, its account or its funds did not "
    "allow it any more",
}


def _name(
    kind: type[Side | OrderType | TimeInForce | OrderStatus | SelfTradePrevention | TriggerSource],
    value: int,
) -> str:
    return str(kind(value).name) if value in set(kind) else str(value)
