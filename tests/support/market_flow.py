"""A seeded flow of orders through an engine shard in this process, for market data tests."""

import random
from collections.abc import Iterator

import msgspec

from order_fields import list_of
from trading.engine import commands, enums, events, queries, wire
from trading.engine.keys import client_order_key
from trading.engine.message import Message
from trading.engine.shard import Shard

TENANT = 7
FEE_ACCOUNT = 1
ACCOUNTS = (11, 12, 13, 14)
BTC, ETH, USDT = 1, 2, 3
START_NS = 1_763_640_000 * 10**9


class Flow:
    """One venue with two instruments; every step is a command and advances the time."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.shard = Shard()
        self.time_ns = START_NS
        self.journal = bytearray()
        self.open_ids: list[tuple[int, int]] = []
        self.state = enums.InstrumentState.OPEN  # of instrument 1
        for command in _set_up():
            self.send(command)

    def send(self, message: Message) -> wire.Answer:
        """Run one command or query; its records join the journal."""
        frame = wire.request_of(message, TENANT, request_id=1)
        output = self.shard.run_batch(frame, self.time_ns)
        self.journal += output.records
        return wire.decode_answer(output.answers)

    def rows(self, query: Message) -> tuple[int, list[Message]]:
        """(seq, rows) of a query."""
        answer = self.send(query)
        return answer.seq, wire.answer_events(answer)

    def run(self, steps: int) -> None:
        """So many random commands, up to two seconds apart."""
        for _ in range(steps):
            self.time_ns += self.random.randrange(2 * 10**9)
            answer = self.send(self._next())
            for event in wire.answer_events(answer):
                if isinstance(
                    event, events.OrderRested | events.OrderWaiting | events.OrderPending
                ):
                    self.open_ids.append((event.order_id, event.account_id))
                elif isinstance(event, events.InstrumentStateChanged):
                    self.state = enums.InstrumentState(event.state)

    def take_journal(self) -> bytes:
        """The records since the last call."""
        taken = bytes(self.journal)
        self.journal.clear()
        return taken

    def _next(self) -> Message:
        if self.random.random() < (0.01 if self.state == enums.InstrumentState.OPEN else 0.06):
            return self._session()
        chance = self.random.random()
        account_id = self.random.choice(ACCOUNTS)
        if chance < 0.2 and self.open_ids:
            order_id, account_id = self.open_ids.pop(self.random.randrange(len(self.open_ids)))
            return commands.CancelOrder(account_id=account_id, order_id=order_id)
        if chance < 0.25 and self.open_ids:
            order_id, account_id = self.random.choice(self.open_ids)
            return commands.ReduceOrder(
                account_id=account_id, order_id=order_id, lots=self.random.randrange(1, 40)
            )
        if chance < 0.33 and self.open_ids:
            order_id, account_id = self.random.choice(self.open_ids)
            return commands.ReplaceOrder(
                account_id=account_id,
                order_id=order_id,
                lots=self.random.choice([0, self.random.randrange(1, 500)]),
                ticks=self.random.choice([0, 5_000 + self.random.randrange(-12, 13)]),
            )
        if chance < 0.34:
            return commands.CancelAllOrders(account_id=account_id)
        if chance < 0.36:
            kind = self.random.choice([commands.CreditFunds, commands.DebitFunds])
            return kind(
                account_id=account_id,
                asset_id=self.random.choice([BTC, USDT]),
                amount_units=self.random.randrange(1, 10**9),
                reason=int(enums.FundsReason.ADJUSTMENT),
            )
        if chance < 0.39:
            return commands.SetPrices(
                instrument_id=self.random.choice([1, 1, 2]),
                mark_ticks=5_000 + self.random.randrange(-12, 13),
                index_ticks=self.random.choice([0, 5_000 + self.random.randrange(-12, 13)]),
            )
        if chance < 0.42:
            return self._list(account_id)
        if chance < 0.53:
            return self._triggered(account_id)
        return self._order(account_id)

    def _session(self) -> Message:
        """Auctions, a breaker, the end of the session."""
        if self.state != enums.InstrumentState.OPEN:
            return commands.SetInstrumentState(instrument_id=1, state=self.random.choice([1, 1, 5]))
        return self.random.choice(
            [
                commands.SetInstrumentState(instrument_id=1, state=4),
                commands.SetBreaker(
                    instrument_id=1, breaker_bp=20, window_ns=300 * 10**9, halt_ns=20 * 10**9
                ),
                commands.SetSession(instrument_id=1, ends_ns=self.time_ns + 200 * 10**9),
                commands.SetReferencePrice(instrument_id=1, ticks=5_003),
            ]
        )

    def _list(self, account_id: int) -> commands.PlaceOrderList:
        """A pair around the price, or an order that such a pair follows."""
        instrument_id, lots = self.random.choice([1, 1, 2]), self.random.randrange(1, 500)
        side = self.random.choice([enums.Side.BUY, enums.Side.SELL])
        away = 1 if side == enums.Side.SELL else -1
        common = {
            "account_id": account_id,
            "instrument_id": instrument_id,
            "lots": lots,
            "self_trade_prevention": self.random.choice([1, 2, 3, 4]),
        }
        gain = commands.PlaceOrder(
            **common,
            side=int(side),
            order_type=int(enums.OrderType.LIMIT),
            time_in_force=int(enums.TimeInForce.GTC),
            ticks=5_000 + away * self.random.randrange(1, 12),
        )
        stop = commands.PlaceOrder(
            **common,
            side=int(side),
            order_type=int(enums.OrderType.STOP_MARKET),
            time_in_force=int(enums.TimeInForce.IOC),
            trigger_ticks=5_000 - away * self.random.randrange(1, 12),
        )
        lead = commands.PlaceOrder(
            **common,
            side=int(enums.Side.BUY + enums.Side.SELL - side),
            order_type=int(enums.OrderType.LIMIT),
            time_in_force=int(enums.TimeInForce.GTC),
            ticks=5_000 + self.random.randrange(-8, 9),
        )
        if self.random.random() < 0.5:
            trailing = {
                "order_type": int(enums.OrderType.TRAILING_STOP_MARKET),
                "trigger_ticks": 0,
                "trailing_distance_bp": self.random.choice([2, 10, 30]),
                "trigger_source": self.random.choice([0, 0, 1]),
            }
            timed = {"trigger_ns": self.time_ns + self.random.randrange(1, 60) * 10**9}
            stop = msgspec.structs.replace(stop, **self.random.choice([trailing, timed]))
        legs = self.random.choice([(gain, stop), (lead, gain), (lead, stop), (lead, gain, stop)])
        kind = 3 if len(legs) == 3 else 1 if legs[0] is gain else 2
        return list_of(kind, *legs)

    def _triggered(self, account_id: int) -> commands.PlaceOrder:
        """A stop, trailing stop or take-profit order; a third of them end after some minutes,
        others begin to wait for their price then."""
        order_type = self.random.randrange(3, 9)
        trails = order_type > enums.OrderType.TAKE_PROFIT_LIMIT
        rests = order_type == enums.OrderType.TRAILING_STOP_LIMIT
        is_limit = order_type in (enums.OrderType.STOP_LIMIT, enums.OrderType.TAKE_PROFIT_LIMIT)
        ends = self.random.random() < 0.3
        rests = rests or is_limit
        time_in_force = enums.TimeInForce.GTC if rests else enums.TimeInForce.IOC
        lots = self.random.randrange(1, 500)
        side = self.random.choice([1, 2])
        # Now and then more than the account can pay when the price comes.
        too_much = is_limit and side == enums.Side.BUY and self.random.random() < 0.6
        return commands.PlaceOrder(
            account_id=account_id,
            instrument_id=self.random.choice([1, 1, 2]),
            lots=10**9 if too_much else lots,
            ticks=5_000 + self.random.randrange(-12, 13) if is_limit else 0,
            side=side,
            order_type=order_type,
            time_in_force=int(enums.TimeInForce.GTD if ends else time_in_force),
            self_trade_prevention=self.random.choice([1, 2, 3, 4]),
            trigger_ticks=0 if trails else 5_000 + self.random.randrange(-12, 13),
            expire_ns=self.time_ns + self.random.randrange(1, 300 * 10**9) if ends else 0,
            trigger_source=self.random.choice([0, 0, 1, 2]),
            trailing_distance_bp=self.random.choice([4, 8, 15]) if trails else 0,
            activation_ticks=self.random.choice([0, 5_000]) if trails else 0,
            trigger_ns=self.time_ns + self.random.randrange(1, 60 * 10**9)
            if not ends and self.random.random() < 0.6
            else 0,
            display_lots=self._display(lots) if is_limit and not too_much else 0,
        )

    def _display(self, lots: int) -> int:
        """What an order shows at a time; a third of them are icebergs."""
        return self.random.randrange(1, lots) if lots > 1 and self.random.random() < 0.3 else 0

    def _order(self, account_id: int) -> commands.PlaceOrder:
        pick = self.random.random()
        is_market = pick < 0.1
        by_quote = is_market and pick < 0.05
        side = self.random.choice([enums.Side.BUY, enums.Side.SELL])
        text = f"c{self.random.getrandbits(40)}"
        if by_quote:
            side = enums.Side.BUY
        time_in_force = self.random.choices(
            [
                enums.TimeInForce.GTC,
                enums.TimeInForce.IOC,
                enums.TimeInForce.FOK,
                enums.TimeInForce.DAY,
            ],
            [8, 1, 1, 2],
        )[0]
        lots = 0 if by_quote else self.random.randrange(1, 500)
        rests = not is_market and time_in_force == enums.TimeInForce.GTC
        return commands.PlaceOrder(
            account_id=account_id,
            instrument_id=self.random.choice([1, 1, 2]),
            lots=lots,
            ticks=0 if is_market else 5_000 + self.random.randrange(-12, 13),
            quote_units=self.random.randrange(10**6, 10**10) if by_quote else 0,
            side=int(side),
            order_type=int(enums.OrderType.MARKET if is_market else enums.OrderType.LIMIT),
            time_in_force=int(enums.TimeInForce.IOC if is_market else time_in_force),
            self_trade_prevention=self.random.choice([1, 2, 3, 4]),
            client_key=client_order_key(text),
            client_order_id=text,
            display_lots=self._display(lots) if rests else 0,
        )


def _set_up() -> Iterator[Message]:
    yield commands.OpenVenue(code="flow")
    for asset_id, code in ((BTC, "BTC"), (ETH, "ETH"), (USDT, "USDT")):
        yield commands.CreateAsset(asset_id=asset_id, scale=8, code=code)
    yield commands.CreateAccount(
        account_id=FEE_ACCOUNT,
        role=int(enums.AccountRole.HOUSE_FEES),
        state=int(enums.AccountState.ACTIVE),
    )
    for instrument_id, base in ((1, BTC), (2, ETH)):
        yield commands.CreateInstrument(
            instrument_id=instrument_id,
            base_asset_id=base,
            quote_asset_id=USDT,
            tick_units=10**6,
            lot_units=10**4,
            min_lots=1,
            max_lots=10**9,
            maker_ppm=1_000,
            taker_ppm=2_000,
            state=int(enums.InstrumentState.OPEN),
            symbol=("BTC-USDT", "ETH-USDT")[instrument_id - 1],
        )
    for account_id in ACCOUNTS:
        yield commands.CreateAccount(account_id=account_id, state=int(enums.AccountState.ACTIVE))
        for asset_id in (BTC, ETH, USDT):
            yield commands.CreditFunds(
                account_id=account_id,
                asset_id=asset_id,
                amount_units=10**14,
                reason=int(enums.FundsReason.HOUSE_FUNDING),
            )


def depth_of(flow: Flow, instrument_id: int) -> dict[tuple[int, int], int]:
    """{(side, ticks): lots} as the engine has it."""
    _, rows = flow.rows(queries.QueryDepth(instrument_id=instrument_id))
    return {(row.side, row.ticks): row.lots for row in rows if isinstance(row, events.DepthRow)}
