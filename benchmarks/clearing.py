"""Clearing: engine journal → SQL, in trades a second.

    taskset -c 1 python -m runtime.sandbox --durable python benchmarks/clearing.py --trades 400000
    … benchmarks/clearing.py --preload 3400000 --trades 400000     (20 million postings first)
    … benchmarks/clearing.py --backlog 1000000                     (while statements are read)

Makes a database of its own beside the one in DATABASE_URL, furnishes a tenant in it, lets a shard
in this process trade between 1 000 customers, and then times what `manage.py clearing` does with
the records: splitting, binary COPY of trades, orders, entries and postings, netted balances,
candles, the check of every entry, checkpoint, commit. A trade is one trade row, two orders, one
entry and up to six postings. Started as above, client and server share one core and every commit
is synced. The trades that are timed are made before the clock starts.

A backlog is worked off by the product's worker, while another process reads statements and order
pages of random customers, 20 of each a second.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
DATABASE = "marque_benchmark_clearing"
MEGABYTE = 1024 * 1024
READS_A_SECOND = 20


def main() -> None:
    arguments = _arguments()
    url = urlsplit(os.environ["DATABASE_URL"])
    os.environ["DATABASE_URL"] = urlunsplit(url._replace(path=f"/{DATABASE}"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    server_url = urlunsplit(url._replace(path="/postgres"))
    import django

    if arguments.read:
        django.setup()
        _read_until_told()
        return
    _make_database(server_url)
    try:
        django.setup()
        _measure(arguments)
    finally:
        from django.db import connection

        connection.close()
        connection.close_pool()
        _drop_database(server_url)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trades", type=int, default=200_000, help="timed, at full speed")
    parser.add_argument("--preload", type=int, default=0, help="trades cleared before them")
    parser.add_argument("--backlog", type=int, default=0, help="trades, while others read")
    parser.add_argument("--batch-bytes", type=int, default=12 * MEGABYTE)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--read", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _measure(arguments: argparse.Namespace) -> None:
    from clearing_flow import Flow, furnish

    from clearing import database
    from clearing.writer import TenantWriter
    from trading.engine.shard import COMPILED

    tenant, account_ids = furnish()
    print(f"engine {'compiled' if COMPILED else 'interpreted'}; {conditions()}")
    flow = Flow(tenant, account_ids, arguments.seed)
    connection = database.connect()
    writer = TenantWriter(tenant.pk, tenant.schema_name)
    writer.read_checkpoint(connection)
    if arguments.preload:
        timed = Timed(connection)
        for piece in flow.trade(arguments.preload, arguments.batch_bytes):
            timed.write(writer, connection, tenant.pk, piece)
        timed.report("preload (the trades are made in between)")
    if arguments.backlog:
        _work_off(tenant, flow, connection, arguments)
    else:
        pieces = list(flow.trade(arguments.trades, arguments.batch_bytes))
        timed = Timed(connection)
        for piece in pieces:
            timed.write(writer, connection, tenant.pk, piece)
        timed.report("at full speed")
    _check(connection, tenant)


class Timed:
    """What was written, how long it took, and the processor time of both sides meanwhile."""

    def __init__(self, connection: Any) -> None:
        postmaster = psutil.Process(connection.info.backend_pid).parent()
        assert postmaster is not None
        self._server = postmaster
        self._backend = psutil.Process(connection.info.backend_pid)
        self._before = self._cpu_s()
        self._begun_s = time.perf_counter()
        self.trades, self.batches, self.writing_s, self.slowest_s = 0, 0, 0.0, 0.0

    def write(self, writer: Any, connection: Any, tenant_id: int, piece: Any) -> None:
        from clearing import batches

        begun_s = time.perf_counter()
        batch = batches.split(piece.data)[tenant_id]
        writer.write(connection, batch)
        seconds = time.perf_counter() - begun_s
        self.trades += len(batch.tables["Traded"])
        self.batches += 1
        self.writing_s += seconds
        self.slowest_s = max(self.slowest_s, seconds)

    def report(self, what: str) -> None:
        seconds = time.perf_counter() - self._begun_s
        own_s, backend_s, server_s = (
            after - before for after, before in zip(self._cpu_s(), self._before, strict=True)
        )
        print(
            f"{what}: {self.trades / self.writing_s:,.0f} trades/s: {self.trades:,} trades in "
            f"{self.writing_s:.1f} s of writing ({seconds:.1f} s in all), {self.batches} "
            f"transactions, slowest {self.slowest_s:.2f} s\n"
            f"  {self.trades / (own_s + server_s):,.0f} trades a second of processor time: "
            f"{own_s:.2f} s here, {server_s:.2f} s in PostgreSQL, {backend_s:.2f} s of them in "
            f"the backend; load {os.getloadavg()[0]:.1f}",
            flush=True,
        )

    def _cpu_s(self) -> tuple[float, float, float]:
        return _cpu_s(psutil.Process()), _cpu_s(self._backend), self._server_s()

    def _server_s(self) -> float:
        """Of all of PostgreSQL's processes, those that ended since included."""
        total = 0.0
        for process in [self._server, *self._server.children()]:
            try:
                total += _cpu_s(process)
            except psutil.NoSuchProcess:
                continue
        ended = self._server.cpu_times()
        return total + float(ended.children_user + ended.children_system)


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _work_off(tenant: Any, flow: Any, connection: Any, arguments: argparse.Namespace) -> None:
    """A backlog through the product's worker, while a process of its own reads."""
    from clearing import database
    from clearing.worker import Clearing

    pieces = list(flow.trade(arguments.backlog, MEGABYTE))
    quiet_s = _reads(5.0)
    print(f"reads with clearing idle: {quiet_s}", flush=True)
    timed = Timed(connection)
    work = Clearing(
        Path("/nonexistent"),
        follow=lambda seq: iter([piece for piece in pieces if piece.first_seq >= seq]),
        tenants=lambda: {tenant.pk: tenant.schema_name},
        connect=database.connect,
        batch_bytes=arguments.batch_bytes,
    )
    work._start_seq = lambda: pieces[0].first_seq - 1  # type: ignore[method-assign]
    reader = _start_reader()
    begun_s = time.perf_counter()
    work.run(threading.Event())
    seconds = time.perf_counter() - begun_s
    told = _end_reader(reader)
    timed.trades, timed.writing_s, timed.batches = arguments.backlog, seconds, 0
    timed.report(f"a backlog of {arguments.backlog:,} trades")
    print(f"reads meanwhile: {told}", flush=True)


