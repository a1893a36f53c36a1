"""`manage.py replay_orders --format lobster FILE`: order messages in, order books out."""

import contextlib
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from trading.replay import lobster, order_replay
from trading.replay.lobster_flow import FlowCounts


class Command(BaseCommand):
    help = (
        "Play a LOBSTER message file into a fresh venue and print the best levels of each side "
        "after every message, in LOBSTER's orderbook layout."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a LOBSTER message file, plain or .zst")
        parser.add_argument("--format", choices=["lobster"], required=True)
        parser.add_argument(
            "--book", type=Path, help="an orderbook file whose first row seeds the starting levels"
        )
        parser.add_argument(
            "--book-is",
            choices=order_replay.BOOK_IS,
            default="auto",
            help="whether that row is the book before or after the first message; auto: after, "
            "if both files have equally many rows, as LOBSTER's own pairs do",
        )
        parser.add_argument("--levels", type=int, default=10)
        parser.add_argument("--out", type=Path, help="write the rows here instead of printing them")

    def handle(self, *args: Any, **options: Any) -> None:
        for path in filter(None, (options["file"], options["book"])):
            if not path.is_file():
                raise CommandError(f"{path} is not a file that can be read.")
        if options["levels"] < 1:
            raise CommandError("--levels takes a whole number from 1 on.")
        counts = FlowCounts()
        rows = order_replay.replay_rows(
            options["file"],
            options["book"],
            levels=options["levels"],
            book_is=options["book_is"],
            counts=counts,
        )
        try:
            with contextlib.ExitStack() as stack:
                out = (
                    stack.enter_context(options["out"].open("w", encoding="ascii"))
                    if options["out"]
                    else sys.stdout
                )
                for row in rows:
                    out.write(row + "\n")
        except (lobster.LobsterError, order_replay.ReplayError) as error:
            raise CommandError(str(error)) from error
        except BrokenPipeError:
            sys.stderr.close()  # the reader (head, say) has seen enough
            return
        self.stderr.write(_summary(counts))


def _summary(counts: FlowCounts) -> str:
    return (
        f"{counts.messages} messages; {counts.invisible} without effect on the visible book; "
        f"{counts.unknown_orders} of orders the file never showed; {counts.stale_orders} orders "
        f"cancelled because they stood where the market had gone; {counts.out_of_turn} executions "
        f"out of turn booked as reductions; {counts.duplicate_ids} repeated order ids left out"
    )
