"""What cancels an account's orders by itself: its cancel timer, and the end of a connection."""

from heapq import heappush

from trading.engine import codec, codes, emit, limits, rows
from trading.engine.step import Step
from trading.engine.venue import Venue
from trading.engine.words import MASK_63, field


def set_cancel_timer(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a SetCancelTimer; a timeout of 0 takes the timer away."""
    account_id = field(data, at + codec.SET_CANCEL_TIMER_ACCOUNT_ID, end)
    account = venue.account(account_id)
    if account == 0:
        return codes.UNKNOWN_ACCOUNT
    if venue.store.accounts[account + rows.ACCOUNT_STATE] == codes.ACCOUNT_STATE_SUSPENDED:
        return codes.ACCOUNT_SUSPENDED
    instrument_id = field(data, at + codec.SET_CANCEL_TIMER_INSTRUMENT_ID, end)
    if instrument_id != 0 and venue.instrument(instrument_id) is None:
        return codes.UNKNOWN_INSTRUMENT
    timeout_ns = field(data, at + codec.SET_CANCEL_TIMER_TIMEOUT_NS, end)
    if timeout_ns < 0 or timeout_ns > limits.MAX_TIMEOUT_NS:
        return codes.BAD_TIMEOUT
    if timeout_ns > MASK_63 - step.time_ns:
        return codes.BAD_TIMEOUT

    # From here it succeeds.
    if timeout_ns == 0:
        return take_timer(venue, account_id, instrument_id, step)
    deadline_ns = step.time_ns + timeout_ns
    start_timer(venue, account_id, instrument_id, deadline_ns)
    emit.cancel_timer_set(step.out, account_id, instrument_id, deadline_ns)
    return codes.ACCEPTED


def start_timer(venue: Venue, account_id: int, instrument_id: int, deadline_ns: int) -> int:
    """Have the shard cancel at this time."""
    venue.cancel_timers[(account_id, instrument_id)] = deadline_ns
    entry = (deadline_ns, venue.tenant_id, account_id, instrument_id)
    heappush(venue.store.cancel_timers, entry)
    return 0


def take_timer(venue: Venue, account_id: int, instrument_id: int, step: Step) -> int:
    """The timer is gone: taken away, or run out."""
    venue.cancel_timers.pop((account_id, instrument_id), None)
    emit.cancel_timer_set(step.out, account_id, instrument_id, 0)
    return codes.ACCEPTED


def timer_of(venue: Venue, account_id: int, instrument_id: int) -> int:
    """When a cancel timer runs out; 0: there is none."""
    found = venue.cancel_timers.get((account_id, instrument_id))
    return 0 if found is None else found


def arm_disconnect(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply an ArmDisconnect; what is so already stays so."""
    armed = field(data, at + codec.ARM_DISCONNECT_ARMED, end)
    if armed < 0 or armed > 1:
        return codes.FIELD_OUT_OF_RANGE
    account_id = field(data, at + codec.ARM_DISCONNECT_ACCOUNT_ID, end)
    account = venue.account(account_id)
    if account == 0:
        return codes.UNKNOWN_ACCOUNT
    state = venue.store.accounts[account + rows.ACCOUNT_STATE]
    # Disarming is also what follows upon the end of the connection, whatever the state.
    if armed == 1 and state == codes.ACCOUNT_STATE_SUSPENDED:
        return codes.ACCOUNT_SUSPENDED
    instrument_id = field(data, at + codec.ARM_DISCONNECT_INSTRUMENT_ID, end)
    if instrument_id != 0 and venue.instrument(instrument_id) is None:
        return codes.UNKNOWN_INSTRUMENT

    # From here it succeeds.
    key = (account_id, instrument_id)
    if armed == 1:
        venue.armed[key] = 1
    else:
        venue.armed.pop(key, None)
    emit.disconnect_armed(step.out, account_id, instrument_id, armed)
    return codes.ACCEPTED


def check_cause(venue: Venue, account_id: int, instrument_id: int, cause: int, step: Step) -> int:
    """Whether there is what the exchange's own CancelAllOrders says it is for."""
    if cause == codes.CANCEL_CAUSE_TIMER:
        deadline_ns = timer_of(venue, account_id, instrument_id)
        if deadline_ns == 0 or deadline_ns > step.time_ns:
            return codes.NO_TIMER_DUE
    elif venue.armed.get((account_id, instrument_id)) is None:
        return codes.NOT_ARMED
    return codes.ACCEPTED


def query_armed(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """What will cancel orders by itself, by account and instrument; account_id 0: everybody's."""
    account_id = field(data, at + codec.QUERY_ARMED_ACCOUNT_ID, end)
    if account_id != 0 and venue.account(account_id) == 0:
        return codes.UNKNOWN_ACCOUNT
    for key in sorted({**venue.armed, **venue.cancel_timers}):
        if account_id == 0 or key[0] == account_id:
            on_disconnect = 0 if venue.armed.get(key) is None else 1
            emit.armed_row(step.out, key[0], key[1], on_disconnect, timer_of(venue, key[0], key[1]))
    return codes.ACCEPTED
