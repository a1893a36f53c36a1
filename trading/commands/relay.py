"""The relay: committed rows of every tenant's outbox to the engine, in order, exactly once.

Numbers are given to committed rows only, in one transaction, before anything is sent; the engine
keeps the last number it applied, so whatever happens here the answer to "did it arrive?" is to
send it again. Only one relay works at a time (an advisory lock); a second one waits.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import psycopg

from trading.commands import database
from trading.commands.actions import CHANNEL
from trading.commands.stream import CommandStream, NumberedCommand, StreamLost
from trading.engine.results import Result

log = logging.getLogger("relay")

# One window fits into one read of the engine, so it is taken as a whole.
WINDOW = 64
POLL_S = 1.0
RETRY_FIRST_S, RETRY_LONGEST_S = 0.05, 2.0
_LOCK_KEY = 0x4D51_5245  # "MQRE"
_DOOR_RESULTS = range(100, 200)

OnRefused = Callable[[str, int, int], None]  # (schema name, command number, result)


class Relay:
    """Serves all tenants until stopped; `on_refused` is told of refusals at the engine's door."""

    def __init__(
        self,
        *,
        connect: "Callable[[], psycopg.Connection[Any]]",
        stream: CommandStream,
        on_refused: OnRefused,
    ) -> None:
        self._connect = connect
        self._stream = stream
        self._on_refused = on_refused
        self._first_sent: dict[int, int] = {}  # by tenant: the highest number ever sent here
        self._stop = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; outlives a lost database and an engine that is away."""
        self._stop = stop
        delay_s = RETRY_FIRST_S
        while not stop.is_set():
            try:
                with self._connect() as connection:
                    delay_s = RETRY_FIRST_S
                    self._serve(connection)
            except psycopg.OperationalError as error:
                log.error("the database is away (%s); next try in %.2f s", error, delay_s)
                stop.wait(delay_s)
                delay_s = min(delay_s * 2, RETRY_LONGEST_S)
        self._stream.close()

    def _serve(self, connection: "psycopg.Connection[Any]") -> None:
        if not self._take_lock(connection):
            return
        connection.execute(f"LISTEN {CHANNEL}")
        noticed: set[str] = set()  # empty: everybody
        while not self._stop.is_set():
            for tenant_id, schema_name in database.tenant_schemas(connection).items():
                if noticed and schema_name not in noticed:
                    continue
                try:
                    self.drain(connection, tenant_id, schema_name)
                except psycopg.OperationalError:
                    raise
                except psycopg.Error:
                    log.exception("tenant %s: its outbox cannot be read", schema_name)
            noticed = self._wait_for_notice(connection)

    def _take_lock(self, connection: "psycopg.Connection[Any]") -> bool:
        told = False
        while not self._stop.is_set():
            row = connection.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK_KEY]).fetchone()
            if row is not None and row[0]:
                return True
            if not told:
                log.warning("another relay is at work; waiting for it to end")
                told = True
            self._stop.wait(0.2)
        return False

    def _wait_for_notice(self, connection: "psycopg.Connection[Any]") -> set[str]:
        """The schemas in which queued commands were committed; none after POLL_S without any."""
        until_s = time.monotonic() + POLL_S
        while not self._stop.is_set() and time.monotonic() < until_s:
            notices = list(connection.notifies(timeout=0.1, stop_after=1))
            if notices:
                notices += connection.notifies(timeout=0)
                return {notice.payload for notice in notices}
        return set()

    def drain(
        self, connection: "psycopg.Connection[Any]", tenant_id: int, schema_name: str
    ) -> None:
        """Send everything that is committed; stays with the tenant while the engine is away."""
        delay_s = RETRY_FIRST_S
        while not self._stop.is_set():
            window = self._next_window(connection, schema_name)
            if not window:
                return
            try:
                results = self._stream.send(tenant_id, window)
            except StreamLost as error:
                log.warning("the engine is away (%s); next try in %.2f s", error, delay_s)
                self._stop.wait(delay_s)
                delay_s = min(delay_s * 2, RETRY_LONGEST_S)
                continue
            delay_s = RETRY_FIRST_S
            self._note(connection, tenant_id, schema_name, window, results)

    def _next_window(
        self, connection: "psycopg.Connection[Any]", schema_name: str
    ) -> list[NumberedCommand]:
        with connection.transaction(), connection.cursor() as cursor:
            database.enter_schema(cursor, schema_name)
            cursor.execute(
                "UPDATE commands_queuedcommand AS command SET number = numbered.number FROM ("
                "  SELECT id, row_number() OVER (ORDER BY id)"
                "         + (SELECT coalesce(max(number), 0) FROM commands_queuedcommand) AS number"
                "  FROM commands_queuedcommand WHERE number IS NULL) AS numbered "
                "WHERE command.id = numbered.id"
            )
            cursor.execute(
                "SELECT number, kind, version, payload, trace_id FROM commands_queuedcommand "
                "WHERE NOT answered AND number IS NOT NULL ORDER BY number LIMIT %s",
                [WINDOW],
            )
            return [NumberedCommand(*row) for row in cursor.fetchall()]

    def _note(
        self,
        connection: "psycopg.Connection[Any]",
        tenant_id: int,
        schema_name: str,
        window: Sequence[NumberedCommand],
        results: dict[int, int],
    ) -> None:
        """Write down what was answered; what the engine was too busy for goes again."""
        busy = [number for number, result in results.items() if result == Result.OVERLOADED]
        answered = [command.number for command in window if command.number not in busy]
        if busy:
            log.warning(
                "tenant %s: the engine was too busy for %s commands", schema_name, len(busy)
            )
            self._stop.wait(RETRY_FIRST_S)
        overtaken = [number for number in busy if answered and number < max(answered)]
        first_sent = self._first_sent.get(tenant_id, 0)
        # Before they count as answered: a crash in between tells of a refusal again, never not.
        for number in answered:
            result = results[number]
            if result in _DOOR_RESULTS:
                log.error(
                    "tenant %s: the engine's door refused command %s: %s",
                    schema_name,
                    number,
                    Result(result).name,
                )
                self._on_refused(schema_name, number, result)
            elif result == Result.REPEATED and number > first_sent > 0:
                log.error(
                    "tenant %s: the engine has seen number %s before it was sent; "
                    "do this database and this engine journal belong together?",
                    schema_name,
                    number,
                )
        with connection.transaction(), connection.cursor() as cursor:
            database.enter_schema(cursor, schema_name)
            cursor.execute(
                "UPDATE commands_queuedcommand SET answered = true WHERE number = ANY(%s)",
                [answered],
            )
            # Refused for being busy means surely not applied: a new number is safe.
            cursor.execute(
                "UPDATE commands_queuedcommand SET number = NULL WHERE number = ANY(%s)",
                [overtaken],
            )
        self._first_sent[tenant_id] = max(first_sent, *(command.number for command in window))
