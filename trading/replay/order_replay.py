"""An exchange's order messages played into a fresh venue, and the book they lead to, row by row."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trading.engine import commands, events, queries, wire
from trading.engine.enums import AccountRole, AccountState, FundsReason, InstrumentState, Side
from trading.engine.results import Result
from trading.engine.shard import Shard
from trading.replay import bitstamp, itch, lobster
from trading.replay.bitstamp_flow import Agreement, BitstampFlow
from trading.replay.book_messages import BookMessage
from trading.replay.exchange_flow import ExchangeFlow, FlowCounts, starting_row

TENANT_ID = 1
INSTRUMENT_ID = 1
STOCK_ID, DOLLAR_ID = 1, 2
FEES_ID, MAKER_ID, TAKER_ID = 1, 2, 3
# More than any file trades of a stock or coin, and, squared, dollars to pay for it.
PLENTY_UNITS = 10**15
MAX_LOTS = 10**14
BOOK_IS = ("auto", "before", "after")


class ReplayError(RuntimeError):
    """The venue answered a replayed message otherwise than the exchange did."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Scales of stock (or coin) and dollars, and dollar units in a tick for a whole stock.

    A lot is always the smallest unit of the stock.
    """

    stock_scale: int
    dollar_scale: int
    tick_units: int


# A lot is a share, a tick 1/10 000 dollar.
SHARES = Steps(stock_scale=0, dollar_scale=lobster.PRICE_SCALE, tick_units=1)
# A lot is 1e-8 bitcoin, a tick a cent.
COINS = Steps(
    stock_scale=bitstamp.SIZE_SCALE,
    dollar_scale=bitstamp.PRICE_SCALE + bitstamp.SIZE_SCALE,
    tick_units=10**bitstamp.SIZE_SCALE,
)


class LocalVenue:
    """A venue in memory with one instrument: no journal, no other process."""

    def __init__(self, steps: Steps = SHARES) -> None:
        self._shard = Shard()
        self._time_ns = 0
        for command in _foundation(steps):
            self.apply([command])

    def apply(self, commands_: Sequence[Any]) -> list[Any]:
        """Send commands as one batch; their events. Raises ReplayError at the first refused."""
        told: list[Any] = []
        for command, answer in zip(commands_, self._run(commands_), strict=True):
            if answer.result != Result.ACCEPTED:
                raise ReplayError(f"{Result(answer.result).name}: {command}")
            told += wire.answer_events(answer)
        return told

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


def _foundation(steps: Steps) -> Iterator[Any]:
    yield commands.OpenVenue(code="REPLAY")
    yield commands.CreateAsset(asset_id=STOCK_ID, scale=steps.stock_scale, code="STOCK")
    yield commands.CreateAsset(asset_id=DOLLAR_ID, scale=steps.dollar_scale, code="USD")
    for account_id, role in (
        (FEES_ID, AccountRole.HOUSE_FEES),
        (MAKER_ID, AccountRole.HOUSE_MARKET_MAKER),
        (TAKER_ID, AccountRole.HOUSE_MARKET_MAKER),
    ):
        yield commands.CreateAccount(account_id=account_id, role=role, state=AccountState.ACTIVE)
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
        tick_units=steps.tick_units,
        lot_units=1,
        min_lots=1,
        max_lots=MAX_LOTS,
        state=InstrumentState.OPEN,
        symbol="STOCK-USD",
    )


def replay_rows(
    messages: Iterable[BookMessage],
    start: lobster.BookRow | None = None,
    *,
    levels: int,
    counts: FlowCounts | None = None,
) -> Iterator[str]:
    """A row in LOBSTER's orderbook layout after each message, from the levels of `start` on.

    Raises what reading the messages raises, and ReplayError if the venue refuses what happened.
    """
    venue = LocalVenue()
    flow = ExchangeFlow(
        instrument_id=INSTRUMENT_ID, maker_account_id=MAKER_ID, taker_account_id=TAKER_ID
    )
    if counts is not None:
        flow.counts = counts
    if start is not None:
        venue.apply(list(flow.seed(start)))
    for message in messages:
        moves = list(flow.commands_of(message))
        if moves:
            venue.apply(moves)
        book = venue.book(levels)
        yield lobster.format_book_row(book.asks, book.bids, levels)


def replay_lobster(
    message_file: Path,
    book_file: Path | None,
    *,
    levels: int,
    book_is: str = "auto",
    counts: FlowCounts | None = None,
) -> Iterator[str]:
    """The rows of a LOBSTER message file.

    `book_file` seeds the starting levels from its first row. In LOBSTER's own pairs of files row
    i is the book *after* message i: then the first message's effect is taken out of the row
    before it is played (`book_is` "after"). With "before" the row is the book before the first
    message. "auto" takes files of equally many rows for such a pair.

    Raises lobster.LobsterError for a bad row, ReplayError if the venue refuses what happened.
    """
    start = None if book_file is None else _starting_row(message_file, book_file, book_is)
    messages = lobster.read_messages(message_file)
    yield from replay_rows(messages, start, levels=levels, counts=counts)


def replay_itch(
    path: Path, stock: str, *, levels: int, counts: FlowCounts | None = None
) -> Iterator[str]:
    """The rows of one stock of an ITCH 5.0 file, with `counts` of unknown orders added to.

    Raises itch.ItchError for bytes that are none, and for a stock that the file does not have.
    """
    reader = itch.ItchReader(path)
    others: set[str] = set()

    def messages() -> Iterator[BookMessage]:
        is_there = False
        for name, message in reader.messages():
            if name == stock:
                is_there = True
                yield message
            else:
                others.add(name)
        if not is_there:
            there = ", ".join(sorted(others)) or "none"
            raise itch.ItchError(f"{path.name} has no stock {stock!r}; it has {there}")

    yield from replay_rows(messages(), levels=levels, counts=counts)
    if counts is not None:
        counts.unknown_orders += reader.unknown


def replay_bitstamp(path: Path, *, levels: int, agreement: Agreement) -> Iterator[str]:
    """A row in LOBSTER's layout (cents, 1e-8 bitcoin) whenever the exchange published its book.

    Raises bitstamp.BitstampError for a bad line, ReplayError if the venue refuses what happened.
    """
    venue = LocalVenue(COINS)
    flow = BitstampFlow(
        lambda command: venue.apply([command]),
        account_id=MAKER_ID,
        instrument_id=INSTRUMENT_ID,
    )
    flow.agreement = agreement
    for _ in flow.play(bitstamp.read_events(path)):
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
