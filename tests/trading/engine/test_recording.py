"""Journal entries between house lines: input of any kind, and what stands in the records."""

import msgspec
import pytest

from tests.trading.engine.worlds import TENANT, World, spot_world
from trading.engine import commands as c
from trading.engine import events as e
from trading.engine import wire
from trading.engine.results import Result

BANK, HOT = 2 << 16, (3 << 16) + 7
GOOD = c.RecordEntry(
    entry_kind=40,
    reference_id=5,
    line_1=BANK,
    asset_id_1=1,
    amount_units_1=1,
    line_2=HOT,
    asset_id_2=1,
    amount_units_2=-1,
)


def changed(**fields: int) -> c.RecordEntry:
    return msgspec.structs.replace(GOOD, **fields)


def test_the_event_says_what_the_command_said() -> None:
    world = spot_world()
    command = changed(
        value_ns=7, reverses_id=9 << 20, amount_units_1=10**32, amount_units_2=-(10**32)
    )
    (event,) = world.must(command)
    assert isinstance(event, e.EntryRecorded)
    names = [name for name, _ in command.FIELDS]
    assert [getattr(event, name) for name in names] == [getattr(command, name) for name in names]


def test_an_entry_changes_nothing_of_the_venue() -> None:
    world = spot_world()
    before = world.shard.dump()
    world.must(GOOD)
    assert world.shard.dump()[24:] == before[24:]  # all but the seq and the time


@pytest.mark.parametrize(
    ("fields", "result"),
    [
        ({"line_1": 2**32 - 1}, Result.NOT_A_HOUSE_LINE),
        ({"line_1": 2**16 - 1}, Result.NOT_A_HOUSE_LINE),
        ({"asset_id_1": 2**32 - 1}, Result.UNKNOWN_ASSET),
        ({"amount_units_1": 2**127 - 1}, Result.BAD_AMOUNT),
        ({"amount_units_1": -(2**127)}, Result.BAD_AMOUNT),
        ({"amount_units_1": 10**32 + 1}, Result.BAD_AMOUNT),
        ({"amount_units_1": 0}, Result.BAD_AMOUNT),
        ({"amount_units_1": 2**64 + 1}, Result.ENTRY_UNBALANCED),
        ({"line_1": 0, "asset_id_1": 0, "amount_units_1": 0}, Result.BAD_ENTRY_LEGS),
        ({"amount_units_8": 1}, Result.BAD_ENTRY_LEGS),
        ({"line_8": 1}, Result.BAD_ENTRY_LEGS),
        ({"value_ns": 2**63 - 1}, Result.BAD_VALUE_TIME),
        ({"value_ns": -1}, Result.BAD_VALUE_TIME),
        ({"entry_kind": -(2**63)}, Result.FIELD_OUT_OF_RANGE),
        ({"reverses_id": -1}, Result.FIELD_OUT_OF_RANGE),
    ],
)
def test_bad_numbers_are_refused(fields: dict[str, int], result: Result) -> None:
    world = spot_world()
    before = world.shard.dump()
    assert world.send(changed(**fields)) == (result, [])
    assert world.shard.dump()[24:] == before[24:]


def test_eight_legs_of_the_largest_amount_are_added_exactly() -> None:
    most = 10**32
    legs = {f"line_{n}": BANK for n in range(1, 9)} | {f"asset_id_{n}": 1 for n in range(1, 9)}
    units = {f"amount_units_{n}": most if n < 5 else -most for n in range(1, 9)}
    world = spot_world()
    world.must(changed(**legs, **units))
    off = {**units, "amount_units_8": -most + 1}
    assert world.send(changed(**legs, **off))[0] == Result.ENTRY_UNBALANCED


def test_a_payload_cut_anywhere_is_refused_or_whole() -> None:
    world = spot_world()
    whole = GOOD.encode()
    for length in range(0, len(whole), 8):
        frame = wire.encode_request(1, TENANT, GOOD.KIND, 1, whole[:length], 0, 0, 0)
        answer = wire.decode_answer(world.shard.run_batch(frame, world.time_ns).answers)
        assert answer.result != Result.ACCEPTED, length


@pytest.mark.parametrize(
    ("against", "reverses_id", "result"),
    [
        (HOT, 0, Result.ACCEPTED),
        (2**31 - 1, 3 << 20, Result.ACCEPTED),
        (2**31, 0, Result.FIELD_OUT_OF_RANGE),
        (-1, 0, Result.FIELD_OUT_OF_RANGE),
        (0, -1, Result.FIELD_OUT_OF_RANGE),
    ],
)
def test_funds_say_which_line_stands_against_them(
    against: int, reverses_id: int, result: Result
) -> None:
    world = spot_world()
    for kind in (c.CreditFunds, c.DebitFunds):
        found, events = world.send(
            kind(
                account_id=1,
                asset_id=1,
                amount_units=5,
                reason=6,
                against=against,
                reverses_id=reverses_id,
            )
        )
        assert found == result
        told = [(event.against, event.reverses_id) for event in events]
        assert told == ([(against, reverses_id)] if result == Result.ACCEPTED else [])


def test_funds_without_them_are_recorded_as_ever() -> None:
    """A journal that was written before these fields is replayed to the same bytes."""
    world = World()
    world.must(c.OpenVenue(code="x"), c.CreateAsset(asset_id=1, scale=0, code="A"))
    world.must(c.CreateAccount(account_id=1, state=1))
    for reference_id in (0, 3):
        world.records = b""
        world.must(
            c.CreditFunds(
                account_id=1, asset_id=1, amount_units=5, reason=1, reference_id=reference_id
            )
        )
        (record,) = wire.iterate_records(world.records)
        assert len(record.events) == 8 + 64
