"""Chunks of the journal, cut by tenant and behind a checkpoint."""

import pytest

from clearing import batches
from trading.engine import commands, wire
from trading.engine.shard import Shard


@pytest.fixture
def records() -> bytes:
    """The journal of two venues, records of several lengths in turn: seq 1 to 10."""
    shard = Shard()
    frames = b"".join(
        wire.request_of(command, tenant_id)
        for command in (
            commands.OpenVenue(code="north"),
            commands.CreateAsset(asset_id=1, scale=2, code="EUR"),
            commands.CreateAccount(account_id=1, state=1),
            commands.CreditFunds(
                account_id=1, asset_id=1, amount_units=10**30, reason=1, reference_id=9
            ),
            commands.DebitFunds(account_id=1, asset_id=1, amount_units=1, reason=2, reference_id=1),
        )
        for tenant_id in (1, 2)
    )
    output = shard.run_batch(frames, 1)
    assert (output.first_seq, output.last_seq) == (1, 10)
    return output.records


@pytest.mark.parametrize("seq", range(10))
def test_what_stands_behind_a_seq_begins_with_the_next(records: bytes, seq: int):
    found = batches.split(batches.after(records, seq))
    first, last = found[seq % 2 + 1], found[2]
    assert first.first_seq == seq + 1
    assert last.last_seq == 10
    assert sum(len(batch.headers) for batch in found.values()) == 10 - seq


def test_nothing_stands_behind_the_last(records: bytes):
    assert batches.after(records, 10) == b""
    assert batches.after(records, 99) == b""
    assert batches.after(b"", 0) == b""


def test_a_chunk_is_cut_by_tenant(records: bytes):
    for tenant_id, batch in batches.split(records).items():
        assert batch.tenant_id == tenant_id
        assert batch.headers["tenant_id"].tolist() == [tenant_id] * 5
        assert batch.headers["seq"].tolist() == list(range(tenant_id, 11, 2))
