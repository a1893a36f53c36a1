"""Commands that create and change assets, instruments, fees, accounts and funds."""

from librt.strings import read_i64_le
from mypy_extensions import i64

from trading.engine import codec, codes, limits
from trading.engine.book import Account, Instrument
from trading.engine.parties import Asset, FeeRates
from trading.engine.step import Step
from trading.engine.venue import Venue


def create_asset(venue: Venue, data: bytes, at: i64, step: Step) -> i64:
    """Apply a CreateAsset."""
    asset_id = read_i64_le(data, at + codec.CREATE_ASSET_ASSET_ID)
    scale = read_i64_le(data, at + codec.CREATE_ASSET_SCALE)
    code_at: i64 = at + codec.CREATE_ASSET_CODE
    if asset_id <= 0 or scale < 0 or scale > limits.MAX_SCALE or data[code_at] == 0:
        return codes.FIELD_OUT_OF_RANGE
    if venue.assets.get(asset_id) is not None:
        return codes.ASSET_EXISTS

    # From here it succeeds.
    code = data[code_at : code_at + 16]
    asset = Asset(asset_id, len(venue.asset_list), scale, code)
    venue.assets[asset_id] = asset
    venue.asset_list.append(asset)
    codec.write_asset_created(step.out, asset_id, scale, data, code_at)
    step.event_count += 1
    return codes.ACCEPTED


def create_instrument(venue: Venue, data: bytes, at: i64, step: Step) -> i64:
    """Apply a CreateInstrument."""
    instrument_id = read_i64_le(data, at + codec.CREATE_INSTRUMENT_INSTRUMENT_ID)
    result = check_rules(venue, data, at)
    if result == codes.FIELD_OUT_OF_RANGE:
        return result
    if venue.instrument(instrument_id) is not None:
        return codes.INSTRUMENT_EXISTS
    if result != codes.ACCEPTED:
        return result

    # From here it succeeds.
    instrument = Instrument(
        instrument_id,
        len(venue.instrument_list),
        venue.assets[read_i64_le(data, at + codec.CREATE_INSTRUMENT_BASE_ASSET_ID)],
        venue.assets[read_i64_le(data, at + codec.CREATE_INSTRUMENT_QUOTE_ASSET_ID)],
    )
    venue.add_instrument(instrument)
    set_rules(instrument, data, at)
    write_instrument(instrument, False, step)
    return codes.ACCEPTED


def change_instrument(venue: Venue, data: bytes, at: i64, step: Step) -> i64:
    """Apply a ChangeInstrument; tick, lot and assets only while no order is open in it."""
    result = check_rules(venue, data, at)
    if result == codes.FIELD_OUT_OF_RANGE:
        return result
    instrument = venue.instrument(read_i64_le(data, at + codec.CREATE_INSTRUMENT_INSTRUMENT_ID))
    if instrument is None:
        return codes.UNKNOWN_INSTRUMENT
    if result != codes.ACCEPTED:
        return result
    base = venue.assets[read_i64_le(data, at + codec.CREATE_INSTRUMENT_BASE_ASSET_ID)]
    quote = venue.assets[read_i64_le(data, at + codec.CREATE_INSTRUMENT_QUOTE_ASSET_ID)]
    tick_units = codec.read_i128(data, at + codec.CREATE_INSTRUMENT_TICK_UNITS)
    lot_units = codec.read_i128(data, at + codec.CREATE_INSTRUMENT_LOT_UNITS)
    same_assets = base is instrument.base and quote is instrument.quote
    same_price_step = same_assets and tick_units == instrument.tick_units
    if instrument.open_orders > 0 and not (same_price_step and lot_units == instrument.lot_units):
        return codes.OPEN_ORDERS_EXIST

    # From here it succeeds.
    if not same_price_step:
        # Prices seen so far were counted in other ticks.
        instrument.last_ticks = 0
        instrument.reference_ticks = 0
    instrument.base = base
    instrument.quote = quote
    set_rules(instrument, data, at)
    venue.fees_changed()
    write_instrument(instrument, True, step)
    return codes.ACCEPTED


