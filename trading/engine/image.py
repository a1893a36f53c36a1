"""The state as bytes, and back: what snapshots hold and what the state hash is taken of.

Equal states give equal bytes, however they came about: everything stands in the order of its id,
resting orders in the order in which they trade, closed ones in the order in which they closed.
"""

from trading.engine import administration, rows
from trading.engine.book import Asset, Instrument, Ladder
from trading.engine.output import Output
from trading.engine.store import Store
from trading.engine.venue import Closed, Venue
from trading.engine.words import amount, copy_words, high, low, text, word


class Loaded:
    """What a dump held."""

    def __init__(
        self, seq: int, time_ns: int, venues: dict[int, Venue], source_numbers: dict[int, int]
    ) -> None:
        self.seq = seq
        self.time_ns = time_ns
        self.venues = venues
        self.source_numbers = source_numbers


class Writer:
    """Writes a dump from front to back."""

    def __init__(self) -> None:
        self.out = Output(rows.OUTPUT_FIRST_WORDS)

    def number(self, value: int) -> int:
        place = self.out.room(1)
        self.out.words[place] = value
        return 0

    def amount(self, units: int) -> int:
        place = self.out.room(2)
        self.out.words[place] = low(units)
        self.out.words[place + 1] = high(units)
        return 0

    def text(self, data: bytes) -> int:
        count = len(data) >> 3
        place = self.out.room(count)
        copy_words(self.out.words, place, data, 0, count)
        return 0


