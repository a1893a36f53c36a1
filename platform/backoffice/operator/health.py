"""How each tenant does: engine and clearing, customers, volume, what waits."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import Sum
from django.utils import timezone
from django_tenants.utils import tenant_context

from backoffice import cells
from clearing import selectors as clearing
from clearing.models import Checkpoint, Quarantine
from identity.selectors import customers
from tenants.models import Tenant
from trading.commands import selectors as commands
from trading.engine import events
from trading.instruments.models import Asset, Instrument
from trading.market_data.models import Candle

HOUR_SECONDS = 3600
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Health:
    """One tenant at one moment. ``problem`` says why nothing more is known."""

    tenant: Tenant
    host: str = ""
    customers: int = 0
    sign_ups: int = 0  # of the last 24 hours
    instruments: int = 0
    cleared_seq: int = 0
    lag: int | None = None
    waiting_commands: int = 0
    is_relay_stopped: bool = False
    quarantine: Quarantine | None = None
    volumes: list[Any] = field(default_factory=list)
    problem: str = ""

    @property
    def state(self) -> str:
        """One word for a badge."""
        if self.problem:
            return "unavailable"
        return "suspended" if self.tenant.is_suspended else "active"


def health_of(tenant: Tenant, host: str, engine: events.StatusRow | None) -> Health:
    """Read a tenant's schema; a schema that cannot be read is a finding, not a fault."""
    try:
        with tenant_context(tenant):
            checkpoint = Checkpoint.objects.first()
            seq = checkpoint.seq if checkpoint else 0
            return Health(
                tenant=tenant,
                host=host,
                customers=customers().count(),
                sign_ups=customers().filter(created_at__gte=timezone.now() - DAY).count(),
                instruments=Instrument.objects.count(),
                cleared_seq=seq,
                lag=max(0, engine.durable_seq - seq) if engine else None,
                waiting_commands=commands.unanswered().count(),
                is_relay_stopped=commands.relay_stop() is not None,
                quarantine=clearing.quarantine(),
                volumes=_volumes_of_a_day(),
            )
    except DatabaseError as error:
        return Health(tenant=tenant, host=host, problem=str(error).strip().splitlines()[0])


_STORAGE = """
SELECT coalesce(sum(pg_total_relation_size(oid)), 0) FROM pg_class
WHERE relnamespace = to_regnamespace(%s) AND relkind IN ('r', 'm')
"""


def storage_bytes(tenant: Tenant) -> int:
    """What the tables of a tenant take in the database, with indexes."""
    with connection.cursor() as cursor:
        cursor.execute(_STORAGE, [tenant.schema_name])
        return int(cursor.fetchone()[0])


def _volumes_of_a_day() -> list[Any]:
    """Traded value of the last 24 hours per quote asset."""
    since = int(timezone.now().timestamp()) - 24 * HOUR_SECONDS
    assets = {asset.pk: asset for asset in Asset.objects.all()}
    rows = (
        Candle.objects.filter(interval_seconds=HOUR_SECONDS, open_second__gte=since)
        .values_list("instrument__quote")
        .annotate(units=Sum("quote_units"))
        .order_by("instrument__quote")
    )
    return [
        cells.volume(int(units), assets[asset_id].scale, assets[asset_id].code)
        for asset_id, units in rows
        if asset_id in assets
    ]
