"""How far the followers of the engine are behind its journal."""

import contextlib
from dataclasses import dataclass, field

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django_tenants.utils import tenant_context

from clearing import selectors as clearing
from runtime import servers
from tenants import selectors
from trading.commands import selectors as commands
from trading.commands.models import QueuedCommand
from trading.engine import events, queries
from trading.engine.client import EngineClient, EngineUnavailable, EngineUnknown

PUBLISHER_KEY = "publisher:seq"


@dataclass
class Lags:
    """Positions at one moment; what could not be asked is None or missing, and in ``problems``.

    Seq numbers count records of the engine journal, all tenants of the shard together.
    """

    engine: events.StatusRow | None = None
    clearing_seq: dict[str, int] = field(default_factory=dict)  # by schema
    publisher_seq: int | None = None
    relay_waiting: dict[str, int] = field(default_factory=dict)  # commands, by schema
    relay_stopped: list[str] = field(default_factory=list)  # schemas that need `relay_resume`
    quarantined: dict[str, str] = field(default_factory=dict)  # by schema: why clearing is stuck
    problems: dict[str, str] = field(default_factory=dict)  # by server: engine, database, redis

    def clearing_lag(self) -> dict[str, int]:
        """By schema: records of the journal that clearing has not brought into SQL yet."""
        if self.engine is None:
            return {}
        durable = self.engine.durable_seq
        return {schema: max(0, durable - seq) for schema, seq in self.clearing_seq.items()}

    def publisher_lag(self) -> int | None:
        if self.engine is None or self.publisher_seq is None:
            return None
        return max(0, self.engine.durable_seq - self.publisher_seq)


def measure() -> Lags:
    """Ask the engine, the database and Redis; none of them needs to answer."""
    lags = Lags()
    # The followers first: asked after the engine they could seem to be ahead of it.
    _ask_database(lags)
    _ask_redis(lags)
    _ask_engine(lags)
    return lags


def _ask_database(lags: Lags) -> None:
    # Asked directly first: the pool of connections would wait half a minute for a dead server.
    if problem := servers.database_problem(settings.DATABASE_URL):
        lags.problems["database"] = problem
        return
    try:
        for tenant in selectors.tenants():
            with tenant_context(tenant):
                lags.clearing_seq[tenant.schema_name] = clearing.cleared_seq()
                lags.relay_waiting[tenant.schema_name] = QueuedCommand.objects.filter(
                    answered=False
                ).count()
                if commands.relay_stop() is not None:
                    lags.relay_stopped.append(tenant.schema_name)
                if (aside := clearing.quarantine()) is not None:
                    lags.quarantined[tenant.schema_name] = aside.error
    except (DatabaseError, LookupError, OSError) as error:
        lags.problems["database"] = first_line(error)
    finally:
        with contextlib.suppress(DatabaseError):
            connection.close()


def _ask_redis(lags: Lags) -> None:
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2
        ) as server:
            position = server.get(PUBLISHER_KEY)
        lags.publisher_seq = int(position) if position else None
    except (redis.RedisError, OSError, ValueError) as error:
        lags.problems["redis"] = first_line(error)


def _ask_engine(lags: Lags) -> None:
    client = EngineClient(settings.ENGINE_SOCKET)
    try:
        answer = client.send(0, queries.QueryStatus())
    except (EngineUnavailable, EngineUnknown, OSError) as error:
        lags.problems["engine"] = first_line(error)
        return
    finally:
        client.close()
    for event in answer.events:
        if isinstance(event, events.StatusRow):
            lags.engine = event
            return
    lags.problems["engine"] = f"answered {answer.result.name}"


def first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