class Reader:
    """Reads a dump from front to back; raises IndexError at its end."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.end = len(data)

    def number(self) -> int:
        at = self._take(8)
        return word(self.data, at)

    def count(self) -> int:
        """A number of things to come, each of at least one word."""
        found = self.number()
        if found < 0 or found > self.end - self.at:
            raise IndexError
        return found

    def amount(self) -> int:
        at = self._take(16)
        return amount(self.data, at, self.end)

    def text(self, width: int) -> bytes:
        at = self._take(width)
        return text(self.data, at, self.end, width)

    def _take(self, width: int) -> int:
        at = self.at
        if at + width > self.end:
            raise IndexError
        self.at = at + width
        return at


def dump_state(
    seq: int, time_ns: int, venues: dict[int, Venue], source_numbers: dict[int, int]
) -> bytes:
    """The state as bytes."""
    out = Writer()
    out.number(rows.DUMP_MAGIC)
    out.number(seq)
    out.number(time_ns)
    out.number(len(source_numbers))
    for key in sorted(source_numbers):
        out.number(key)
        out.number(source_numbers[key])
    out.number(len(venues))
    for tenant_id in sorted(venues):
        dump_venue(venues[tenant_id], out)
    return out.out.piece(0, out.out.at)


def dump_venue(venue: Venue, out: Writer) -> int:
    """All of one tenant."""
    out.number(venue.tenant_id)
    out.text(venue.code)
    out.number(venue.last_order_id)
    out.number(venue.last_trade_id)
    out.number(venue.keyed_kept)
    out.number(venue.keyed_kept_per_account)
    out.number(venue.unkeyed_kept)
    out.number(len(venue.asset_list))
    for asset in venue.asset_list:
        out.number(asset.asset_id)
        out.number(asset.scale)
        out.text(asset.code)
        out.amount(asset.supply_units)
    out.number(len(venue.instrument_list))
    for instrument in venue.instrument_list:
        dump_instrument(instrument, out)
    out.number(len(venue.fee_lines))
    for line in sorted(venue.fee_lines):
        out.number(line[0])
        out.number(line[1])
        out.number(venue.fee_lines[line][0])
        out.number(venue.fee_lines[line][1])
    out.number(len(venue.accounts))
    for account_id in sorted(venue.accounts):
        dump_account(venue, venue.account(account_id), out)
    for instrument in venue.instrument_list:
        for ladder in (instrument.bids, instrument.asks, instrument.rising, instrument.falling):
            dump_ladder(venue, ladder, out)
    out.number(len(venue.expiries))
    for order_id in sorted(venue.expiries):
        out.number(order_id)
        out.number(venue.expiries[order_id])
    dump_closed(venue, venue.unkeyed, out)
    dump_closed(venue, venue.keyed, out)
    return 0


def dump_instrument(instrument: Instrument, out: Writer) -> int:
    """The rules and prices of an instrument."""
    out.number(instrument.instrument_id)
    out.number(instrument.base.asset_id)
    out.number(instrument.quote.asset_id)
    out.amount(instrument.tick_units)
    out.amount(instrument.lot_units)
    out.number(instrument.min_lots)
    out.number(instrument.max_lots)
    out.amount(instrument.min_notional_units)
    out.amount(instrument.max_notional_units)
    out.number(instrument.price_band_bp)
    out.number(instrument.maker_ppm)
    out.number(instrument.taker_ppm)
    out.number(instrument.state)
    out.text(instrument.symbol)
    out.number(instrument.last_ticks)
    out.number(instrument.reference_ticks)
    return 0


def dump_account(venue: Venue, account: int, out: Writer) -> int:
    """An account and its balances that are not nothing."""
    store = venue.store
    accounts = store.accounts
    out.number(accounts[account + rows.ACCOUNT_ID])
    out.number(accounts[account + rows.ACCOUNT_GROUP])
    out.number(accounts[account + rows.ACCOUNT_TRADE_GROUP])
    out.number(accounts[account + rows.ACCOUNT_ROLE])
    out.number(accounts[account + rows.ACCOUNT_STATE])
    at = accounts[account + rows.ACCOUNT_BALANCES]
    end = at + accounts[account + rows.ACCOUNT_BALANCE_COUNT] * rows.BALANCE_WIDTH
    while at < end:
        available = store.amount_at(at + rows.BALANCE_AVAILABLE)
        held = store.amount_at(at + rows.BALANCE_HELD)
        if available != 0 or held != 0:
            # By index, that is in the order of the assets' making; 0 ends the list.
            out.number(store.balances[at + rows.BALANCE_ASSET] + 1)
            out.amount(available)
            out.amount(held)
        at += rows.BALANCE_WIDTH
    return out.number(0)


def dump_ladder(venue: Venue, ladder: Ladder, out: Writer) -> int:
    """The orders of one side as they would trade, or fire, level by level; 0 ends the list."""
    store = venue.store
    level = ladder.best
    while level != 0:
        out.number(store.levels[level + rows.LEVEL_ORDERS])
        out.number(store.levels[level + rows.LEVEL_TICKS])
        order = store.levels[level + rows.LEVEL_FIRST]
        while order != 0:
            dump_order(venue, order, out)
            order = store.orders[order + rows.ORDER_BEHIND]
        level = store.levels[level + rows.LEVEL_WORSE]
    return out.number(0)


def dump_closed(venue: Venue, closed: Closed, out: Writer) -> int:
    """Lately closed orders, the oldest first."""
    out.number(closed.count)
    order = closed.oldest
    while order != 0:
        dump_order(venue, order, out)
        order = venue.store.orders[order + rows.ORDER_BEHIND]
    return 0


def dump_order(venue: Venue, order: int, out: Writer) -> int:
    """One order."""
    orders = venue.store.orders
    out.number(orders[order + rows.ORDER_ID])
    out.number(venue.store.accounts[orders[order + rows.ORDER_ACCOUNT] + rows.ACCOUNT_ID])
    # Without the venue's number, which depends on the order in which venues came.
    out.number(orders[order + rows.ORDER_TERMS] & rows.TERMS_OF_ORDER)
    out.number(orders[order + rows.ORDER_STATUS])
    out.number(orders[order + rows.ORDER_LOTS])
    out.number(orders[order + rows.ORDER_LEAVES])
    out.number(orders[order + rows.ORDER_TICKS])
    out.number(venue.client_key_of(order))
    out.number(orders[order + rows.ORDER_SEQ])
    out.number(orders[order + rows.ORDER_CUMULATIVE_LOTS])
    out.number(orders[order + rows.ORDER_CUMULATIVE_QUOTE])
    out.number(orders[order + rows.ORDER_CUMULATIVE_QUOTE + 1])
    return 0


def load_state(data: bytes, store: Store) -> Loaded:
    """The state a dump holds, put into an empty store; raises ValueError if it is none."""
    try:
        return load_all(Reader(data), store)
    except (IndexError, KeyError) as error:
        raise ValueError("The snapshot is damaged.") from error


def load_all(reader: Reader, store: Store) -> Loaded:
    """The same; raises IndexError or KeyError as well."""
    if reader.end < 8 or reader.number() != rows.DUMP_MAGIC:
        raise ValueError("This is no snapshot, or one of a version not known here.")
    seq = reader.number()
    time_ns = reader.number()
    source_numbers: dict[int, int] = {}
    for _ in range(reader.count()):
        key = reader.number()
        source_numbers[key] = reader.number()
    venues: dict[int, Venue] = {}
    for number in range(reader.count()):
        venue = Venue(store, number + 1, reader.number(), reader.text(24))
        load_venue(venue, reader)
        venues[venue.tenant_id] = venue
    if reader.at != reader.end:
        raise ValueError("The snapshot is damaged.")
    return Loaded(seq, time_ns, venues, source_numbers)


def load_venue(venue: Venue, reader: Reader) -> int:
    """All of one tenant but its id and code."""
    venue.last_order_id = reader.number()
    venue.last_trade_id = reader.number()
    venue.keyed_kept = reader.number()
    venue.keyed_kept_per_account = reader.number()
    venue.unkeyed_kept = reader.number()
    for index in range(reader.count()):
        asset_id = reader.number()
        scale = reader.number()
        load_asset(venue, Asset(asset_id, index, scale, reader.text(16)), reader)
    for index in range(reader.count()):
        load_instrument(venue, index, reader)
    for _ in range(reader.count()):
        line = (reader.number(), reader.number())
        venue.fee_lines[line] = (reader.number(), reader.number())
    for _ in range(reader.count()):
        load_account(venue, reader)
    opened: list[tuple[int, int]] = []
    for instrument in venue.instrument_list:
        for ladder in (instrument.bids, instrument.asks, instrument.rising, instrument.falling):
            load_ladder(venue, instrument, ladder, reader, opened)
    # Within an account they stand by age.
    for _order_id, handle in sorted(opened):
        venue.enter(handle, venue.instrument_of(handle))
    for _ in range(reader.count()):
        order_id = reader.number()
        venue.set_timer(order_id, reader.number())
    for _ in range(reader.count()):
        venue.keep_closed(load_order(venue, reader))
    for _ in range(reader.count()):
        venue.keep_closed(load_order(venue, reader))
    return 0


def load_asset(venue: Venue, asset: Asset, reader: Reader) -> int:
    """What an asset's supply is, and its place in the venue."""
    asset.supply_units = reader.amount()
    venue.assets[asset.asset_id] = asset
    venue.asset_list.append(asset)
    return 0


