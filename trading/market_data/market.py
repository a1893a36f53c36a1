"""One tenant's market as the journal tells it: books, trades, tickers, candles, accounts.

Pure: journal rows in, (channel or key, JSON) out. No clock, no Redis, no SQL, no engine logic.
Rows come kind by kind from `trading.engine.columns`; the sums they make do not depend on the
order of kinds within a batch. An i128 stands in a row as two items, low and high.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from trading.engine import events
from trading.engine.enums import Side
from trading.instruments.rules import AssetInfo, InstrumentInfo
from trading.market_data import candles, depth, intake, phases, private, tape
from trading.orders import shapes

_NS_PER_SECOND = 1_000_000_000
_DISPLAY_PLACES = 8

Row = Any  # a named tuple of `columns.rows`
Rows = dict[str, list[Row]]


class Output(NamedTuple):
    """Something for Redis: a message on a channel, or a new value of a key."""

    is_key: bool
    name: str
    payload: str | bytes


class TenantMarket:
    """Everything the publisher knows of one tenant.

    Each part knows the journal seq it is already good for (`orders_seq`, `balances_seq`,
    `trades_seq`): rows up to it are passed over.
    """

    def __init__(self, tenant_id: int) -> None:
        self.tenant_id = tenant_id
        self.assets: dict[int, AssetInfo] = {}
        self.infos: dict[int, InstrumentInfo] = {}
        self.books: dict[int, depth.DepthBook] = {}
        self.private = private.PrivateState()
        self.orders_seq = 0
        self.balances_seq = 0
        self.trades_seq = 0
        self.instruments_changed = False
        self._unannounced: set[int] = set()
        self._tapes: dict[int, tape.Tape] = {}
        self._phases: dict[int, phases.Phase] = {}
        self._lists: dict[int, tuple[int, int]] = {}  # (list id, type) of orders to be accepted

    @property
    def loaded_seq(self) -> int:
        """From this seq on all parts stand at the same record."""
        return max(self.orders_seq, self.balances_seq, self.trades_seq)

    @property
    def first_missing_seq(self) -> int:
        """The first record that some part has not seen."""
        return min(self.orders_seq, self.balances_seq, self.trades_seq) + 1

    # What is there at the start

    def start_orders(self, seq: int) -> None:
        """The books as they are now stand at ``seq``; open orders come next."""
        self.orders_seq = seq
        for book in self.books.values():
            book.start_at(seq)

    def add_asset(self, asset: AssetInfo) -> None:
        self.assets[asset.id] = asset

    def add_instrument(self, info: InstrumentInfo) -> None:
        """A new instrument, or new steps of one that has no open order."""
        self.infos[info.id] = info
        book = self.books.get(info.id)
        if book is None:
            self.books[info.id] = depth.DepthBook(info, self.orders_seq)
            self._tapes[info.id] = tape.Tape()
            self._phases[info.id] = phases.Phase(info.state, 0)
            self._unannounced.add(info.id)
        else:
            book.info = info

    def add_phase(self, row: events.AuctionRow, seq: int) -> None:
        """What an instrument is at as of ``seq``, as the engine says."""
        phase = self._phases[row.instrument_id]
        phase.state = row.state
        phase.reference_ticks = row.reference_ticks
        phase.has_last = row.last_ticks > 0
        phase.session_ends_ns = row.session_ends_ns
        phase.reopen_ns = row.reopen_ns
        phase.seq = seq

    def add_open_order(self, state: shapes.OrderState, reserve_lots: int = 0) -> None:
        """An order that rests in the book as of `orders_seq`, or waits for something; the
        reserve is not shown."""
        self.private.orders[state.order_id] = state
        if state.rests:
            book = self.books[state.instrument_id]
            shown_lots = state.leaves_lots - reserve_lots
            book.change(self.orders_seq, state.side, state.ticks, shown_lots)

    def load_history(
        self,
        instrument_id: int,
        minutes: list[candles.Candle],
        current: dict[str, candles.Candle],
        recent_trades: Iterable[tuple[int, int, int, int, int]],
    ) -> None:
        """Stored candles and trades (id, ticks, lots, taker side, ns) up to `trades_seq`."""
        line = self._tapes[instrument_id]
        line.ticker.load_minutes(minutes)
        line.series.current = current
        info = self.infos[instrument_id]
        for trade in recent_trades:
            line.recent.append(tape.trade_json(info, *trade))
            line.last_trade_id = trade[0]

    # What the journal tells

    def apply(self, rows: Rows) -> None:
        """Take in whole records' rows. New steps of an instrument part what is before and after."""
        for row in rows.get("InstrumentChanged", ()):
            changed_seq = row.seq
            self._apply_rows({name: _until(kept, changed_seq) for name, kept in rows.items()})
            self._on_instrument(row)
            rows = {name: _after(kept, changed_seq) for name, kept in rows.items()}
        self._apply_rows(rows)

    def _apply_rows(self, rows: Rows) -> None:
        for name, handler in intake.HANDLERS:
            handle = getattr(self, handler)
            for row in rows.get(name, ()):
                handle(row)
        self.private.forget_closed()

    def _on_asset(self, row: Row) -> None:
        text = row.code.decode()
        places = min(row.scale, _DISPLAY_PLACES)
        self.add_asset(AssetInfo(row.asset_id, text, text, row.scale, places))

    def _on_instrument(self, row: Row) -> None:
        base, quote = self.assets[row.base_asset_id], self.assets[row.quote_asset_id]
        info = InstrumentInfo(
            id=row.instrument_id,
            symbol=row.symbol.decode(),
            base_id=base.id,
            base_code=base.code,
            base_scale=base.scale,
            quote_id=quote.id,
            quote_code=quote.code,
            quote_scale=quote.scale,
            tick_units=row.tick_units,
            lot_units=row.lot_units,
            min_lots=row.min_lots,
            max_lots=row.max_lots,
            min_notional_units=row.min_notional_units,
            max_notional_units=row.max_notional_units,
            price_band_bp=row.price_band_bp,
            maker_ppm=row.maker_ppm,
            taker_ppm=row.taker_ppm,
            state=row.state,
        )
        self.add_instrument(info)
        self.instruments_changed = True
        phase = self._phases[info.id]
        if row.seq > phase.seq and row.state != phase.state:
            self._enter_state(phase, row.state, 0)

    def _on_list_placed(self, row: Row) -> None:
        if row.seq > self.orders_seq:
            for order_id in shapes.list_members(row.list_id, row.list_type):
                self._lists[order_id] = (row.list_id, row.list_type)

    def _on_accepted(self, row: Row) -> None:
        if row.seq <= self.orders_seq:
            return
        list_id, list_type = self._lists.pop(row.order_id, (0, 0))
        state = shapes.OrderState(
            order_id=row.order_id,
            account_id=row.account_id,
            instrument_id=row.instrument_id,
            side=row.side,
            order_type=row.order_type,
            time_in_force=row.time_in_force,
            lots=row.lots,
            ticks=row.ticks,
            quote_units=row.quote_units,
            self_trade_prevention=row.self_trade_prevention,
            flags=row.flags,
            client_order_id=row.client_order_id.decode(),
            leaves_lots=row.lots,
            trigger_ticks=row.trigger_ticks,
            expire_ns=row.expire_ns,
            trigger_source=row.trigger_source,
            trailing_distance_bp=row.trailing_distance_bp,
            activation_ticks=row.activation_ticks,
            limit_offset_ticks=row.limit_offset_ticks,
            trigger_ns=row.trigger_ns,
            display_lots=row.display_lots,
            list_id=list_id,
            list_type=list_type,
            placed_ns=row.time_ns,
            updated_ns=row.time_ns,
        )
        self.private.on_accepted(row.seq, state)

    def _on_pending(self, row: Row) -> None:
        if row.seq > self.orders_seq:
            self.private.on_pending(row.seq, row.order_id)

    def _on_released(self, row: Row) -> None:
        if row.seq > self.orders_seq:
            self.private.on_released(row.seq, row.time_ns, row.order_id)

    def _on_waiting(self, row: Row) -> None:
        if row.seq > self.orders_seq:
            self.private.on_waiting(row.seq, row.order_id)

    def _on_activated(self, row: Row) -> None:
        if row.seq > self.orders_seq:
            self.private.on_activated(
                row.seq, row.time_ns, row.order_id, row.extreme_ticks, row.trigger_ticks
            )

    def _on_triggered(self, row: Row) -> None:
        if row.seq > self.orders_seq:
            self.private.on_triggered(
                row.seq, row.time_ns, row.order_id, row.trigger_ticks, row.ticks
            )

    def _on_replaced(self, row: Row) -> None:
        if row.seq > self.orders_seq:
            self.private.on_replaced(
                row.seq, row.time_ns, row.order_id, row.lots, row.ticks, row.old_lots
            )
        self._rest(row, row.old_ticks, -row.old_lots, -row.old_reserve_lots)

    def _on_rested(self, row: Row) -> None:
        self._rest(row, row.ticks, row.lots, row.reserve_lots)

    def _on_refreshed(self, row: Row) -> None:
        # Held since the order came to rest; what was shown before went by trades.
        if row.seq > self.orders_seq:
            self.books[row.instrument_id].change(row.seq, row.side, row.ticks, row.lots)

    def _rest(self, row: Row, ticks: int, lots: int, reserve_lots: int) -> None:
        """Lots of an order that come to rest at a price, or with a minus leave it: funds are held
        for them, and all but the reserve are in the book for everybody to see."""
        if row.seq > self.orders_seq:
            book = self.books[row.instrument_id]
            book.change(row.seq, row.side, ticks, lots - reserve_lots)
        if row.seq > self.balances_seq:
            info = self.infos[row.instrument_id]
            self.private.hold(row.seq, row.account_id, info, row.side, lots, ticks)

    def _on_uncrossed(self, row: Row) -> None:
        self._rest(row, row.ticks, -row.lots, 0)
        if row.to_ticks:
            self._rest(row, row.to_ticks, row.lots, 0)

    def _on_state(self, row: Row) -> None:
        phase = self._phases[row.instrument_id]
        if row.seq > phase.seq:
            self._enter_state(phase, row.state, row.reopen_ns)

    def _enter_state(self, phase: phases.Phase, state: int, reopen_ns: int) -> None:
        self.instruments_changed |= state != phase.state
        phase.state, phase.reopen_ns = state, reopen_ns

    def _on_session(self, row: Row) -> None:
        phase = self._phases[row.instrument_id]
        if row.seq > phase.seq:
            phase.session_ends_ns = row.ends_ns

    def _on_reference(self, row: Row) -> None:
        phase = self._phases[row.instrument_id]
        if row.seq > phase.seq and not phase.has_last:
            phase.reference_ticks = row.ticks

    def _on_traded(self, row: Row) -> None:
        info = self.infos[row.instrument_id]
        phase = self._phases[row.instrument_id]
        if row.seq > phase.seq:
            phase.reference_ticks = row.ticks
            phase.has_last = True
        trade = private.TradeSide(
            pk=row.trade_id,
            taker_side=row.taker_side,
            lots=row.lots,
            ticks=row.ticks,
            base_units=row.base_units,
            quote_units=row.quote_units,
            maker_order_id=row.maker_order_id,
            taker_order_id=row.taker_order_id,
            maker_account_id=row.maker_account_id,
            taker_account_id=row.taker_account_id,
            maker_fee_units=row.maker_fee_units,
            taker_fee_units=row.taker_fee_units,
        )
        if row.seq > self.trades_seq:
            self._record_trade(row.seq, row.time_ns, info, trade)
        if row.seq > self.orders_seq:
            maker_side = Side.BUY + Side.SELL - trade.taker_side
            self.books[row.instrument_id].change(row.seq, maker_side, row.ticks, -row.lots)
            for order_id in (trade.maker_order_id, trade.taker_order_id):
                self.private.on_traded(row.seq, row.time_ns, order_id, row.lots, trade.quote_units)
        if row.seq > self.balances_seq:
            self.private.settle(
                row.seq, row.time_ns, info, trade, fee_account_id=row.fee_account_id
            )

    def _record_trade(
        self, seq: int, time_ns: int, info: InstrumentInfo, trade: private.TradeSide
    ) -> None:
        line = self._tapes[info.id]
        second = time_ns // _NS_PER_SECOND
        price_units = trade.ticks * info.tick_units
        for part in (line.series, line.ticker):
            part.add_trade(second, price_units, trade.base_units, trade.quote_units, seq)
        text = tape.trade_json(info, trade.pk, trade.ticks, trade.lots, trade.taker_side, time_ns)
        line.new_trades.append((trade.pk, text))

    def _on_reduced(self, row: Row) -> None:
        if row.seq > self.orders_seq:
            self.private.on_reduced(row.seq, row.time_ns, row.order_id, row.lots)
        if row.rested:
            self._rest(row, row.ticks, -row.lots, -row.reserve_lots)

    def _on_closed(self, row: Row) -> None:
        leaves = row.leaves_lots
        if row.seq > self.orders_seq:
            self.private.on_closed(
                row.seq, row.time_ns, row.order_id, leaves, row.status, row.by_order_id
            )
        if row.rested and leaves:
            self._rest(row, row.ticks, -leaves, -row.reserve_lots)

    def _on_credited(self, row: Row) -> None:
        if row.seq > self.balances_seq:
            self.private.move(row.seq, row.account_id, row.asset_id, row.amount_units)

    def _on_debited(self, row: Row) -> None:
        if row.seq > self.balances_seq:
            self.private.move(row.seq, row.account_id, row.asset_id, -row.amount_units)

    # What is to be published

    def take_fast(self) -> list[Output]:
        """Private messages and trades: what should go out at once."""
        prefix = f"md:{self.tenant_id}"
        outputs = [
            Output(False, f"{prefix}:private:{account_id}", payload)
            for account_id, payload in self.private.take_messages(self.assets, self.infos)
        ]
        for instrument_id, line in self._tapes.items():
            if not line.new_trades:
                continue
            symbol = self.infos[instrument_id].symbol
            line.new_trades.sort()
            texts = [text for _, text in line.new_trades]
            line.last_trade_id = line.new_trades[-1][0]
            line.new_trades.clear()
            line.recent.extend(texts)
            outputs.append(self._trades_key(symbol, line))
            payload = tape.trades_message(symbol, "update", line.last_trade_id, texts)
            outputs.append(Output(False, f"{prefix}:trades:{symbol}", payload))
        if self.instruments_changed:
            self.instruments_changed = False
            outputs.append(Output(False, f"{prefix}:instruments", b"{}"))
        return outputs

    def _trades_key(self, symbol: str, line: tape.Tape) -> Output:
        payload = tape.trades_message(symbol, "snapshot", line.last_trade_id, line.recent)
        return Output(True, f"md:snapshot:{self.tenant_id}:trades:{symbol}", payload)

    def take_depth(self) -> list[Output]:
        """Depth updates and the snapshots they lead to.

        The key goes before the message: whoever reads the key after a message never reads less.
        """
        outputs = []
        for instrument_id, book in self.books.items():
            if instrument_id in self._unannounced:
                book.take_update()
                key = self._depth_key(book)
                channel = f"md:{self.tenant_id}:depth:{book.info.symbol}"
                outputs += [key, Output(False, channel, key.payload)]
            elif book.is_dirty and (update := book.take_update()) is not None:
                outputs.append(self._depth_key(book))
                channel = f"md:{self.tenant_id}:depth:{book.info.symbol}"
                outputs.append(Output(False, channel, update))
        self._unannounced.clear()
        return outputs

    def _depth_key(self, book: depth.DepthBook) -> Output:
        return Output(True, f"md:snapshot:{self.tenant_id}:{book.info.symbol}", book.snapshot())

    def take_slow(self, now_second: int) -> list[Output]:
        """Tickers and candles that changed."""
        prefix = f"md:{self.tenant_id}"
        outputs = []
        changed_tickers = []
        for instrument_id, line in self._tapes.items():
            info, book = self.infos[instrument_id], self.books[instrument_id]
            line.ticker.expire(now_second)
            quoted = (book.best_bid_ticks, book.best_ask_ticks)
            if line.ticker.dirty or quoted != line.quoted:
                line.ticker.dirty = False
                line.quoted = quoted
                changed_tickers.append(tape.ticker_json(info, line.ticker, *quoted))
            changed = line.series.take_changed()
            for name, series in changed.items():
                body = ",".join(tape.candle_json(info, candle) for candle in series)
                payload = (
                    f'{{"channel":"candles:{info.symbol}:{name}","type":"update",'
                    f'"candles":[{body}]}}'
                )
                outputs.append(Output(False, f"{prefix}:candles:{info.symbol}:{name}", payload))
            if changed:
                outputs.append(self._candles_key(info, line))
        if changed_tickers:
            outputs.append(self._tickers_key())
            payload = tape.tickers_message("update", changed_tickers)
            outputs.append(Output(False, f"{prefix}:tickers", payload))
        return outputs

    def _tickers_key(self) -> Output:
        bodies = [
            tape.ticker_json(self.infos[instrument_id], line.ticker, *line.quoted)
            for instrument_id, line in self._tapes.items()
        ]
        payload = tape.tickers_message("snapshot", bodies)
        return Output(True, f"md:snapshot:{self.tenant_id}:tickers", payload)

    def _candles_key(self, info: InstrumentInfo, line: tape.Tape) -> Output:
        body = ",".join(
            f'"{name}":{tape.candle_json(info, candle)}'
            for name, candle in line.series.current.items()
        )
        return Output(True, f"md:snapshot:{self.tenant_id}:candles:{info.symbol}", f"{{{body}}}")

    def take_auctions(self, *, everything: bool = False) -> list[Output]:
        """What instruments are at, where that changed; the books must be settled."""
        outputs = []
        for instrument_id, phase in self._phases.items():
            info, book = self.infos[instrument_id], self.books[instrument_id]
            found = phases.Indication()
            if phase.gathers:
                found = phases.indicate(
                    book.levels(Side.BUY), book.levels(Side.SELL), phase.reference_ticks
                )
            body = phase.body(info, found)
            if body == phase.shown and not everything:
                continue
            phase.shown = body
            key = f"md:snapshot:{self.tenant_id}:auction:{info.symbol}"
            outputs.append(Output(True, key, phases.message(info, "snapshot", body)))
            channel = f"md:{self.tenant_id}:auction:{info.symbol}"
            outputs.append(Output(False, channel, phases.message(info, "update", body)))
        return outputs

    def take_everything(self, now_second: int) -> list[Output]:
        """The whole public state: every key anew, and every book as a snapshot message.

        Sent once at the start, so that whoever listened to an earlier publisher begins afresh.
        """
        self._unannounced = set(self.books)
        outputs = [*self.take_fast(), *self.take_depth(), *self.take_slow(now_second)]
        outputs += self.take_auctions(everything=True)
        outputs.append(self._tickers_key())
        for instrument_id, line in self._tapes.items():
            info = self.infos[instrument_id]
            outputs.append(self._trades_key(info.symbol, line))
            outputs.append(self._candles_key(info, line))
        return outputs


def _until(rows: list[Row], seq: int) -> list[Row]:
    return [row for row in rows if row[0] < seq]


def _after(rows: list[Row], seq: int) -> list[Row]:
    return [row for row in rows if row[0] > seq]
