"""A LOBSTER message file played into a fresh venue, and the book it leads to, row by row."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from trading.engine import commands, events, queries, wire
from trading.engine.enums import AccountRole, AccountState, FundsReason, InstrumentState, Side
from trading.engine.results import Result
from trading.engine.shard import Shard
from trading.replay import lobster
from trading.replay.lobster_flow import FlowCounts, LobsterFlow, starting_row

TENANT_ID = 1
INSTRUMENT_ID = 1
STOCK_ID, DOLLAR_ID = 1, 2
FEES_ID, MAKER_ID, TAKER_ID = 1, 2, 3
# More than any file trades: 10^15 shares, and dollars (scale 4) to pay for them.
PLENTY_UNITS = 10**15
BOOK_IS = ("auto", "before", "after")


class ReplayError(RuntimeError):
    """The venue answered a replayed message otherwise than the exchange did."""


class LocalVenue:
    """A venue in memory: no journal, no other process; AAPL-like, a tick 0.0001, a lot 1 share."""

    def __init__(self) -> None:
        self._shard = Shard()
        self._time_ns = 0
        for command in self._foundation():
            self.apply([command])

    @staticmethod
    def _foundation() -> Iterator[Any]:
        yield commands.OpenVenue(code="LOBSTER")
        yield commands.CreateAsset(asset_id=STOCK_ID, scale=0, code="STOCK")
        yield commands.CreateAsset(asset_id=DOLLAR_ID, scale=lobster.PRICE_SCALE, code="USD")
        for account_id, role in (
            (FEES_ID, AccountRole.HOUSE_FEES),
            (MAKER_ID, AccountRole.HOUSE_MARKET_MAKER),
            (TAKER_ID, AccountRole.HOUSE_MARKET_MAKER),
        ):
            yield commands.CreateAccount(
                account_id=account_id, role=role, state=AccountState.ACTIVE
            )
        for account_id in (MAKER_ID, TAKER_ID):
            for asset_id, amount_units in ((STOCK_ID, PLENTY_UNITS), (DOLLAR_ID, PLENTY_UNITS**2)):
                yield commands.CreditFunds(
                    account_id=account_id,
                    asset_id=asset_id,
                    amount_units=amount_units,
                    reason=FundsReason.HOUSE_FUNDING,
                )
        yield commands.CreateInstrument(
            instrument_id=INSTRUMENT_ID,
            base_asset_id=STOCK_ID,
            quote_asset_id=DOLLAR_ID,
            tick_units=1,
            lot_units=1,
            min_lots=1,
            max_lots=10**9,
            state=InstrumentState.OPEN,
            symbol="STOCK-USD",
        )

    def apply(self, commands_: Sequence[Any]) -> None:
        """Send commands as one batch; raises ReplayError at the first that is refused."""
        for command, answer in zip(commands_, self._run(commands_), strict=True):
            if answer.result != Result.ACCEPTED:
                raise ReplayError(f"{Result(answer.result).name}: {command}")

    def book(self, levels: int) -> lobster.BookRow:
        """The best `levels` of each side."""
        query = queries.QueryDepth(instrument_id=INSTRUMENT_ID, levels=levels)
        answer = self._run([query])[0]
        rows = lobster.BookRow([], [])
        for row in events.decode_events(answer.events):
            assert isinstance(row, events.DepthRow)
            (rows.bids if row.side == Side.BUY else rows.asks).append((row.ticks, row.lots))
        return rows

    def _run(self, messages: Sequence[Any]) -> list[wire.Answer]:
        self._time_ns += 1
        frames = b"".join(
            wire.request_of(message, TENANT_ID, request_id=number)
            for number, message in enumerate(messages, start=1)
        )
        return _answers(self._shard.run_batch(frames, self._time_ns).answers)


def replay_rows(
    message_file: Path,
    book_file: Path | None,
    *,
    levels: int,
    book_is: str = "auto",
    counts: FlowCounts | None = None,
) -> Iterator[str]:
    """A row in LOBSTER's orderbook layout after each message.

    `book_file` seeds the starting levels from its first row. In LOBSTER's own pairs of files row
    i is the book *after* message i: then the first message's effect is taken out of the row
    before it is played (`book_is` "after"). With "before" the row is the book before the first
    message. "auto" takes files of equally many rows for such a pair.

    Raises lobster.LobsterError for a bad row, ReplayError if the venue refuses what happened.
    """
    venue = LocalVenue()
    flow = LobsterFlow(
        instrument_id=INSTRUMENT_ID, maker_account_id=MAKER_ID, taker_account_id=TAKER_ID
    )
    if counts is not None:
        flow.counts = counts
    if book_file is not None:
        row = _starting_row(message_file, book_file, book_is)
        venue.apply(list(flow.seed(row)))
    for message in lobster.read_messages(message_file):
        moves = list(flow.commands_of(message))
        if moves:
            venue.apply(moves)
        book = venue.book(levels)
        yield lobster.format_book_row(book.asks, book.bids, levels)


def _starting_row(message_file: Path, book_file: Path, book_is: str) -> lobster.BookRow:
    first_row = next(lobster.read_book_rows(book_file), None)
    first_message = next(lobster.read_messages(message_file), None)
    if first_row is None:
        raise lobster.LobsterError(f"{book_file.name} holds no row to start from")
    if first_message is None or book_is == "before":
        return first_row
    if book_is == "auto" and _row_count(book_file) != _row_count(message_file):
        return first_row
    try:
        return starting_row(first_row, first_message)
    except ValueError as error:
        if book_is == "after":
            raise lobster.LobsterError(f"{book_file.name}: {error}") from error
        return first_row


def _answers(data: bytes) -> list[wire.Answer]:
    answers: list[wire.Answer] = []
    offset = 0
    while offset < len(data):
        answers.append(wire.decode_answer(data, offset))
        offset += answers[-1].size
    return answers


def _row_count(path: Path) -> int:
    return sum(1 for _ in lobster.read_lines(path))
