"""The relay: committed rows of every tenant's outbox to the engine, in order, exactly once.

A command gets its number in a committed transaction before it is sent and keeps it for good; one
is under way at a time. The engine keeps the last number it applied, so whatever happens here the
answer to "did it arrive?" is to send it again. Only one relay works at a time (an advisory lock);
a second one waits.

Before the first command of a tenant goes out, and again whenever the database or the engine was
away, the engine's last number is compared with the database's (see `numbering`). If they do not
fit, that tenant's relay stops until an operator decides with `manage.py relay_resume`.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from django.db import close_old_connections

from trading.commands import database, numbering
from trading.commands.actions import CHANNEL
from trading.commands.stream import CommandStream, NumberedCommand, StreamLost
from trading.engine.results import Result

log = logging.getLogger("relay")

WINDOW = 64  # commands read from the outbox, and noted as answered, together
POLL_S = 1.0
RETRY_FIRST_S, RETRY_LONGEST_S = 0.05, 2.0
_LOCK_KEY = 0x4D51_5245  # "MQRE"
_DOOR_RESULTS = range(100, 200)

OnRefused = Callable[[str, int, int], None]  # (schema name, command number, result)
OnStopped = Callable[[str, int, numbering.Known], None]  # (schema name, the engine's number, ours)


class Relay:
    """Serves all tenants until stopped.

    `on_refused` is told of refusals at the engine's door, `on_stopped` of a tenant whose numbers
    do not fit the engine's.
    """

    def __init__(
        self,
        *,
        connect: "Callable[[], psycopg.Connection[Any]]",
        stream: CommandStream,
        on_refused: OnRefused,
        on_stopped: OnStopped,
    ) -> None:
        self._connect = connect
        self._stream = stream
        self._on_refused = on_refused
        self._on_stopped = on_stopped
        # Tenants whose numbers fit the engine's, as far as database and engine stayed connected.
        self._fitting: set[int] = set()
        self._stop = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; outlives a lost database and an engine that is away."""
        self._stop = stop
        delay_s = RETRY_FIRST_S
        while not stop.is_set():
            try:
                with self._connect() as connection:
                    delay_s = RETRY_FIRST_S
                    self._fitting.clear()
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
                except Exception:
                    # One tenant's trouble; the others go on and this one is tried again.
                    log.exception("tenant %s: its commands cannot be sent", schema_name)
                    close_old_connections()
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
            try:
                if not self._fits(connection, tenant_id, schema_name):
                    return
                window = self._next_window(connection, schema_name)
                if not window:
                    return
                if self._send(connection, tenant_id, schema_name, window):
                    delay_s = RETRY_FIRST_S
                    continue
                log.warning("tenant %s: the engine is too busy for it", schema_name)
            except StreamLost as error:
                # Whatever comes back may be another engine, or the same with another journal.
                self._fitting.clear()
                log.warning("the engine is away (%s); next try in %.2f s", error, delay_s)
            self._stop.wait(delay_s)
            delay_s = min(delay_s * 2, RETRY_LONGEST_S)

    def _fits(
        self, connection: "psycopg.Connection[Any]", tenant_id: int, schema_name: str
    ) -> bool:
        """Whether commands may go out: the numbers fit, and nobody has yet to decide."""
        if tenant_id in self._fitting:
            return True
        with connection.transaction(), connection.cursor() as cursor:
            database.enter_schema(cursor, schema_name)
            cursor.execute("SELECT 1 FROM commands_relaystop WHERE resolved_at IS NULL")
            if cursor.fetchone() is not None:
                return False
            known = numbering.read_known(cursor)
        engine_no = self._stream.last_number(tenant_id)
        if known.explains(engine_no):
            self._fitting.add(tenant_id)
            return True
        log.error(
            "tenant %s: the engine's last source number is %s, but this database knows of %s to "
            "%s. Nothing is sent for this tenant until somebody decides: see "
            "`manage.py relay_resume %s`",
            schema_name,
            engine_no,
            known.applied_no,
            known.numbered_no,
            schema_name,
        )
        self._on_stopped(schema_name, engine_no, known)
        return False

    def _next_window(
        self, connection: "psycopg.Connection[Any]", schema_name: str
    ) -> list[NumberedCommand]:
        with connection.transaction(), connection.cursor() as cursor:
            database.enter_schema(cursor, schema_name)
            cursor.execute(numbering.NUMBER_WAITING)
            cursor.execute(
                "SELECT number, kind, version, payload, trace_id FROM commands_queuedcommand "
                "WHERE NOT answered AND number IS NOT NULL ORDER BY number LIMIT %s",
                [WINDOW],
            )
            return [NumberedCommand(*row) for row in cursor.fetchall()]

    def _send(
        self,
        connection: "psycopg.Connection[Any]",
        tenant_id: int,
        schema_name: str,
        window: Sequence[NumberedCommand],
    ) -> bool:
        """Send one after the other and note what was answered; False if the engine is too busy."""
        answered: list[int] = []
        try:
            for command in window:
                result = self._stream.send(tenant_id, command)
                if result == Result.OVERLOADED:
                    return False
                if result in _DOOR_RESULTS:
                    self._note_refused(schema_name, command.number, result)
                answered.append(command.number)
            return True
        finally:
            self._note_answered(connection, schema_name, answered)

    def _note_refused(self, schema_name: str, number: int, result: int) -> None:
        """Write its receipt before anything else goes out: no journal will tell of it."""
        log.error(
            "tenant %s: the engine's door refused command %s: %s",
            schema_name,
            number,
            Result(result).name,
        )
        self._on_refused(schema_name, number, result)

    @staticmethod
    def _note_answered(
        connection: "psycopg.Connection[Any]", schema_name: str, answered: list[int]
    ) -> None:
        if not answered:
            return
        with connection.transaction(), connection.cursor() as cursor:
            database.enter_schema(cursor, schema_name)
            cursor.execute(
                "UPDATE commands_queuedcommand SET answered = true WHERE number = ANY(%s)",
                [answered],
            )
