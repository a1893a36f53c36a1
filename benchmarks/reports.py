"""Reports over many postings: a balance sheet at any moment, a page of a statement.

    .venv/bin/python -m runtime.sandbox .venv/bin/python benchmarks/reports.py --postings 20000000

Makes a database of its own beside the one in DATABASE_URL and furnishes a firm in it with 1 000
customers. PostgreSQL itself makes the entries: six postings a trade between two customers of
hashed choice, over a year, in batches sorted by account as clearing writes them. Then the balance
checkpoints are written by the product's own writer, and reports are asked for at random.
"""

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]

from benchmarks import clearing, clearing_flow  # noqa: E402

START = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
BATCH = 100_000  # entries

_ENTRIES = """
INSERT INTO ledger_journalentry (id, kind, seq, time, reference_id)
SELECT n << 20, 1, n, %(start)s::timestamptz + n * (%(year)s::interval / %(all)s), n
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
"""
# hashint8 gives numbers that look random and are the same in every run.
_POSTINGS = """
INSERT INTO ledger_posting (entry_id, line, ledger_account_id, units)
SELECT entry_id, line, ledger_account_id, units FROM (
    SELECT n << 20 AS entry_id, leg.line, leg.ledger_account_id, leg.units
    FROM (
        SELECT n,
               (%(accounts)s::bigint[])[1 + abs(hashint8(n)) %% %(half)s] AS buyer,
               (%(accounts)s::bigint[])[1 + %(half)s + abs(hashint8(n + 7)) %% %(half)s] AS seller,
               1000000 + abs(hashint8(n + 13)) %% 1000000 AS base,
               60000000000 + abs(hashint8(n + 17)) %% 1000000000 AS quote
        FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
    ) trade
    CROSS JOIN LATERAL (VALUES
        (1, (buyer << 24) | (%(quote_id)s << 4), quote),
        (2, (seller << 24) | (%(quote_id)s << 4), quote / 500 - quote),
        (3, (%(fees)s::bigint << 24) | (%(quote_id)s << 4), -(quote / 500)),
        (4, (seller << 24) | (%(base_id)s << 4), base),
        (5, (buyer << 24) | (%(base_id)s << 4), base / 500 - base),
        (6, (%(fees)s::bigint << 24) | (%(base_id)s << 4), -(base / 500))
    ) AS leg (line, ledger_account_id, units)
) made
ORDER BY ledger_account_id, entry_id
"""
_BALANCES = """
INSERT INTO ledger_balance (ledger_account_id, units, entry_id)
SELECT ledger_account_id, sum(units), max(entry_id) FROM ledger_posting GROUP BY 1
ON CONFLICT (ledger_account_id)
DO UPDATE SET units = excluded.units, entry_id = excluded.entry_id
"""
_CANDLES = """
INSERT INTO market_data_candle (instrument_id, interval_seconds, open_second, open_price_units,
    high_price_units, low_price_units, close_price_units, base_units, quote_units, trades, last_seq)
SELECT %(instrument)s, 60, extract(epoch FROM %(start)s::timestamptz)::bigint + day * 86400,
       p, p, p, p, 1, 1, 1, day * %(a_day)s
FROM generate_series(0, 364) AS day, (SELECT 6000000000000 AS p) price
"""


