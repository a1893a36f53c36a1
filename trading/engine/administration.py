"""Commands that create and change assets, instruments, fees, accounts and funds."""

from trading.engine import arriving, codec, codes, emit, limits, rows, sessions, volumes
from trading.engine.book import Asset, Instrument
from trading.engine.step import Step
from trading.engine.venue import Venue
from trading.engine.words import amount, exact, field, text


def create_asset(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a CreateAsset."""
    asset_id = field(data, at + codec.CREATE_ASSET_ASSET_ID, end)
    scale = field(data, at + codec.CREATE_ASSET_SCALE, end)
    code = text(data, at + codec.CREATE_ASSET_CODE, end, 16)
    if not is_id(asset_id) or scale < 0 or scale > limits.MAX_SCALE or code[0] == 0:
        return codes.FIELD_OUT_OF_RANGE
    if venue.assets.get(asset_id) is not None:
        return codes.ASSET_EXISTS

    # From here it succeeds.
    asset = Asset(asset_id, len(venue.asset_list), scale, code)
    venue.assets[asset_id] = asset
    venue.asset_list.append(asset)
    emit.asset_created(step.out, asset_id, scale, code, 0)
    return codes.ACCEPTED


def create_instrument(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a CreateInstrument."""
    instrument_id = field(data, at + codec.CREATE_INSTRUMENT_INSTRUMENT_ID, end)
    if field(data, at + codec.CREATE_INSTRUMENT_STATE, end) == 0:
        return codes.FIELD_OUT_OF_RANGE
    result = check_rules(venue, data, at, end)
    if result == codes.FIELD_OUT_OF_RANGE:
        return result
    if venue.instrument(instrument_id) is not None:
        return codes.INSTRUMENT_EXISTS
    if result != codes.ACCEPTED:
        return result
    if len(venue.instrument_list) > rows.MOST_INSTRUMENTS:
        return codes.NO_ROOM

    # From here it succeeds.
    instrument = Instrument(
        venue.store,
        instrument_id,
        len(venue.instrument_list),
        asset_of(venue, field(data, at + codec.CREATE_INSTRUMENT_BASE_ASSET_ID, end)),
        asset_of(venue, field(data, at + codec.CREATE_INSTRUMENT_QUOTE_ASSET_ID, end)),
    )
    venue.add_instrument(instrument)
    set_rules(instrument, data, at, end)
    write_instrument(instrument, False, step)
    return codes.ACCEPTED


def change_instrument(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a ChangeInstrument; tick, lot and assets only while no order is open in it."""
    result = check_rules(venue, data, at, end)
    if result == codes.FIELD_OUT_OF_RANGE:
        return result
    instrument = venue.instrument(field(data, at + codec.CREATE_INSTRUMENT_INSTRUMENT_ID, end))
    if instrument is None:
        return codes.UNKNOWN_INSTRUMENT
    if result != codes.ACCEPTED:
        return result
    base = asset_of(venue, field(data, at + codec.CREATE_INSTRUMENT_BASE_ASSET_ID, end))
    quote = asset_of(venue, field(data, at + codec.CREATE_INSTRUMENT_QUOTE_ASSET_ID, end))
    tick_units = amount(data, at + codec.CREATE_INSTRUMENT_TICK_UNITS, end)
    lot_units = amount(data, at + codec.CREATE_INSTRUMENT_LOT_UNITS, end)
    same_assets = base is instrument.base and quote is instrument.quote
    same_price_step = same_assets and tick_units == instrument.tick_units
    if instrument.open_orders > 0 and not (same_price_step and lot_units == instrument.lot_units):
        return codes.OPEN_ORDERS_EXIST

    # From here it succeeds.
    if not same_price_step:
        # Prices seen so far were counted in other ticks.
        instrument.last_ticks = 0
        instrument.reference_ticks = 0
        instrument.mark_watch.ticks = 0
        instrument.index_watch.ticks = 0
    instrument.base = base
    instrument.quote = quote
    state = instrument.state
    set_rules(instrument, data, at, end)
    volumes.change(venue)
    write_instrument(instrument, True, step)
    if instrument.state != state:
        sessions.enter_state(venue, instrument, step)
    arriving.fire_triggers(venue, instrument, step)
    return codes.ACCEPTED


def asset_of(venue: Venue, asset_id: int) -> Asset:
    """The asset with this id, which is there."""
    return venue.assets[asset_id]


def is_id(number: int) -> bool:
    """Whether a number can be the id of an asset or instrument."""
    return number > 0 and number <= limits.MAX_ID


def check_rules(venue: Venue, data: bytes, at: int, end: int) -> int:
    """Whether the rules of a CreateInstrument or ChangeInstrument make sense.

    State 0, for a change: as it is.
    """
    state = field(data, at + codec.CREATE_INSTRUMENT_STATE, end)
    if (
        not is_id(field(data, at + codec.CREATE_INSTRUMENT_INSTRUMENT_ID, end))
        or state < 0
        or state > codes.LAST_INSTRUMENT_STATE
        or text(data, at + codec.CREATE_INSTRUMENT_SYMBOL, end, 24)[0] == 0
    ):
        return codes.FIELD_OUT_OF_RANGE
    base_id = field(data, at + codec.CREATE_INSTRUMENT_BASE_ASSET_ID, end)
    quote_id = field(data, at + codec.CREATE_INSTRUMENT_QUOTE_ASSET_ID, end)
    if venue.assets.get(base_id) is None or venue.assets.get(quote_id) is None:
        return codes.UNKNOWN_ASSET
    tick_units = amount(data, at + codec.CREATE_INSTRUMENT_TICK_UNITS, end)
    lot_units = amount(data, at + codec.CREATE_INSTRUMENT_LOT_UNITS, end)
    min_lots = field(data, at + codec.CREATE_INSTRUMENT_MIN_LOTS, end)
    max_lots = field(data, at + codec.CREATE_INSTRUMENT_MAX_LOTS, end)
    min_notional = amount(data, at + codec.CREATE_INSTRUMENT_MIN_NOTIONAL_UNITS, end)
    max_notional = amount(data, at + codec.CREATE_INSTRUMENT_MAX_NOTIONAL_UNITS, end)
    band_bp = field(data, at + codec.CREATE_INSTRUMENT_PRICE_BAND_BP, end)
    if base_id == quote_id or tick_units <= 0 or lot_units <= 0:
        return codes.BAD_INSTRUMENT_RULES
    if tick_units > limits.MAX_UNITS or lot_units > limits.MAX_UNITS:
        return codes.BAD_INSTRUMENT_RULES
    if notional_factor(exact(tick_units), exact(lot_units), asset_of(venue, base_id).scale) == 0:
        return codes.BAD_INSTRUMENT_RULES
    if min_lots < 0 or max_lots < 0 or max_lots > limits.MAX_LOTS:
        return codes.BAD_INSTRUMENT_RULES
    if min_lots > (max_lots if max_lots > 0 else limits.MAX_LOTS):
        return codes.BAD_INSTRUMENT_RULES
    if min_notional < 0 or max_notional < 0 or max_notional > limits.MAX_UNITS:
        return codes.BAD_INSTRUMENT_RULES
    if max_notional > 0 and max_notional < min_notional:
        return codes.BAD_INSTRUMENT_RULES
    if band_bp < 0 or band_bp > limits.MAX_PRICE_BAND_BP:
        return codes.BAD_INSTRUMENT_RULES
    if not is_fee(field(data, at + codec.CREATE_INSTRUMENT_MAKER_PPM, end)):
        return codes.BAD_FEE
    if not is_fee(field(data, at + codec.CREATE_INSTRUMENT_TAKER_PPM, end)):
        return codes.BAD_FEE
    return codes.ACCEPTED


def set_rules(instrument: Instrument, data: bytes, at: int, end: int) -> int:
    """Take over the rules of a checked CreateInstrument or ChangeInstrument."""
    instrument.tick_units = amount(data, at + codec.CREATE_INSTRUMENT_TICK_UNITS, end)
    instrument.lot_units = amount(data, at + codec.CREATE_INSTRUMENT_LOT_UNITS, end)
    instrument.min_lots = field(data, at + codec.CREATE_INSTRUMENT_MIN_LOTS, end)
    instrument.max_lots = field(data, at + codec.CREATE_INSTRUMENT_MAX_LOTS, end)
    instrument.min_notional_units = amount(
        data, at + codec.CREATE_INSTRUMENT_MIN_NOTIONAL_UNITS, end
    )
    instrument.max_notional_units = amount(
        data, at + codec.CREATE_INSTRUMENT_MAX_NOTIONAL_UNITS, end
    )
    instrument.price_band_bp = field(data, at + codec.CREATE_INSTRUMENT_PRICE_BAND_BP, end)
    instrument.maker_ppm = field(data, at + codec.CREATE_INSTRUMENT_MAKER_PPM, end)
    instrument.taker_ppm = field(data, at + codec.CREATE_INSTRUMENT_TAKER_PPM, end)
    state = field(data, at + codec.CREATE_INSTRUMENT_STATE, end)
    if state != 0:
        instrument.state = state
    instrument.symbol = text(data, at + codec.CREATE_INSTRUMENT_SYMBOL, end, 24)
    return derive_rules(instrument)


def derive_rules(instrument: Instrument) -> int:
    """Work out what follows from the rules."""
    instrument.factor = notional_factor(
        exact(instrument.tick_units), exact(instrument.lot_units), instrument.base.scale
    )
    instrument.lots_cap = instrument.max_lots if instrument.max_lots > 0 else limits.MAX_LOTS
    instrument.notional_cap = limits.MAX_UNITS
    if instrument.max_notional_units > 0:
        instrument.notional_cap = instrument.max_notional_units
    return 0


def notional_factor(tick_units: int, lot_units: int, base_scale: int) -> int:
    """``k`` with quote units = lots * ticks * k; 0 if it is not whole or too large.

    Worked out in Python's integers: the product may pass 128 bits.
    """
    whole: int = exact(10) ** base_scale
    product = tick_units * lot_units
    factor = product // whole
    if factor * whole != product or factor > limits.MAX_UNITS:
        return 0
    return factor


def is_fee(ppm: int) -> bool:
    """Whether parts per million are a fee: from nothing to all."""
    return ppm >= 0 and ppm <= limits.PPM


def write_instrument(instrument: Instrument, is_change: bool, step: Step) -> int:
    """Tell an instrument's rules."""
    place = emit.instrument_created(
        step.out,
        instrument.instrument_id,
        instrument.base.asset_id,
        instrument.quote.asset_id,
        instrument.tick_units,
        instrument.lot_units,
        instrument.min_lots,
        instrument.max_lots,
        instrument.min_notional_units,
        instrument.max_notional_units,
        instrument.price_band_bp,
        instrument.maker_ppm,
        instrument.taker_ppm,
        instrument.state,
        instrument.symbol,
        0,
    )
    if is_change:
        # The two events have the same fields.
        words = step.out.words
        words[place] += codec.INSTRUMENT_CHANGED_EVENT - codec.INSTRUMENT_CREATED_EVENT
    return place


def set_instrument_state(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a SetInstrumentState."""
    instrument_id = field(data, at + codec.SET_INSTRUMENT_STATE_INSTRUMENT_ID, end)
    state = field(data, at + codec.SET_INSTRUMENT_STATE_STATE, end)
    if state < codes.INSTRUMENT_STATE_OPEN or state > codes.LAST_INSTRUMENT_STATE:
        return codes.FIELD_OUT_OF_RANGE
    instrument = venue.instrument(instrument_id)
    if instrument is None:
        return codes.UNKNOWN_INSTRUMENT

    # From here it succeeds.
    return sessions.change_state(venue, instrument, state, codes.STATE_REASON_REQUESTED, step)


def set_reference_price(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a SetReferencePrice."""
    instrument_id = field(data, at + codec.SET_REFERENCE_PRICE_INSTRUMENT_ID, end)
    ticks = field(data, at + codec.SET_REFERENCE_PRICE_TICKS, end)
    instrument = venue.instrument(instrument_id)
    if instrument is None:
        return codes.UNKNOWN_INSTRUMENT
    if ticks <= 0 or ticks > limits.MAX_TICKS:
        return codes.BAD_PRICE

    # From here it succeeds.
    instrument.reference_ticks = ticks
    emit.reference_price_set(step.out, instrument_id, ticks)
    return codes.ACCEPTED


def set_fees(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a SetFees; a maker fee of -1 removes the line."""
    group_id = field(data, at + codec.SET_FEES_GROUP_ID, end)
    instrument_id = field(data, at + codec.SET_FEES_INSTRUMENT_ID, end)
    maker_ppm = field(data, at + codec.SET_FEES_MAKER_PPM, end)
    taker_ppm = field(data, at + codec.SET_FEES_TAKER_PPM, end)
    if group_id < 0:
        return codes.FIELD_OUT_OF_RANGE
    if instrument_id != 0 and venue.instrument(instrument_id) is None:
        return codes.UNKNOWN_INSTRUMENT
    removes = maker_ppm == -1
    if not removes and not (is_fee(maker_ppm) and is_fee(taker_ppm)):
        return codes.BAD_FEE

    # From here it succeeds.
    key = (group_id, instrument_id)
    if removes:
        venue.fees.lines.pop(key, None)
    else:
        venue.fees.lines[key] = (maker_ppm, taker_ppm)
    venue.fees_changed()
    emit.fees_changed(step.out, group_id, instrument_id, maker_ppm, taker_ppm)
    return codes.ACCEPTED


def create_account(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a CreateAccount; a venue has one fee account."""
    account_id = field(data, at + codec.CREATE_ACCOUNT_ACCOUNT_ID, end)
    group_id = field(data, at + codec.CREATE_ACCOUNT_GROUP_ID, end)
    trade_group_id = field(data, at + codec.CREATE_ACCOUNT_TRADE_GROUP_ID, end)
    role = field(data, at + codec.CREATE_ACCOUNT_ROLE, end)
    state = field(data, at + codec.CREATE_ACCOUNT_STATE, end)
    if account_id <= 0 or group_id < 0 or trade_group_id < 0 or not is_account_state(state):
        return codes.FIELD_OUT_OF_RANGE
    if role < codes.ACCOUNT_ROLE_CUSTOMER or role > codes.LAST_ACCOUNT_ROLE:
        return codes.FIELD_OUT_OF_RANGE
    if venue.account(account_id) != 0:
        return codes.ACCOUNT_EXISTS
    if role == codes.ACCOUNT_ROLE_HOUSE_FEES and venue.fee_account != 0:
        return codes.ACCOUNT_EXISTS
    if not venue.store.has_room_for_account():
        return codes.NO_ROOM

    # From here it succeeds.
    venue.add_account(account_id, group_id, trade_group_id, role, state)
    emit.account_created(step.out, account_id, group_id, trade_group_id, role, state)
    return codes.ACCEPTED


def change_account(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a ChangeAccount; resting orders stay and count for the new trade group."""
    account_id = field(data, at + codec.CHANGE_ACCOUNT_ACCOUNT_ID, end)
    group_id = field(data, at + codec.CHANGE_ACCOUNT_GROUP_ID, end)
    trade_group_id = field(data, at + codec.CHANGE_ACCOUNT_TRADE_GROUP_ID, end)
    state = field(data, at + codec.CHANGE_ACCOUNT_STATE, end)
    if group_id < 0 or trade_group_id < 0 or not is_account_state(state):
        return codes.FIELD_OUT_OF_RANGE
    account = venue.account(account_id)
    if account == 0:
        return codes.UNKNOWN_ACCOUNT
    is_known = trade_group_id == 0 or venue.trade_groups.get(trade_group_id) is not None
    if not is_known and not venue.store.has_room_for_party():
        return codes.NO_ROOM

    # From here it succeeds.
    store = venue.store
    accounts = store.accounts
    if trade_group_id != accounts[account + rows.ACCOUNT_TRADE_GROUP]:
        resting = 0
        order = accounts[account + rows.ACCOUNT_OLDEST]
        while order != 0:
            resting += 1
            order = store.orders[order + rows.ORDER_NEWER]
        store.parties[accounts[account + rows.ACCOUNT_PARTY]] -= resting
        party = venue.party(account, trade_group_id)
        store.parties[party] += resting
        accounts[account + rows.ACCOUNT_PARTY] = party
        accounts[account + rows.ACCOUNT_TRADE_GROUP] = trade_group_id
    if group_id != accounts[account + rows.ACCOUNT_GROUP]:
        volumes.move_group(venue, account, group_id)
    accounts[account + rows.ACCOUNT_STATE] = state
    emit.account_changed(step.out, account_id, group_id, trade_group_id, state)
    return codes.ACCEPTED


def is_account_state(state: int) -> bool:
    """Whether a number is an AccountState."""
    return state >= codes.ACCOUNT_STATE_ACTIVE and state <= codes.ACCOUNT_STATE_SUSPENDED


def find_asset(venue: Venue, asset_id: int) -> Asset | None:
    """The asset with this id."""
    return venue.assets.get(asset_id)


def credit_funds(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a CreditFunds."""
    amount_units = amount(data, at + codec.CREDIT_FUNDS_AMOUNT_UNITS, end)
    reason = field(data, at + codec.CREDIT_FUNDS_REASON, end)
    if reason < codes.FUNDS_REASON_DEPOSIT or reason > codes.LAST_FUNDS_REASON:
        return codes.FIELD_OUT_OF_RANGE
    against = field(data, at + codec.CREDIT_FUNDS_AGAINST, end)
    reverses_id = field(data, at + codec.CREDIT_FUNDS_REVERSES_ID, end)
    if against < 0 or against > limits.MAX_ID or reverses_id < 0:
        return codes.FIELD_OUT_OF_RANGE
    account = venue.account(field(data, at + codec.CREDIT_FUNDS_ACCOUNT_ID, end))
    if account == 0:
        return codes.UNKNOWN_ACCOUNT
    asset = find_asset(venue, field(data, at + codec.CREDIT_FUNDS_ASSET_ID, end))
    if asset is None:
        return codes.UNKNOWN_ASSET
    if amount_units <= 0 or amount_units > limits.MAX_UNITS - asset.supply_units:
        return codes.BAD_AMOUNT
    if not venue.store.has_room():
        return codes.NO_ROOM

    # From here it succeeds.
    venue.store.add_available(account, asset.index, amount_units)
    asset.supply_units += amount_units
    place = emit.funds_credited(
        step.out,
        venue.store.accounts[account + rows.ACCOUNT_ID],
        asset.asset_id,
        amount_units,
        venue.store.booked(account, asset.index),
        reason,
        field(data, at + codec.CREDIT_FUNDS_REFERENCE_ID, end),
        against,
        reverses_id,
    )
    step.out.cut_last(place)
    step.out.cut_last(place)
    return codes.ACCEPTED


def debit_funds(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a DebitFunds; only what is available can go."""
    amount_units = amount(data, at + codec.DEBIT_FUNDS_AMOUNT_UNITS, end)
    reason = field(data, at + codec.DEBIT_FUNDS_REASON, end)
    if reason < codes.FUNDS_REASON_DEPOSIT or reason > codes.LAST_FUNDS_REASON:
        return codes.FIELD_OUT_OF_RANGE
    against = field(data, at + codec.DEBIT_FUNDS_AGAINST, end)
    reverses_id = field(data, at + codec.DEBIT_FUNDS_REVERSES_ID, end)
    if against < 0 or against > limits.MAX_ID or reverses_id < 0:
        return codes.FIELD_OUT_OF_RANGE
    account = venue.account(field(data, at + codec.DEBIT_FUNDS_ACCOUNT_ID, end))
    if account == 0:
        return codes.UNKNOWN_ACCOUNT
    asset = find_asset(venue, field(data, at + codec.DEBIT_FUNDS_ASSET_ID, end))
    if asset is None:
        return codes.UNKNOWN_ASSET
    if amount_units <= 0:
        return codes.BAD_AMOUNT
    if venue.store.available(account, asset.index) < amount_units:
        return codes.INSUFFICIENT_FUNDS

    # From here it succeeds.
    venue.store.add_available(account, asset.index, -amount_units)
    asset.supply_units -= amount_units
    place = emit.funds_debited(
        step.out,
        venue.store.accounts[account + rows.ACCOUNT_ID],
        asset.asset_id,
        amount_units,
        venue.store.booked(account, asset.index),
        reason,
        field(data, at + codec.DEBIT_FUNDS_REFERENCE_ID, end),
        against,
        reverses_id,
    )
    step.out.cut_last(place)
    step.out.cut_last(place)
    return codes.ACCEPTED
