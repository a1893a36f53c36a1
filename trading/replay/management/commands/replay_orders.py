"""`manage.py replay_orders --format lobster FILE`: order messages in, order books out."""

import contextlib
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from trading.replay import bitstamp, itch, lobster, order_replay
from trading.replay.bitstamp_flow import Agreement
from trading.replay.exchange_flow import FlowCounts

FORMATS = ("lobster", "itch", "bitstamp")
UNREADABLE = (
    lobster.LobsterError,
    itch.ItchError,
    bitstamp.BitstampError,
    order_replay.ReplayError,
)


class Command(BaseCommand):
    help = (
        "Play a file of order messages (LOBSTER, NASDAQ ITCH 5.0, recorded Bitstamp streams) into "
        "a fresh venue and print the best levels of each side after every message (Bitstamp: "
        "whenever the exchange published its book), in LOBSTER's orderbook layout."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a file of messages, plain or .zst")
        parser.add_argument("--format", choices=FORMATS, required=True)
        parser.add_argument("--stock", help="itch: whose book, by its symbol")
        parser.add_argument(
            "--book",
            type=Path,
            help="lobster: an orderbook file whose first row seeds the starting levels",
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
        if (options["format"] == "itch") != bool(options["stock"]):
            raise CommandError("--stock SYMBOL belongs to --format itch, and to nothing else.")
        if options["book"] and options["format"] != "lobster":
            raise CommandError("--book belongs to --format lobster.")
        counts, agreement = FlowCounts(), Agreement()
        try:
            with contextlib.ExitStack() as stack:
                out = (
                    stack.enter_context(options["out"].open("w", encoding="ascii"))
                    if options["out"]
                    else sys.stdout
                )
                for row in _rows(options, counts, agreement):
                    out.write(row + "\n")
        except UNREADABLE as error:
            raise CommandError(str(error)) from error
        except BrokenPipeError:
            sys.stderr.close()  # the reader (head, say) has seen enough
            return
        if options["format"] == "bitstamp":
            self.stderr.write(_words_of_agreement(agreement))
        else:
            self.stderr.write(_summary(counts))


def _rows(options: dict[str, Any], counts: FlowCounts, agreement: Agreement) -> Iterator[str]:
    path, levels = options["file"], options["levels"]
    if options["format"] == "itch":
        return order_replay.replay_itch(path, options["stock"], levels=levels, counts=counts)
    if options["format"] == "bitstamp":
        return order_replay.replay_bitstamp(path, levels=levels, agreement=agreement)
    return order_replay.replay_lobster(
        path, options["book"], levels=levels, book_is=options["book_is"], counts=counts
    )


def _summary(counts: FlowCounts) -> str:
    return (
        f"{counts.messages} messages; {counts.invisible} without effect on the visible book; "
        f"{counts.unknown_orders} of orders the file never showed; {counts.stale_orders} orders "
        f"cancelled because they stood where the market had gone; {counts.out_of_turn} executions "
        f"out of turn booked as reductions; {counts.duplicate_ids} repeated order ids left out"
    )


def _words_of_agreement(agreement: Agreement) -> str:
    return (
        f"{agreement.orders} orders; {agreement.cancels_equal} of {agreement.cancels} cancels "
        f"found as much left as at the exchange, {agreement.lost} came too late; "
        f"{agreement.fills_equal} of {agreement.fills} fills told as there; "
        f"{agreement.reduced} orders brought to what was published; "
        f"{len(agreement.traded)} trades, {len(agreement.published)} published"
    )
