"""`manage.py replay_market`: recorded markets played into live books by house accounts."""

import asyncio
import contextlib
from argparse import ArgumentParser
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tenants import selectors as tenants
from trading.replay import session
from trading.replay.binance import RecordingError
from trading.replay.lobster import LobsterError
from trading.replay.market_maker import Pace
from trading.replay.selectors import NoTarget


class Command(BaseCommand):
    help = (
        "Keep books at a recorded market's depth and trade its trades, through ordinary commands "
        "of house accounts. Without a file: the shipped recordings, in every active tenant."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="a recording, plain or .zst")
        parser.add_argument("--format", choices=["binance", "lobster"], default="binance")
        parser.add_argument("--instrument", help="symbol of the instrument to drive: BTC-USDT")
        parser.add_argument("--tenant", help="slug of one tenant; default: all active ones")
        parser.add_argument(
            "--speed",
            default=settings.REPLAY_SPEED,
            help="times recorded speed (default 1, or MARQUE_REPLAY_SPEED)",
        )
        parser.add_argument("--levels", type=int, default=15, help="levels a side (default 15)")
        parser.add_argument("--passes", type=int, help="play so many times; default: for ever")

    def handle(self, *args: Any, **options: Any) -> None:
        pace = Pace(speed=_speed(options["speed"]), levels=max(1, options["levels"]))
        with contextlib.suppress(KeyboardInterrupt):
            if options["file"] is None:
                asyncio.run(session.replay_demo(pace))
            else:
                self._replay_file(pace, options)

    def _replay_file(self, pace: Pace, options: dict[str, Any]) -> None:
        if not options["instrument"]:
            raise CommandError("Say which instrument the file drives: --instrument BTC-USDT.")
        if not options["file"].is_file():
            raise CommandError(f"{options['file']} is not a file that can be read.")
        chosen = [t for t in tenants.active_tenants() if options["tenant"] in (None, t.slug)]
        if not chosen:
            raise CommandError("There is no such active tenant: --tenant takes the slug of one.")
        try:
            targets = [session.find_target(tenant, options["instrument"]) for tenant in chosen]
            asyncio.run(
                session.replay_file(
                    targets,
                    options["file"],
                    pace,
                    file_format=options["format"],
                    passes=options["passes"],
                )
            )
        except (NoTarget, RecordingError, LobsterError) as error:
            raise CommandError(str(error)) from error


def _speed(text: str) -> Decimal:
    try:
        speed = Decimal(text)
    except InvalidOperation:
        speed = Decimal(0)
    if not 0 < speed <= 1000:
        raise CommandError("--speed takes a number above 0 and at most 1000.")
    return speed
