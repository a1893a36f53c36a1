"""`manage.py clearing`: the engine journal into every tenant's tables, until stopped."""

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from trading.engine.follower import follow

from clearing import database
from clearing.worker import Clearing


class Command(BaseCommand):
    help = "Writes orders, trades, ledger and candles from the engine journal."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        Clearing(
            settings.ENGINE_DIR,
            follow=lambda seq: follow(
                settings.ENGINE_DIR, settings.ENGINE_SOCKET, seq, stop, name="clearing"
            ),
            tenants=database.tenant_schemas,
            connect=database.connect,
        ).run(stop)