def load_instrument(venue: Venue, index: int, reader: Reader) -> int:
    """The rules and prices of an instrument."""
    instrument_id = reader.number()
    base = venue.assets[reader.number()]
    quote = venue.assets[reader.number()]
    instrument = Instrument(venue.store, instrument_id, index, base, quote)
    instrument.tick_units = reader.amount()
    instrument.lot_units = reader.amount()
    instrument.min_lots = reader.number()
    instrument.max_lots = reader.number()
    instrument.min_notional_units = reader.amount()
    instrument.max_notional_units = reader.amount()
    instrument.price_band_bp = reader.number()
    instrument.maker_ppm = reader.number()
    instrument.taker_ppm = reader.number()
    instrument.state = reader.number()
    instrument.symbol = reader.text(24)
    instrument.last_ticks = reader.number()
    instrument.reference_ticks = reader.number()
    administration.derive_rules(instrument)
    return venue.add_instrument(instrument)


def load_account(venue: Venue, reader: Reader) -> int:
    """An account and its balances."""
    store = venue.store
    if not store.has_room_for_account():
        raise ValueError("The snapshot has more accounts than there is room for.")
    account_id = reader.number()
    group_id = reader.number()
    trade_group_id = reader.number()
    role = reader.number()
    account = venue.add_account(account_id, group_id, trade_group_id, role, reader.number())
    asset = reader.number()
    while asset != 0:
        if asset < 0 or asset > len(venue.asset_list):
            raise IndexError
        store.add_available(account, asset - 1, reader.amount())
        store.add_held(account, asset - 1, reader.amount())
        asset = reader.number()
    return 0


def load_order(venue: Venue, reader: Reader) -> int:
    """One order, findable from now on."""
    store = venue.store
    if not store.has_room():
        raise ValueError("The snapshot has more orders than there is room for.")
    order = store.new_order()
    orders = store.orders
    orders[order + rows.ORDER_ID] = reader.number()
    account = venue.account(reader.number())
    terms = reader.number()
    if account == 0 or terms >> rows.TERMS_INSTRUMENT_SHIFT >= len(venue.instrument_list):
        raise IndexError
    orders[order + rows.ORDER_ACCOUNT] = account
    orders[order + rows.ORDER_TERMS] = terms | venue.number << rows.TERMS_VENUE_SHIFT
    orders[order + rows.ORDER_STATUS] = reader.number()
    orders[order + rows.ORDER_LOTS] = reader.number()
    orders[order + rows.ORDER_LEAVES] = reader.number()
    orders[order + rows.ORDER_TICKS] = reader.number()
    client_key = reader.number()
    orders[order + rows.ORDER_SEQ] = reader.number()
    orders[order + rows.ORDER_CUMULATIVE_LOTS] = reader.number()
    orders[order + rows.ORDER_CUMULATIVE_QUOTE] = reader.number()
    orders[order + rows.ORDER_CUMULATIVE_QUOTE + 1] = reader.number()
    orders[order + rows.ORDER_LEVEL] = 0
    venue.remember(order, client_key)
    return order


def load_ladder(
    venue: Venue,
    instrument: Instrument,
    ladder: Ladder,
    reader: Reader,
    opened: list[tuple[int, int]],
) -> int:
    """One side; its orders are added to ``opened`` as (id, handle)."""
    store = venue.store
    count = reader.count()
    while count != 0:
        level = ladder.level_at(reader.number())
        for _ in range(count):
            order = load_order(venue, reader)
            store.append(level, order)
            instrument.open_lots += store.orders[order + rows.ORDER_LEAVES]
            opened.append((store.orders[order + rows.ORDER_ID], order))
        count = reader.count()
    return 0
