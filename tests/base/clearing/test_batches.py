"""A batch of which a tenant has cleared a part: the rest is found."""

from clearing import batches
from tests.trading.engine.process.running import setup_commands
from trading.engine import wire
from trading.engine.shard import Shard


def test_the_rest_of_a_batch_begins_behind_the_checkpoint() -> None:
    shard = Shard()
    frames = b"".join(
        wire.request_of(message, 7, request_id=number)
        for number, message in enumerate(setup_commands(), start=1)
    )
    data = bytes(shard.run_batch(frames, 1_000).records)
    records = list(wire.iterate_records(data))
    assert [record.seq for record in records] == list(range(1, len(records) + 1))
    for seq in range(len(records) + 2):
        rest = list(wire.iterate_records(batches.after(data, seq)))
        assert rest == records[seq:]
    batch = batches.split(batches.after(data, 20))[7]
    assert (batch.first_seq, batch.last_seq) == (21, len(records))
