"""The state as bytes, and back: what snapshots hold and what the state hash is taken of.

Equal states give equal bytes, however they came about: everything stands in the order of its id,
resting orders in the order in which they trade, closed ones in the order in which they closed.
"""

from typing import Final

from librt.strings import BytesWriter, read_i64_le, write_i64_le
from mypy_extensions import i64

from trading.engine import administration, codec, codes
from trading.engine.book import Account, Instrument, Ladder, Order
from trading.engine.parties import Asset, FeeRates
from trading.engine.venue import Venue

_MAGIC: Final = 0x31455441_54534D51  # b"QMSTATE1"; its last byte is the layout's version
_TEXT_BYTES: Final = 24


class Loaded:
    """What a dump held."""

    def __init__(
        self, seq: i64, time_ns: i64, venues: dict[int, Venue], source_numbers: dict[int, int]
    ) -> None:
        self.seq = seq
        self.time_ns = time_ns
        self.venues = venues
        self.source_numbers = source_numbers


class Reader:
    """Reads a dump from front to back."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at: i64 = 0

    def number(self) -> i64:
        value = read_i64_le(self.data, self.at)
        self.at += 8
        return value

    def amount(self) -> int:
        value = codec.read_i128(self.data, self.at)
        self.at += 16
        return value

    def text(self, width: i64) -> bytes:
        value = self.data[self.at : self.at + width]
        self.at += width
        return value


def dump(seq: i64, time_ns: i64, venues: dict[int, Venue], source_numbers: dict[int, int]) -> bytes:
    """The state as bytes."""
    out = BytesWriter()
    write_i64_le(out, _MAGIC)
    write_i64_le(out, seq)
    write_i64_le(out, time_ns)
    write_i64_le(out, len(source_numbers))
    for key in sorted(source_numbers):
        write_i64_le(out, i64(key))
        write_i64_le(out, i64(source_numbers[key]))
    write_i64_le(out, len(venues))
    for tenant_id in sorted(venues):
        _dump_venue(venues[tenant_id], out)
    return out.getvalue()


def _dump_venue(venue: Venue, out: BytesWriter) -> None:
    write_i64_le(out, venue.tenant_id)
    out.write(venue.code)
    write_i64_le(out, venue.last_order_id)
    write_i64_le(out, venue.last_trade_id)
    write_i64_le(out, venue.closed_kept)
    write_i64_le(out, len(venue.asset_list))
    for asset in venue.asset_list:
        write_i64_le(out, asset.asset_id)
        write_i64_le(out, asset.scale)
        out.write(asset.code)
        codec.write_i128(out, asset.supply_units)
    write_i64_le(out, len(venue.instrument_list))
    for instrument in venue.instrument_list:
        _dump_instrument(instrument, out)
    write_i64_le(out, len(venue.fee_lines))
    for line in sorted(venue.fee_lines):
        rates = venue.fee_lines[line]
        write_i64_le(out, i64(line[0]))
        write_i64_le(out, i64(line[1]))
        write_i64_le(out, i64(rates.maker_ppm))
        write_i64_le(out, i64(rates.taker_ppm))
    write_i64_le(out, len(venue.accounts))
    for account_id in sorted(venue.accounts):
        _dump_account(venue, venue.accounts[account_id], out)
    for instrument in venue.instrument_list:
        write_i64_le(out, instrument.open_orders)
        _dump_ladder(instrument.bids, out)
        _dump_ladder(instrument.asks, out)
    closed = len(venue.closed)
    write_i64_le(out, closed)
    for place in range(closed):
        _dump_order(venue.closed[(int(venue.closed_next) + place) % closed], out)


def _dump_instrument(instrument: Instrument, out: BytesWriter) -> None:
    write_i64_le(out, instrument.instrument_id)
    write_i64_le(out, instrument.base.asset_id)
    write_i64_le(out, instrument.quote.asset_id)
    codec.write_i128(out, instrument.tick_units)
    codec.write_i128(out, instrument.lot_units)
    write_i64_le(out, instrument.min_lots)
    write_i64_le(out, instrument.max_lots)
    codec.write_i128(out, instrument.min_notional_units)
    codec.write_i128(out, instrument.max_notional_units)
    write_i64_le(out, instrument.price_band_bp)
    write_i64_le(out, instrument.maker_ppm)
    write_i64_le(out, instrument.taker_ppm)
    write_i64_le(out, instrument.state)
    out.write(instrument.symbol)
    write_i64_le(out, instrument.last_ticks)
    write_i64_le(out, instrument.reference_ticks)


def _dump_account(venue: Venue, account: Account, out: BytesWriter) -> None:
    write_i64_le(out, account.account_id)
    write_i64_le(out, account.group_id)
    write_i64_le(out, account.trade_group_id)
    write_i64_le(out, account.role)
    write_i64_le(out, account.state)
    for asset in venue.asset_list:
        if account.index >= len(asset.balances):
            continue
        balance = asset.balances[account.index]
        if balance is not None and (balance.available_units != 0 or balance.held_units != 0):
            write_i64_le(out, asset.asset_id)
            codec.write_i128(out, balance.available_units)
            codec.write_i128(out, balance.held_units)
    write_i64_le(out, 0)


def _dump_ladder(ladder: Ladder, out: BytesWriter) -> None:
    level = ladder.best
    while level is not None:
        order = level.first
        while order is not None:
            _dump_order(order, out)
            order = order.behind
        level = level.worse


def _dump_order(order: Order, out: BytesWriter) -> None:
    write_i64_le(out, order.order_id)
    write_i64_le(out, order.account.account_id)
    write_i64_le(out, order.instrument.instrument_id)
    write_i64_le(out, order.lots)
    write_i64_le(out, order.leaves_lots)
    write_i64_le(out, order.ticks)
    write_i64_le(out, order.side | order.terms << 8 | order.status << 24)
    write_i64_le(out, order.client_key)
    write_i64_le(out, order.placed_seq)
    write_i64_le(out, order.cumulative_lots)
    codec.write_i128(out, order.cumulative_quote_units)


def load(data: bytes) -> Loaded:
    """The state a dump holds; raises ValueError if it is cut off or none."""
    try:
        return _load(Reader(data))
    except (IndexError, KeyError) as error:
        raise ValueError("The snapshot is damaged.") from error


def _load(reader: Reader) -> Loaded:
    if len(reader.data) < 8 or reader.number() != _MAGIC:
        raise ValueError("This is no snapshot, or one of a version not known here.")
    seq = reader.number()
    time_ns = reader.number()
    source_numbers: dict[int, int] = {}
    for _ in range(reader.number()):
        key = reader.number()
        source_numbers[key] = reader.number()
    venues: dict[int, Venue] = {}
    for _ in range(reader.number()):
        venue = _load_venue(reader)
        venues[venue.tenant_id] = venue
    if reader.at != len(reader.data):
        raise ValueError("The snapshot is damaged.")
    return Loaded(seq, time_ns, venues, source_numbers)


def _load_venue(reader: Reader) -> Venue:
    tenant_id = reader.number()
    venue = Venue(tenant_id, reader.text(_TEXT_BYTES))
    venue.last_order_id = reader.number()
    venue.last_trade_id = reader.number()
    venue.closed_kept = reader.number()
    for _ in range(reader.number()):
        asset_id = reader.number()
        scale = reader.number()
        asset = Asset(asset_id, len(venue.asset_list), scale, reader.text(16))
        asset.supply_units = reader.amount()
        venue.assets[asset_id] = asset
        venue.asset_list.append(asset)
    for _ in range(reader.number()):
        _load_instrument(venue, reader)
    for _ in range(reader.number()):
        line = (int(reader.number()), int(reader.number()))
        maker_ppm = reader.number()
        venue.fee_lines[line] = FeeRates(int(maker_ppm), int(reader.number()))
    for _ in range(reader.number()):
        _load_account(venue, reader)
    resting: list[Order] = []
    for _instrument in venue.instrument_list:
        for _ in range(reader.number()):
            resting.append(_load_order(venue, reader))
    for order in resting:
        # Within a level the orders come in the order in which they trade.
        instrument = order.instrument
        ladder = instrument.bids if order.side == codes.SIDE_BUY else instrument.asks
        ladder.level_at(order.ticks).append(order)
    resting.sort(key=_order_id)
    for order in resting:
        venue.enter(order)
    for _ in range(reader.number()):
        venue.closed.append(_load_order(venue, reader))
    known = sorted(resting + venue.closed, key=_order_id)
    venue.start_pages(known[0].order_id if known else venue.last_order_id)
    for order in known:
        venue.remember(order)
    return venue


def _order_id(order: Order) -> int:
    return int(order.order_id)


def _load_instrument(venue: Venue, reader: Reader) -> None:
    instrument_id = reader.number()
    base = venue.assets[reader.number()]
    quote = venue.assets[reader.number()]
    instrument = Instrument(instrument_id, len(venue.instrument_list), base, quote)
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
    instrument.symbol = reader.text(_TEXT_BYTES)
    instrument.last_ticks = reader.number()
    instrument.reference_ticks = reader.number()
    administration.derive_rules(instrument)
    venue.add_instrument(instrument)


def _load_account(venue: Venue, reader: Reader) -> None:
    account_id = reader.number()
    group_id = reader.number()
    trade_group_id = reader.number()
    role = reader.number()
    state = reader.number()
    account = Account(
        account_id,
        len(venue.accounts),
        group_id,
        trade_group_id,
        role,
        state,
        venue.fee_group(group_id),
        venue.party(trade_group_id),
    )
    venue.add_account(account)
    if role == codes.ACCOUNT_ROLE_HOUSE_FEES:
        venue.fee_account = account
    while True:
        asset_id = reader.number()
        if asset_id == 0:
            return
        balance = account.balance(venue.assets[asset_id])
        balance.available_units = reader.amount()
        balance.held_units = reader.amount()


def _load_order(venue: Venue, reader: Reader) -> Order:
    order_id = reader.number()
    account = venue.accounts[reader.number()]
    instrument = venue.instruments[reader.number()]
    lots = reader.number()
    leaves_lots = reader.number()
    ticks = reader.number()
    small = reader.number()
    client_key = reader.number()
    order = Order(
        order_id,
        account,
        instrument,
        lots,
        ticks,
        small & 0xFF,
        small >> 8 & 0xFFFF,
        client_key,
        reader.number(),
    )
    order.leaves_lots = leaves_lots
    order.status = small >> 24
    order.cumulative_lots = reader.number()
    order.cumulative_quote_units = reader.amount()
    return order
