"""The tenant and the flow of `clearing.py`: 1 000 customers who trade with each other.

A trade is two orders that meet: one trade row, two orders, one entry and six postings (five where
a fee rounds to nothing).
"""

import random
from collections.abc import Iterator
from typing import Any, NamedTuple

CUSTOMERS = 1_000
FRAMES_A_BATCH = 512
BEGIN_NS = 1_790_000_000_000_000_000


class Piece(NamedTuple):
    """Whole records of the engine journal, first_seq to last_seq."""

    first_seq: int
    last_seq: int
    data: bytes


def furnish() -> tuple[Any, list[int]]:
    """A tenant in a migrated database, and its customers' account ids."""
    from django.core.management import call_command
    from django_tenants.utils import tenant_context

    from identity.models import User
    from tenants import actions
    from trading.accounts.actions import default_group
    from trading.accounts.models import Account, AccountRole

    call_command("migrate_schemas", verbosity=0, skip_checks=True)
    actions.ensure_platform()
    tenant = actions.create_tenant(
        slug="bench",
        name="Bench",
        domain="bench.localhost",
        owner_email="owner@bench.example",
        acting_user=None,
    )
    with tenant_context(tenant):
        user = User.objects.create(email="customers@bench.example")
        group = default_group()
        accounts = Account.objects.bulk_create(
            Account(user=user, group=group, role=AccountRole.CUSTOMER, name=str(number))
            for number in range(CUSTOMERS)
        )
        return tenant, [account.pk for account in accounts]


class Flow:
    """A shard in this process that trades as long as it is asked to."""

    def __init__(self, tenant: Any, account_ids: list[int], seed: int) -> None:
        from trading.engine.shard import Shard

        self._tenant_id = tenant.pk
        self._account_ids = account_ids
        self._rng = random.Random(seed)
        self._shard = Shard()
        self._now_ns = BEGIN_NS
        self._waiting: list[Piece] = []
        self._open(tenant)

    def trade(self, trades: int, piece_bytes: int) -> Iterator[Piece]:
        """So many trades, in pieces of about so many bytes of the journal."""
        from trading.engine import commands, wire

        frames: list[bytes] = []
        for number in range(1, trades + 1):
            seller, buyer = self._rng.sample(self._account_ids, 2)
            ticks, lots = self._rng.randint(4_900_000, 5_100_000), self._rng.randint(100, 10_000)
            for account_id, side in ((seller, 2), (buyer, 1)):
                order = commands.PlaceOrder(
                    account_id=account_id,
                    instrument_id=self.instrument.id,
                    lots=lots,
                    ticks=ticks,
                    side=side,
                    order_type=1,
                    time_in_force=1,
                )
                frames.append(wire.request_of(order, self._tenant_id))
            if len(frames) >= FRAMES_A_BATCH or number == trades:
                self._run(frames)
                if sum(len(piece.data) for piece in self._waiting) >= piece_bytes:
                    yield self._take()
        if self._waiting:
            yield self._take()

    def _open(self, tenant: Any) -> None:
        from django_tenants.utils import tenant_context

        from trading.commands.models import QueuedCommand
        from trading.engine import commands, wire
        from trading.engine.enums import FundsReason
        from trading.instruments.info import catalogue

        with tenant_context(tenant):
            self.instrument = next(iter(catalogue(fresh=True).instruments.values()))
            frames = [
                wire.encode_request(
                    number, tenant.pk, row.kind, row.version, bytes(row.payload), 1, number
                )
                for number, row in enumerate(QueuedCommand.objects.order_by("id"), start=1)
            ]
        for account_id in self._account_ids:
            made: list[Any] = [commands.CreateAccount(account_id=account_id, group_id=1, state=1)]
            made += [
                commands.CreditFunds(
                    account_id=account_id,
                    asset_id=asset_id,
                    amount_units=10**18,
                    reason=int(FundsReason.DEPOSIT),
                    reference_id=1,
                )
                for asset_id in (self.instrument.base_id, self.instrument.quote_id)
            ]
            frames += [wire.request_of(command, tenant.pk) for command in made]
        self._run(frames)

    def _run(self, frames: list[bytes]) -> None:
        self._now_ns += 10_000_000
        output = self._shard.run_batch(b"".join(frames), self._now_ns)
        self._waiting.append(Piece(output.first_seq, output.last_seq, output.records))
        frames.clear()

    def _take(self) -> Piece:
        taken, self._waiting = self._waiting, []
        data = b"".join(piece.data for piece in taken)
        return Piece(taken[0].first_seq, taken[-1].last_seq, data)
