"""`manage.py clearing`: the engine journal into every tenant's tables, until stopped."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from clearing import database
from clearing.worker import BATCH_BYTES, Clearing
from trading.engine.follower import follow
from trading.engine.journal import READ_BYTES


class Command(BaseCommand):
    help = "Writes orders, trades, ledger and candles from the engine journal."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--batch-bytes",
            type=int,
            default=BATCH_BYTES,
            help="At most about so much of the journal in one database transaction.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        Clearing(
            settings.ENGINE_DIR,
            follow=lambda seq: follow(
                settings.ENGINE_DIR,
                settings.ENGINE_SOCKET,
                seq,
                stop,
                name="clearing",
                chunk_bytes=min(READ_BYTES, options["batch_bytes"]),
            ),
            tenants=database.tenant_schemas,
            connect=database.connect,
            batch_bytes=options["batch_bytes"],
        ).run(stop)
