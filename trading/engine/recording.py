"""Journal entries between house lines: checked and told, nothing of the venue's changes."""

from trading.engine import administration, codec, codes, limits
from trading.engine.step import Step
from trading.engine.venue import Venue
from trading.engine.words import amount, copy_words, field, half, wide


def record_entry(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a RecordEntry."""
    kind = field(data, at + codec.RECORD_ENTRY_ENTRY_KIND, end)
    value_ns = field(data, at + codec.RECORD_ENTRY_VALUE_NS, end)
    if kind <= 0 or kind > limits.MAX_ENTRY_KIND:
        return codes.FIELD_OUT_OF_RANGE
    if field(data, at + codec.RECORD_ENTRY_REVERSES_ID, end) < 0:
        return codes.FIELD_OUT_OF_RANGE
    if value_ns < 0 or value_ns > step.time_ns:
        return codes.BAD_VALUE_TIME
    legs_at = at + codec.RECORD_ENTRY_LINE_1
    result = check_entry_legs(venue, data, legs_at, end)
    if result != codes.ACCEPTED:
        return result
    if not sums_to_nothing(data, legs_at, end):
        return codes.ENTRY_UNBALANCED

    # From here it succeeds. Event and command have the same fields.
    words = (end - at) // 8
    place = step.out.room(1 + words)
    step.out.words[place] = codec.ENTRY_RECORDED_EVENT | (1 + words) << 35
    copy_words(step.out.words, place + 1, data, at, words)
    step.out.events += 1
    step.out.cut_zeros(place)
    return codes.ACCEPTED


def check_entry_legs(venue: Venue, data: bytes, at: int, end: int) -> int:
    """Whether each leg is one, and no other comes behind the last."""
    leg_bytes = codec.RECORD_ENTRY_LINE_2 - codec.RECORD_ENTRY_LINE_1
    count = 0
    for number in range(limits.MOST_ENTRY_LEGS):
        leg = at + number * leg_bytes
        line = half(data, leg, end)
        asset_id = half(data, leg + 4, end)
        units = amount(data, leg + 8, end)
        if line == 0 and asset_id == 0 and units == 0:
            continue
        if number != count:
            return codes.BAD_ENTRY_LEGS
        count += 1
        if line >> limits.LINE_SHIFT == 0 or line > limits.MAX_ID:
            return codes.NOT_A_HOUSE_LINE
        if administration.find_asset(venue, asset_id) is None:
            return codes.UNKNOWN_ASSET
        if units == 0 or units > limits.MAX_ENTRY_UNITS or units < -limits.MAX_ENTRY_UNITS:
            return codes.BAD_AMOUNT
    return codes.ACCEPTED if count > 1 else codes.BAD_ENTRY_LEGS


def sums_to_nothing(data: bytes, at: int, end: int) -> bool:
    """Whether the legs of each asset come to nothing."""
    leg_bytes = codec.RECORD_ENTRY_LINE_2 - codec.RECORD_ENTRY_LINE_1
    for number in range(limits.MOST_ENTRY_LEGS):
        asset_id = half(data, at + number * leg_bytes + 4, end)
        total = wide(0)
        for other in range(limits.MOST_ENTRY_LEGS):
            leg = at + other * leg_bytes
            if half(data, leg + 4, end) == asset_id:
                total += amount(data, leg + 8, end)
        if total != 0:
            return False
    return True
