"""`manage.py relay`: queued commands of all tenants to the engine, until stopped."""

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from trading.commands import actions, database
from trading.commands.relay import Relay
from trading.commands.stream import CommandStream


class Command(BaseCommand):
    help = "Sends queued commands to the engine, in order, exactly once."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        Relay(
            connect=lambda: database.connect("marque-relay"),
            stream=CommandStream(settings.ENGINE_SOCKET),
            on_refused=lambda schema_name, number, result: actions.note_refused(
                schema_name=schema_name, number=number, result=result
            ),
            on_stopped=lambda schema_name, engine_no, known: actions.note_relay_stopped(
                schema_name=schema_name, engine_no=engine_no, known=known
            ),
        ).run(stop)