def check_rules(venue: Venue, data: bytes, at: i64) -> i64:
    """Whether the rules of a CreateInstrument or ChangeInstrument make sense."""
    state = read_i64_le(data, at + codec.CREATE_INSTRUMENT_STATE)
    if (
        read_i64_le(data, at + codec.CREATE_INSTRUMENT_INSTRUMENT_ID) <= 0
        or state < codes.INSTRUMENT_STATE_OPEN
        or state > codes.INSTRUMENT_STATE_HALTED
        or data[at + codec.CREATE_INSTRUMENT_SYMBOL] == 0
    ):
        return codes.FIELD_OUT_OF_RANGE
    base = venue.assets.get(read_i64_le(data, at + codec.CREATE_INSTRUMENT_BASE_ASSET_ID))
    quote = venue.assets.get(read_i64_le(data, at + codec.CREATE_INSTRUMENT_QUOTE_ASSET_ID))
    if base is None or quote is None:
        return codes.UNKNOWN_ASSET
    tick_units = codec.read_i128(data, at + codec.CREATE_INSTRUMENT_TICK_UNITS)
    lot_units = codec.read_i128(data, at + codec.CREATE_INSTRUMENT_LOT_UNITS)
    min_lots = read_i64_le(data, at + codec.CREATE_INSTRUMENT_MIN_LOTS)
    max_lots = read_i64_le(data, at + codec.CREATE_INSTRUMENT_MAX_LOTS)
    min_notional = codec.read_i128(data, at + codec.CREATE_INSTRUMENT_MIN_NOTIONAL_UNITS)
    max_notional = codec.read_i128(data, at + codec.CREATE_INSTRUMENT_MAX_NOTIONAL_UNITS)
    band_bp = read_i64_le(data, at + codec.CREATE_INSTRUMENT_PRICE_BAND_BP)
    if base is quote or tick_units <= 0 or lot_units <= 0:
        return codes.BAD_INSTRUMENT_RULES
    if notional_factor(tick_units, lot_units, base.scale) == 0:
        return codes.BAD_INSTRUMENT_RULES
    if min_lots < 0 or max_lots < 0 or max_lots > limits.MAX_LOTS:
        return codes.BAD_INSTRUMENT_RULES
    if min_lots > (max_lots if max_lots > 0 else limits.MAX_LOTS):
        return codes.BAD_INSTRUMENT_RULES
    if min_notional < 0 or max_notional < 0 or 0 < max_notional < min_notional:
        return codes.BAD_INSTRUMENT_RULES
    if band_bp < 0 or band_bp > limits.MAX_PRICE_BAND_BP:
        return codes.BAD_INSTRUMENT_RULES
    if not is_fee(read_i64_le(data, at + codec.CREATE_INSTRUMENT_MAKER_PPM)):
        return codes.BAD_FEE
    if not is_fee(read_i64_le(data, at + codec.CREATE_INSTRUMENT_TAKER_PPM)):
        return codes.BAD_FEE
    return codes.ACCEPTED


def set_rules(instrument: Instrument, data: bytes, at: i64) -> None:
    """Take over the rules of a checked CreateInstrument or ChangeInstrument."""
    instrument.tick_units = codec.read_i128(data, at + codec.CREATE_INSTRUMENT_TICK_UNITS)
    instrument.lot_units = codec.read_i128(data, at + codec.CREATE_INSTRUMENT_LOT_UNITS)
    instrument.min_lots = read_i64_le(data, at + codec.CREATE_INSTRUMENT_MIN_LOTS)
    instrument.max_lots = read_i64_le(data, at + codec.CREATE_INSTRUMENT_MAX_LOTS)
    instrument.min_notional_units = codec.read_i128(
        data, at + codec.CREATE_INSTRUMENT_MIN_NOTIONAL_UNITS
    )
    instrument.max_notional_units = codec.read_i128(
        data, at + codec.CREATE_INSTRUMENT_MAX_NOTIONAL_UNITS
    )
    instrument.price_band_bp = read_i64_le(data, at + codec.CREATE_INSTRUMENT_PRICE_BAND_BP)
    instrument.maker_ppm = read_i64_le(data, at + codec.CREATE_INSTRUMENT_MAKER_PPM)
    instrument.taker_ppm = read_i64_le(data, at + codec.CREATE_INSTRUMENT_TAKER_PPM)
    instrument.state = read_i64_le(data, at + codec.CREATE_INSTRUMENT_STATE)
    symbol_at: i64 = at + codec.CREATE_INSTRUMENT_SYMBOL
    instrument.symbol = data[symbol_at : symbol_at + 24]
    derive_rules(instrument)


def derive_rules(instrument: Instrument) -> None:
    """Work out what follows from the rules."""
    instrument.factor = notional_factor(
        instrument.tick_units, instrument.lot_units, instrument.base.scale
    )
    instrument.lots_cap = instrument.max_lots if instrument.max_lots > 0 else limits.MAX_LOTS
    instrument.small_cap_units = limits.SMALL_UNITS
    if instrument.max_notional_units > 0:
        instrument.small_cap_units = instrument.max_notional_units


def notional_factor(tick_units: int, lot_units: int, base_scale: i64) -> int:
    """``k`` with quote units = lots * ticks * k; 0 if it is not whole or too large."""
    whole: int = 10 ** int(base_scale)
    factor: int = tick_units * lot_units // whole
    if factor * whole != tick_units * lot_units or factor > limits.MAX_UNITS:
        return 0
    return factor