def _reads(seconds: float) -> str:
    reader = _start_reader()
    time.sleep(seconds)
    return _end_reader(reader)


def _start_reader() -> "subprocess.Popen[str]":
    command = [sys.executable, __file__, "--read"]
    reader = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert reader.stdout is not None
    reader.stdout.readline()  # it reads
    return reader


def _end_reader(reader: "subprocess.Popen[str]") -> str:
    reader.send_signal(signal.SIGTERM)
    told = json.loads(reader.communicate(timeout=60)[0])
    return ", ".join(
        f"{name} p50 {each['p50']:.1f} p99 {each['p99']:.1f} worst {each['worst']:.1f} ms "
        f"({each['count']})"
        for name, each in told.items()
    )


def _read_until_told() -> None:
    """Statements and order pages of random customers, as the portal asks for them."""
    from django_tenants.utils import tenant_context

    from tenants.models import Tenant
    from trading.accounts.models import Account, AccountRole
    from trading.orders import selectors as orders
    from wallets.ledger import selectors as ledger

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    pages = {
        "statement": lambda account: ledger.statement(account, limit=50),
        "orders": lambda account: list(orders.orders(account)[:50]),
        "fills": lambda account: orders.fills(account),
    }
    took: dict[str, list[float]] = {name: [] for name in pages}
    with tenant_context(Tenant.objects.get(slug="bench")):
        accounts = list(Account.objects.filter(role=AccountRole.CUSTOMER))
        for page in pages.values():
            page(accounts[0])  # with what is loaded at a process's first page
        print("reading", flush=True)
        while not stop.is_set():
            for name, page in pages.items():
                begun_s = time.perf_counter()
                page(random.choice(accounts))
                took[name].append((time.perf_counter() - begun_s) * 1000)
            stop.wait(1 / READS_A_SECOND)
    told = {}
    for name, values in took.items():
        values.sort()
        told[name] = {
            "p50": values[len(values) // 2],
            "p99": values[len(values) * 99 // 100],
            "worst": values[-1],
            "count": len(values),
        }
    print(json.dumps(told), flush=True)


def _check(connection: Any, tenant: Any) -> None:
    def one(query: str) -> Any:
        return connection.execute(query).fetchone()[0]

    connection.execute(f"SET search_path TO {tenant.schema_name}, public")
    trades, postings = (
        one(f"SELECT count(*) FROM {t}") for t in ("orders_trade", "ledger_posting")
    )
    size = one(f"SELECT pg_database_size('{DATABASE}')")
    unequal = one(
        "SELECT count(*) FROM ledger_balance FULL JOIN (SELECT ledger_account_id, sum(units) AS s "
        "FROM ledger_posting GROUP BY 1) sums USING (ledger_account_id) "
        "WHERE units IS DISTINCT FROM s"
    )
    assert unequal == 0, "balances are not the sums of their postings"
    parts = one("SELECT count(*) FROM pg_inherits WHERE inhparent = 'ledger_posting'::regclass")
    print(
        f"now {trades:,} trades, {postings:,} postings in {parts} partitions, "
        f"{size / trades:,.0f} bytes a trade; {one('SHOW server_version')}, "
        f"fsync {one('SHOW fsync')}, "
        f"synchronous_commit {one('SHOW synchronous_commit')}, "
        f"shared_buffers {one('SHOW shared_buffers')}"
    )


def conditions() -> str:
    cores = sorted(os.sched_getaffinity(0))
    return (
        f"on core{'s' if len(cores) > 1 else ''} {', '.join(map(str, cores))} of {os.cpu_count()}"
    )


def _make_database(server_url: str) -> None:
    import psycopg

    _drop_database(server_url)
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {DATABASE}")


def _drop_database(server_url: str) -> None:
    """End our own connections and drop it. WITH (FORCE) would end everybody's, autovacuum's too,
    which our role may not; a plain DROP asks autovacuum to leave."""
    import psycopg

    with psycopg.connect(server_url, autocommit=True) as server:
        for _ in range(12):  # each waits up to five seconds for who is still there
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s "
                "AND usename = current_user AND backend_type = 'client backend'",
                [DATABASE],
            )
            try:
                server.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
            except psycopg.errors.ObjectInUse:
                continue
            return
        raise TimeoutError(f"{DATABASE} is still in use; drop it by hand.")


if __name__ == "__main__":
    main()
