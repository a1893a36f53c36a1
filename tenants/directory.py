"""All tenants, their hosts, brands and setting values, in memory in every process.

Reads are dictionary look-ups, safe in any thread and in the event loop. A change publishes on
Redis after its commit; a watching thread in each process then loads everything anew (a few
hundred small rows). While the watcher has no Redis it polls the database every two seconds.
"""

import asyncio
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import redis
import structlog
from django.conf import settings
from django.db import connection, transaction
from django_tenants.utils import schema_context

from tenants.models import Domain, SettingValue, Tenant

log = structlog.get_logger("marque.tenants")

CHANNEL = "marque:tenants:changed"
POLL_SECONDS = 2.0
REFRESH_SECONDS = 60.0


@dataclass(frozen=True)
class Directory:
    """One consistent reading of the tenants' tables. The objects are shared: never change them."""

    by_host: dict[str, Tenant] = field(default_factory=dict)
    by_id: dict[int, Tenant] = field(default_factory=dict)
    by_schema: dict[str, Tenant] = field(default_factory=dict)
    settings: dict[int, dict[str, Any]] = field(default_factory=dict)
    hosts: dict[int, str] = field(default_factory=dict)  # the primary one


def load() -> Directory:
    """Read the directory from the database, on this thread's connection."""
    directory = Directory()
    with schema_context(settings.PUBLIC_SCHEMA_NAME):
        for tenant in Tenant.objects.select_related("brand"):
            directory.by_id[tenant.id] = tenant
            directory.by_schema[tenant.schema_name] = tenant
            directory.settings[tenant.id] = {}
        for domain in Domain.objects.order_by("-is_primary", "id"):
            directory.by_host[domain.domain] = directory.by_id[domain.tenant_id]
            directory.hosts.setdefault(domain.tenant_id, domain.domain)
        values = SettingValue.objects.order_by("tenant_id", "name", "-version")
        for value in values.distinct("tenant_id", "name"):
            directory.settings[value.tenant_id][value.name] = value.value
    return directory


class _Holder:
    """The process's current directory, and the thread that keeps it fresh."""

    def __init__(self) -> None:
        self.directory: Directory | None = None
        self.stale = True
        self.loading = threading.Lock()
        self.watcher: threading.Thread | None = None
        self.wake = threading.Event()
        self.pid = os.getpid()

    def get(self) -> Directory:
        if self.pid != os.getpid():
            self._reset_after_fork()
        if self.directory is not None and not self.stale:
            return self.directory
        if _in_event_loop():
            # No query may run here: an old reading serves until the watcher has a new one.
            if self.directory is None:
                self._in_thread(self.reload)
            self.wake.set()
        else:
            self.reload()
        if settings.MARQUE_WATCH_TENANTS:
            self._start_watcher()
        assert self.directory is not None
        return self.directory

    def reload(self) -> None:
        with self.loading:
            self.stale = False  # first, so that a change during the load is not lost
            try:
                self.directory = load()
            except Exception:
                self.stale = True
                raise

    def _reset_after_fork(self) -> None:
        self.__init__()  # type: ignore[misc]

    @staticmethod
    def _in_thread(work: Any) -> None:
        errors: list[BaseException] = []

        def run() -> None:
            try:
                work()
            except BaseException as error:
                errors.append(error)
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        if errors:
            raise errors[0]

    def _start_watcher(self) -> None:
        if self.watcher is None or not self.watcher.is_alive():
            self.watcher = threading.Thread(target=self._watch, name="tenants", daemon=True)
            self.watcher.start()

    def _watch(self) -> None:
        while True:
            try:
                self._listen()
            except Exception as error:
                # Whatever it is, the thread must live: without it changes stay unseen.
                log.warning("tenant changes are polled", error=type(error).__name__)
                self._poll_until(time.monotonic() + 4 * POLL_SECONDS)

    def _listen(self) -> None:
        client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2)
        with client.pubsub(ignore_subscribe_messages=True) as subscription:
            subscription.subscribe(CHANNEL)
            self._reload_quietly()
            loaded_at = time.monotonic()
            while True:
                message = subscription.get_message(timeout=0.5)
                if message or self.wake.is_set() or time.monotonic() - loaded_at > REFRESH_SECONDS:
                    self.wake.clear()
                    self._reload_quietly()
                    loaded_at = time.monotonic()

    def _poll_until(self, deadline: float) -> None:
        while time.monotonic() < deadline:
            self._reload_quietly()
            time.sleep(POLL_SECONDS)

    def _reload_quietly(self) -> None:
        try:
            self.reload()
        except Exception:
            # The database is away for a moment: the last reading stays good meanwhile.
            log.warning("tenants could not be read", exc_info=True)
        finally:
            connection.close()


_holder = _Holder()
_private = threading.local()


def current() -> Directory:
    """The directory as this process knows it: never older than about a second."""
    return getattr(_private, "directory", None) or _holder.get()


def forget() -> None:
    """Read anew at the next look-up in this process."""
    _holder.stale = True


@contextmanager
def including_uncommitted() -> Iterator[None]:
    """Let this thread alone see what its open database transaction has written."""
    _private.directory = load()
    try:
        yield
    finally:
        del _private.directory


def publish_after_commit() -> None:
    """Let every process read anew once the current database transaction is committed."""
    transaction.on_commit(_publish)


def _publish() -> None:
    forget()
    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1).publish(CHANNEL, b"1")
    except redis.RedisError:
        log.warning("tenant change not published: other processes poll")


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