def is_fee(ppm: i64) -> bool:
    """Whether parts per million are a fee: from nothing to all."""
    return ppm >= 0 and ppm <= limits.PPM


def write_instrument(instrument: Instrument, is_change: bool, step: Step) -> None:
    """Tell an instrument's rules."""
    write = codec.write_instrument_changed if is_change else codec.write_instrument_created
    write(
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
    step.event_count += 1


def set_instrument_state(venue: Venue, data: bytes, at: i64, step: Step) -> i64:
    """Apply a SetInstrumentState."""
    instrument_id = read_i64_le(data, at + codec.SET_INSTRUMENT_STATE_INSTRUMENT_ID)
    state = read_i64_le(data, at + codec.SET_INSTRUMENT_STATE_STATE)
    if state < codes.INSTRUMENT_STATE_OPEN or state > codes.INSTRUMENT_STATE_HALTED:
        return codes.FIELD_OUT_OF_RANGE
    instrument = venue.instrument(instrument_id)
    if instrument is None:
        return codes.UNKNOWN_INSTRUMENT

    # From here it succeeds.
    instrument.state = state
    codec.write_instrument_state_changed(step.out, instrument_id, state)
    step.event_count += 1
    return codes.ACCEPTED


def set_reference_price(venue: Venue, data: bytes, at: i64, step: Step) -> i64:
    """Apply a SetReferencePrice."""
    instrument_id = read_i64_le(data, at + codec.SET_REFERENCE_PRICE_INSTRUMENT_ID)
    ticks = read_i64_le(data, at + codec.SET_REFERENCE_PRICE_TICKS)
    instrument = venue.instrument(instrument_id)
    if instrument is None:
        return codes.UNKNOWN_INSTRUMENT
    if ticks <= 0 or ticks > limits.MAX_TICKS:
        return codes.BAD_PRICE

    # From here it succeeds.
    instrument.reference_ticks = ticks
    codec.write_reference_price_set(step.out, instrument_id, ticks)
    step.event_count += 1
    return codes.ACCEPTED


def set_fees(venue: Venue, data: bytes, at: i64, step: Step) -> i64:
    """Apply a SetFees; a maker fee of -1 removes the line."""
    group_id = read_i64_le(data, at + codec.SET_FEES_GROUP_ID)
    instrument_id = read_i64_le(data, at + codec.SET_FEES_INSTRUMENT_ID)
    maker_ppm = read_i64_le(data, at + codec.SET_FEES_MAKER_PPM)
    taker_ppm = read_i64_le(data, at + codec.SET_FEES_TAKER_PPM)
    if group_id < 0:
        return codes.FIELD_OUT_OF_RANGE
    if instrument_id != 0 and venue.instrument(instrument_id) is None:
        return codes.UNKNOWN_INSTRUMENT
    removes = maker_ppm == -1
    if not removes and not (is_fee(maker_ppm) and is_fee(taker_ppm)):
        return codes.BAD_FEE

    # From here it succeeds.
    key = (int(group_id), int(instrument_id))
    if removes:
        venue.fee_lines.pop(key, None)
    else:
        venue.fee_lines[key] = FeeRates(int(maker_ppm), int(taker_ppm))
    venue.fees_changed()
    codec.write_fees_changed(step.out, group_id, instrument_id, maker_ppm, taker_ppm)
    step.event_count += 1
    return codes.ACCEPTED


def create_account(venue: Venue, data: bytes, at: i64, step: Step) -> i64:
    """Apply a CreateAccount; a venue has one fee account."""
    account_id = read_i64_le(data, at + codec.CREATE_ACCOUNT_ACCOUNT_ID)
    group_id = read_i64_le(data, at + codec.CREATE_ACCOUNT_GROUP_ID)
    trade_group_id = read_i64_le(data, at + codec.CREATE_ACCOUNT_TRADE_GROUP_ID)
    role = read_i64_le(data, at + codec.CREATE_ACCOUNT_ROLE)
    state = read_i64_le(data, at + codec.CREATE_ACCOUNT_STATE)
    if account_id <= 0 or group_id < 0 or trade_group_id < 0 or not is_account_state(state):
        return codes.FIELD_OUT_OF_RANGE
    if role < codes.ACCOUNT_ROLE_CUSTOMER or role > codes.LAST_ACCOUNT_ROLE:
        return codes.FIELD_OUT_OF_RANGE
    if venue.account(account_id) is not None:
        return codes.ACCOUNT_EXISTS
    if role == codes.ACCOUNT_ROLE_HOUSE_FEES and venue.fee_account is not None:
        return codes.ACCOUNT_EXISTS

    # From here it succeeds.
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
    codec.write_account_created(step.out, account_id, group_id, trade_group_id, role, state)
    step.event_count += 1
    return codes.ACCEPTED


def change_account(venue: Venue, data: bytes, at: i64, step: Step) -> i64:
    """Apply a ChangeAccount; resting orders stay and count for the new trade group."""
    account_id = read_i64_le(data, at + codec.CHANGE_ACCOUNT_ACCOUNT_ID)
    group_id = read_i64_le(data, at + codec.CHANGE_ACCOUNT_GROUP_ID)
    trade_group_id = read_i64_le(data, at + codec.CHANGE_ACCOUNT_TRADE_GROUP_ID)
    state = read_i64_le(data, at + codec.CHANGE_ACCOUNT_STATE)
    if group_id < 0 or trade_group_id < 0 or not is_account_state(state):
        return codes.FIELD_OUT_OF_RANGE
    account = venue.account(account_id)
    if account is None:
        return codes.UNKNOWN_ACCOUNT

    # From here it succeeds.
    if trade_group_id != account.trade_group_id:
        resting: i64 = 0
        order = account.oldest
        while order is not None:
            resting += 1
            order = order.newer
        account.party.open_orders -= resting
        account.party = venue.party(trade_group_id)
        account.party.open_orders += resting
        account.trade_group_id = trade_group_id
    account.group_id = group_id
    account.fee_group = venue.fee_group(group_id)
    account.state = state
    codec.write_account_changed(step.out, account_id, group_id, trade_group_id, state)
    step.event_count += 1
    return codes.ACCEPTED


def is_account_state(state: i64) -> bool:
    """Whether a number is an AccountState."""
    return state >= codes.ACCOUNT_STATE_ACTIVE and state <= codes.ACCOUNT_STATE_SUSPENDED


def credit_funds(venue: Venue, data: bytes, at: i64, step: Step) -> i64:
    """Apply a CreditFunds."""
    amount_units = codec.read_i128(data, at + codec.CREDIT_FUNDS_AMOUNT_UNITS)
    reason = read_i64_le(data, at + codec.CREDIT_FUNDS_REASON)
    if reason < codes.FUNDS_REASON_DEPOSIT or reason > codes.LAST_FUNDS_REASON:
        return codes.FIELD_OUT_OF_RANGE
    account = venue.account(read_i64_le(data, at + codec.CREDIT_FUNDS_ACCOUNT_ID))
    if account is None:
        return codes.UNKNOWN_ACCOUNT
    asset = venue.assets.get(read_i64_le(data, at + codec.CREDIT_FUNDS_ASSET_ID))
    if asset is None:
        return codes.UNKNOWN_ASSET
    if amount_units <= 0 or amount_units > limits.MAX_UNITS - asset.supply_units:
        return codes.BAD_AMOUNT

    # From here it succeeds.
    balance = account.balance(asset)
    balance.available_units += amount_units
    asset.supply_units += amount_units
    codec.write_funds_credited(
        step.out,
        account.account_id,
        asset.asset_id,
        amount_units,
        balance.available_units + balance.held_units,
        reason,
        read_i64_le(data, at + codec.CREDIT_FUNDS_REFERENCE_ID),
    )
    step.event_count += 1
    return codes.ACCEPTED


def debit_funds(venue: Venue, data: bytes, at: i64, step: Step) -> i64:
    """Apply a DebitFunds; only what is available can go."""
    amount_units = codec.read_i128(data, at + codec.DEBIT_FUNDS_AMOUNT_UNITS)
    reason = read_i64_le(data, at + codec.DEBIT_FUNDS_REASON)
    if reason < codes.FUNDS_REASON_DEPOSIT or reason > codes.LAST_FUNDS_REASON:
        return codes.FIELD_OUT_OF_RANGE
    account = venue.account(read_i64_le(data, at + codec.DEBIT_FUNDS_ACCOUNT_ID))
    if account is None:
        return codes.UNKNOWN_ACCOUNT
    asset = venue.assets.get(read_i64_le(data, at + codec.DEBIT_FUNDS_ASSET_ID))
    if asset is None:
        return codes.UNKNOWN_ASSET
    if amount_units <= 0:
        return codes.BAD_AMOUNT
    balance = account.balance(asset)
    if balance.available_units < amount_units:
        return codes.INSUFFICIENT_FUNDS

    # From here it succeeds.
    balance.available_units -= amount_units
    asset.supply_units -= amount_units
    codec.write_funds_debited(
        step.out,
        account.account_id,
        asset.asset_id,
        amount_units,
        balance.available_units + balance.held_units,
        reason,
        read_i64_le(data, at + codec.DEBIT_FUNDS_REFERENCE_ID),
    )
    step.event_count += 1
    return codes.ACCEPTED
