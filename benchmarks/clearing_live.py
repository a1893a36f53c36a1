"""How soon a fill is in SQL: alone, and while another firm of the same shard floods it.

    python -m runtime.sandbox --durable python benchmarks/clearing_live.py

A whole exchange on this machine: engine, relay and clearing as processes of their own, two firms
on one shard. First one firm trades ten times a second and nothing else happens: the time from the
engine's answer until the trade's row can be read. Then the other firm sends as many trades as it
can for `--flood-s` seconds, and the same is measured meanwhile and until its backlog is cleared.
"""

import argparse
import os
import random
import sys
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "platform"), str(ROOT / "benchmarks")]

from rig import Rig, conditions, quantile_ms  # noqa: E402

EVERY_S = 0.1
WINDOW = 256  # commands in flight of the flood


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--idle-s", type=float, default=20.0)
    parser.add_argument("--flood-s", type=float, default=20.0)
    arguments = parser.parse_args()
    with Rig(clearing=True) as rig:
        print(conditions())
        rig._manage(
            "create_tenant",
            *("flood", "--name", "Flood", "--domain", "flood.localhost"),
            *("--owner", "owner@flood.example"),
        )
        quiet, flooding = _Firm("bench"), _Firm("flood")
        print("alone:", quiet.measure(lambda: False, arguments.idle_s))
        flood = threading.Thread(target=flooding.flood, args=(arguments.flood_s,))
        flood.start()
        begun_s = time.perf_counter()
        told = quiet.measure(lambda: not flood.is_alive() and flooding.is_cleared(), 3600.0)
        seconds = time.perf_counter() - begun_s
        print(
            f"beside a flood of {flooding.trades:,} trades in {arguments.flood_s:.0f} s, cleared "
            f"after {seconds:.1f} s: {told}; load {os.getloadavg()[0]:.1f}"
        )


class _Firm:
    """Two funded accounts of a firm that trade with each other."""

    def __init__(self, slug: str) -> None:
        from django_tenants.utils import tenant_context

        from tenants.models import Tenant
        from trading.engine.client import EngineClient
        from trading.instruments.info import catalogue

        self._tenant = Tenant.objects.get(slug=slug)
        self._client = EngineClient(os.environ["MARQUE_ENGINE_SOCKET"])
        self.trades = 0
        with tenant_context(self._tenant):
            self._instrument = next(iter(catalogue(fresh=True).instruments.values()))
            self._accounts = [self._open(f"{number}@{slug}.example") for number in (1, 2)]
            deadline_s = time.monotonic() + 120
            while not self._fund():
                assert time.monotonic() < deadline_s, "the accounts do not reach the engine"
                time.sleep(0.1)

    def measure(self, ended: Any, longest_s: float) -> str:
        """Trade until it ended, at most so long; how long rows took to appear."""
        from clearing import database

        took: list[float] = []
        deadline_s = time.monotonic() + longest_s
        with database.connect() as connection:
            query = f"SELECT max(id) FROM {self._tenant.schema_name}.orders_trade"
            while time.monotonic() < deadline_s and not ended():
                begun_s = time.perf_counter()
                trade_id = self._trade()
                while (connection.execute(query).fetchone()[0] or 0) < trade_id:
                    time.sleep(0.002)
                took.append(time.perf_counter() - begun_s)
                time.sleep(max(0.0, EVERY_S - took[-1]))
        took.sort()
        p50, p99 = quantile_ms(took, 0.5), quantile_ms(took, 0.99)
        worst = took[-1] * 1000
        return f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, worst {worst:.0f} ms of {len(took)} fills"

    def flood(self, seconds: float) -> None:
        """As many trades as the engine takes from one connection."""
        deadline_s = time.monotonic() + seconds
        rng = random.Random(1)
        while time.monotonic() < deadline_s:
            made = []
            for _ in range(WINDOW // 2):
                ticks = rng.randint(4_900_000, 5_100_000)
                made += [self._order(side, ticks) for side in (2, 1)]
            self._client.send_frames(made)
            self.trades += WINDOW // 2
        self._last_trade_id = self._trade()

    def is_cleared(self) -> bool:
        from django_tenants.utils import tenant_context

        from trading.orders.models import Trade

        with tenant_context(self._tenant):
            return Trade.objects.filter(pk=self._last_trade_id).exists()

    def _trade(self) -> int:
        answers = self._client.send_frames([self._order(side, 5_000_000) for side in (2, 1)])
        traded = [event for event in answers[-1].events if type(event).__name__ == "Traded"]
        return int(traded[-1].trade_id)

    def _order(self, side: int, ticks: int) -> Any:
        from trading.engine import commands
        from trading.engine.client import Request

        order = commands.PlaceOrder(
            account_id=self._accounts[side - 1],
            instrument_id=self._instrument.id,
            lots=100,
            ticks=ticks,
            side=side,
            order_type=1,
            time_in_force=1,
        )
        return Request(self._tenant.pk, order)

    @staticmethod
    def _open(email: str) -> int:
        from identity.models import User
        from trading.accounts.actions import open_account

        user = User.objects.create(email=email)
        return int(open_account(user=user, acting_user=user).pk)

    def _fund(self) -> bool:
        from trading.engine import commands, enums
        from trading.engine.client import Request
        from trading.engine.results import Result

        answers = self._client.send_frames(
            [
                Request(
                    self._tenant.pk,
                    commands.CreditFunds(
                        account_id=account_id,
                        asset_id=asset_id,
                        amount_units=10**20,
                        reason=int(enums.FundsReason.DEPOSIT),
                        reference_id=1,
                    ),
                )
                for account_id in self._accounts
                for asset_id in (self._instrument.base_id, self._instrument.quote_id)
            ]
        )
        return all(Result(answer.result) is Result.ACCEPTED for answer in answers)


if __name__ == "__main__":
    main()