def main() -> None:
    arguments = _arguments()
    url = urlsplit(os.environ["DATABASE_URL"])
    os.environ["DATABASE_URL"] = urlunsplit(url._replace(path=f"/{clearing.DATABASE}"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    server_url = urlunsplit(url._replace(path="/postgres"))
    clearing._make_database(server_url)
    try:
        import django

        django.setup()
        _measure(arguments)
    finally:
        from django.db import connection

        connection.close()
        connection.close_pool()
        clearing._drop_database(server_url)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--postings", type=int, default=20_000_000)
    parser.add_argument("--sheets", type=int, default=50)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _measure(arguments: argparse.Namespace) -> None:
    from django_tenants.utils import tenant_context

    from wallets.reports import actions

    tenant, account_ids = clearing_flow.furnish()
    with tenant_context(tenant):
        begun_s = time.perf_counter()
        entries = arguments.postings // 6
        _fill(account_ids, entries)
        print(f"{entries:,} entries, {entries * 6:,} postings made in {_since(begun_s):.0f} s")
        begun_s = time.perf_counter()
        written = actions.write_checkpoints(most=10**9)
        seconds = _since(begun_s)
        print(
            f"{written} balance checkpoints written in {seconds:.1f} s: "
            f"{seconds / max(written, 1) * 1e3:.0f} ms each, "
            f"{entries / seconds:,.0f} entries/s caught up"
        )
        _ask(arguments, account_ids)


def _fill(account_ids: list[int], entries: int) -> None:
    from django.db import connection

    from trading.accounts.models import Account, AccountRole
    from trading.bulk import partitions
    from trading.instruments.info import catalogue
    from wallets.ledger import chart
    from wallets.ledger.partitions import ENTRIES, POSTINGS

    instrument = next(iter(catalogue(fresh=True).instruments.values()))
    fees = Account.objects.get(role=AccountRole.HOUSE_FEES).pk
    values: dict[str, Any] = {
        "start": START,
        "year": YEAR,
        "all": entries,
        "a_day": entries // 365,
        "accounts": account_ids,
        "half": len(account_ids) // 2,
        "fees": fees,
        "base_id": instrument.base_id,
        "quote_id": instrument.quote_id,
        "instrument": instrument.id,
    }
    with connection.cursor() as sql:
        chart.ensure_ledger_accounts(
            sql,
            {
                chart.ledger_account_id(0, account_id, asset_id)
                for account_id in (*account_ids, fees)
                for asset_id in (instrument.base_id, instrument.quote_id)
            },
        )
        for table in ("ledger_posting", "ledger_journalentry"):
            # Every entry sums to zero as it is made, so nobody has to check.
            sql.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for first in range(1, entries + 1, BATCH):
            values |= {"first": first, "last": min(first + BATCH - 1, entries)}
            for table in (ENTRIES, POSTINGS):
                partitions.make_ahead(sql.cursor, table, values["last"] << 20)
            sql.execute(_ENTRIES, values)
            sql.execute(_POSTINGS, values)
        sql.execute(_BALANCES)
        sql.execute(_CANDLES, values)
        for table in ("ledger_posting", "ledger_journalentry"):
            sql.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        sql.execute("VACUUM (ANALYZE) ledger_posting, ledger_journalentry, ledger_balance")


def _ask(arguments: argparse.Namespace, account_ids: list[int]) -> None:
    from django.db import connection

    from trading.accounts.models import Account, AccountRole
    from wallets.reports import selectors, statements
    from wallets.reports.periods import Period

    rng = random.Random(arguments.seed)
    fees = Account.objects.get(role=AccountRole.HOUSE_FEES)
    customers = list(Account.objects.filter(pk__in=account_ids))

    def some_time() -> datetime:
        return START + YEAR * rng.random()

    def sheet() -> None:
        taken = selectors.snapshot(some_time(), "USDT")
        assert sum(line.units for line in taken.lines) == 0
        selectors.balance_sheet(taken, UTC)

    def page(account: Account, period: Period | None) -> None:
        statements.page(account, period=period)

    def whole_page(account: Account) -> None:
        period = Period(some_time(), None, UTC)
        statements.page(account, period=period)
        statements.period_balances(account, period)

    _time("balance sheet at a random moment", arguments.sheets, sheet)
    _time("balance sheet live", arguments.sheets, lambda: _live(selectors))
    _time("statement page, a customer, newest", arguments.pages,
          lambda: page(rng.choice(customers), None))  # fmt: skip
    _time("statement page, a customer, until a random moment", arguments.pages,
          lambda: page(rng.choice(customers), Period(None, some_time(), UTC)))  # fmt: skip
    _time("statement page, the fee account (a third of all postings)", arguments.pages,
          lambda: page(fees, Period(None, some_time(), UTC)))  # fmt: skip
    _time("the same with opening and closing balances", arguments.pages, lambda: whole_page(fees))
    with connection.cursor() as sql:
        sql.execute("SHOW server_version")
        version = sql.fetchone()[0]
        sql.execute("SHOW shared_buffers")
        buffers = sql.fetchone()[0]
    print(
        f"PostgreSQL {version}, shared_buffers {buffers}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}"
    )


def _live(selectors: Any) -> None:
    selectors.balance_sheet(selectors.snapshot(None, "USDT"), UTC)


def _time(what: str, count: int, ask: Callable[[], None]) -> None:
    took_ms = []
    for _ in range(count):
        begun_s = time.perf_counter()
        ask()
        took_ms.append(_since(begun_s) * 1e3)
    took_ms.sort()
    print(
        f"{what}: p50 {statistics.median(took_ms):.1f}, "
        f"p99 {took_ms[min(count - 1, count * 99 // 100)]:.1f}, longest {took_ms[-1]:.1f} ms "
        f"of {count}"
    )


def _since(begun_s: float) -> float:
    return time.perf_counter() - begun_s


if __name__ == "__main__":
    main()
