"""Clearing: engine journal → SQL, in trades a second.

    python benchmarks/clearing.py --trades 200000

Makes a database of its own beside the one in DATABASE_URL, furnishes a tenant in it, lets a shard
in this process trade between 1 000 customers, and then times what `manage.py clearing` does with
the records: splitting, binary COPY of trades, orders, entries and postings, netted balances,
candles, the deferred check of every entry, checkpoint, commit. A trade is one trade row, two
orders, one entry and up to six postings.
"""

import argparse
import os
import random
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
DATABASE = "marque_benchmark_clearing"
CUSTOMERS = 1_000
FRAMES_A_BATCH = 512


def main() -> None:
    arguments = _arguments()
    url = urlsplit(os.environ["DATABASE_URL"])
    os.environ["DATABASE_URL"] = urlunsplit(url._replace(path=f"/{DATABASE}"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    server_url = urlunsplit(url._replace(path="/postgres"))
    _make_database(server_url)
    try:
        import django

        django.setup()
        _measure(arguments)
    finally:
        from django.db import connection

        connection.close()
        connection.close_pool()
        _drop_database(server_url)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trades", type=int, default=200_000)
    parser.add_argument("--batch-bytes", type=int, default=12 * 1024 * 1024)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _measure(arguments: argparse.Namespace) -> None:
    from clearing import batches, database
    from clearing.writer import TenantWriter
    from trading.engine.shard import COMPILED

    tenant, account_ids = _furnish()
    print(f"engine {'compiled' if COMPILED else 'interpreted'}; making the journal …")
    pieces = _journal(tenant, account_ids, arguments)
    connection = database.connect()
    writer = TenantWriter(tenant.pk, tenant.schema_name)
    writer.read_checkpoint(connection)
    trades, slowest_s = 0, 0.0
    backend = psutil.Process(connection.info.backend_pid)
    cpu_before_s = (_cpu_s(psutil.Process()), _cpu_s(backend))
    begun_s = time.perf_counter()
    for data in pieces:
        batch_begun_s = time.perf_counter()
        batch = batches.split(data)[tenant.pk]
        writer.write(connection, batch)
        trades += len(batch.tables["Traded"])
        slowest_s = max(slowest_s, time.perf_counter() - batch_begun_s)
    seconds = time.perf_counter() - begun_s
    own_s = _cpu_s(psutil.Process()) - cpu_before_s[0]
    backend_s = _cpu_s(backend) - cpu_before_s[1]
    _report(connection, tenant, trades, seconds, (own_s, backend_s), slowest_s, len(pieces))


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _report(
    connection: Any,
    tenant: Any,
    trades: int,
    seconds: float,
    cpu_s: tuple[float, float],
    slowest_s: float,
    batch_count: int,
) -> None:
    def one(query: str) -> Any:
        return connection.execute(query).fetchone()[0]

    connection.execute(f"SET search_path TO {tenant.schema_name}, public")
    postings = one("SELECT count(*) FROM ledger_posting")
    size = one(f"SELECT pg_database_size('{DATABASE}')")
    unequal = one(
        "SELECT count(*) FROM ledger_balance FULL JOIN (SELECT ledger_account_id, sum(units) AS s "
        "FROM ledger_posting GROUP BY 1) sums USING (ledger_account_id) "
        "WHERE units IS DISTINCT FROM s"
    )
    assert unequal == 0, "balances are not the sums of their postings"
    print(
        f"{trades / seconds:,.0f} trades/s: {trades:,} trades, {postings:,} postings "
        f"({postings / trades:.2f} a trade) in {seconds:.1f} s, {batch_count} transactions, "
        f"slowest {slowest_s:.2f} s\n"
        f"{trades / sum(cpu_s):,.0f} trades a second of processor time: {cpu_s[0]:.2f} s here, "
        f"{cpu_s[1]:.2f} s in PostgreSQL's backend; {size / trades:,.0f} bytes a trade\n"
        f"{one('SHOW server_version')}, fsync {one('SHOW fsync')}, "
        f"synchronous_commit {one('SHOW synchronous_commit')}, "
        f"shared_buffers {one('SHOW shared_buffers')}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}"
    )


def _furnish() -> tuple[Any, list[int]]:
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


def _journal(tenant: Any, account_ids: list[int], arguments: argparse.Namespace) -> list[bytes]:
    """Records of the opening commands and of the trades, in pieces of one transaction each."""
    from django_tenants.utils import tenant_context

    from trading.commands.models import QueuedCommand
    from trading.engine import commands, wire
    from trading.engine.enums import FundsReason
    from trading.engine.shard import Shard
    from trading.instruments.info import catalogue

    with tenant_context(tenant):
        info = catalogue(fresh=True).instruments
        opening = [
            wire.encode_request(
                number, tenant.pk, row.kind, row.version, bytes(row.payload), 1, number
            )
            for number, row in enumerate(QueuedCommand.objects.order_by("id"), start=1)
        ]
    instrument = next(iter(info.values()))
    for account_id in account_ids:
        opening.append(
            wire.request_of(
                commands.CreateAccount(account_id=account_id, group_id=1, state=1), tenant.pk
            )
        )
        opening += [
            wire.request_of(
                commands.CreditFunds(
                    account_id=account_id,
                    asset_id=asset_id,
                    amount_units=10**18,
                    reason=int(FundsReason.DEPOSIT),
                    reference_id=1,
                ),
                tenant.pk,
            )
            for asset_id in (instrument.base_id, instrument.quote_id)
        ]
    shard = Shard()
    now_ns = 1_790_000_000_000_000_000
    records = [shard.run_batch(b"".join(opening), now_ns).records]
    rng = random.Random(arguments.seed)
    frames: list[bytes] = []
    for _ in range(arguments.trades):
        seller, buyer = rng.sample(account_ids, 2)
        ticks, lots = rng.randint(4_900_000, 5_100_000), rng.randint(100, 10_000)
        for account_id, side in ((seller, 2), (buyer, 1)):
            frames.append(
                wire.request_of(
                    commands.PlaceOrder(
                        account_id=account_id,
                        instrument_id=instrument.id,
                        lots=lots,
                        ticks=ticks,
                        side=side,
                        order_type=1,
                        time_in_force=1,
                    ),
                    tenant.pk,
                )
            )
        if len(frames) >= FRAMES_A_BATCH:
            now_ns += 10_000_000
            records.append(shard.run_batch(b"".join(frames), now_ns).records)
            frames.clear()
    records.append(shard.run_batch(b"".join(frames), now_ns + 1).records)
    pieces: list[bytes] = []
    waiting: list[bytes] = []
    for part in records:
        waiting.append(part)
        if sum(map(len, waiting)) >= arguments.batch_bytes:
            pieces.append(b"".join(waiting))
            waiting.clear()
    return [*pieces, b"".join(waiting)] if any(waiting) else pieces


def _make_database(server_url: str) -> None:
    import psycopg

    _drop_database(server_url)
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {DATABASE}")


def _drop_database(server_url: str) -> None:
    import psycopg

    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


if __name__ == "__main__":
    main()
