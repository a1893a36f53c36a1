"""Scenarios as text tables: what is sent, and what comes of it.

A line is ``WHO DOES WHAT => WHAT HAPPENS``. Accounts are ann, bob and cat; orders are named by
their number. Instrument 1 trades AAA for BBB; one lot at one tick costs one BBB.

    ann sell 5 @ 100          limit order (GTC); words after it: IOC FOK post-only taker maker
                              both decrement (self-trade prevention), id=TEXT (client order id),
                              until=9 (GTD: ends 9 ns later), stop=110 take=90 (trigger price),
                              show=2 (iceberg: shows 2 lots at a time),
                              trail=500 (trailing stop, basis points), from=110 (activation),
                              offset=3 (its limit price, behind the stop), source=mark index,
                              at=9 (not before 9 ns later)
    ann buy 5                 market order by quantity; ``ann buy for 500`` by quote amount
    ann cancel 1 / id=TEXT    ann reduce 1 by 2       ann cancel-all
    ann replace 1 8 @ 101     new open lots and price; without the one or the other it stays
    ann buy 5 @ 99 DAY        ends with the session
    set instrument 4          its state (1 open, 4 auction, 5 closed)
    set session 90            ends 90 ns later; set breaker 500 100 20: basis points, window, halt
    ann quote 99x5 / 101x5    bid and ask in the place of ann's quote of before (- : none);
                              post-only and the words of self-trade prevention behind it
    ann cancel-quotes
    ann protect window=9 trades=2 lots=9 notional=900 on 1 / reset on 1
                              market maker's protection, in instrument 1 or (without) all
    set prices 100 99         mark and index price; 0: as it was
    ann timer 9 / timer 9 on 1  cancels all orders 9 ns later (those in instrument 1); 0: no more
    ann arm / disarm / lost   orders go with a connection (``arm on 1``), and it is lost
    entry 40 2.0/BBB+5 3.7/BBB-5  a journal entry of this kind: line.part/asset and units;
                              value=9 (belongs to 9 ns ago)
    wait 9                    time goes on, and nothing is sent but a question
    expire 1, trigger 1       ends or triggers an order by time from outside
    extreme cat 1 120 114     an active trailing stop's extreme and stop price (asserted)
    ann oco sell 5 @ 110 & sell 5 stop=90          lists: orders as above, parted by &;
    ann oto buy 5 @ 99 & sell 5 @ 110              list=TEXT in the last one is the client list id;
    ann otoco buy 5 @ 99 & sell 5 @ 110 & sell 5 stop=90
    ann cancel-list 1 / list=TEXT
    set tiers 0 100:5000:9000 from a volume of 100 on these maker and taker ppm; set valuation 2
    days 1                    so many days go by
    tier ann 1 150+20         tier, volume of the days before and of today (asserted)
    orders ann 1 2            open orders (asserted, nothing is sent)
    has ann 95+5 AAA          available and held (asserted, nothing is sent)
    book 100x5 / 99x3,98x1    asks from best / bids from best
    auction 5@100 +2          what an auction would come to: lots, price, surplus; - for nothing
"""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.trading.engine.order_lists import order_list
from tests.trading.engine.worlds import World, order, spot_world
from trading.engine import commands as c
from trading.engine import events as e
from trading.engine import keys, queries
from trading.engine.enums import CancelCause, OrderStatus, StateReason
from trading.engine.results import Result

ACCOUNTS = {"ann": 1, "bob": 2, "cat": 3, "fees": 9}
NAMES = {number: name for name, number in ACCOUNTS.items()}
ASSETS = {"AAA": 1, "BBB": 2}
LISTS = {"oco": 1, "oto": 2, "otoco": 3}
MODES = {"taker": 1, "maker": 2, "both": 3, "decrement": 4}
FILES = sorted((Path(__file__).parent / "scenarios").glob("*.txt"))


def scenarios() -> list[Any]:
    """(rules, lines) of every scenario of every file; a scenario starts with ``# name``."""
    found = []
    for path in FILES:
        for block in path.read_text().split("\n# ")[1:]:
            title, *lines = block.splitlines()
            name, _, rules = title.partition(" | ")
            found.append(pytest.param(rules, lines, id=f"{path.stem}: {name}"))
    return found


@pytest.mark.parametrize(("rules", "lines"), scenarios())
def test_scenario(rules: str, lines: list[str]) -> None:
    pairs = (pair.split("=") for pair in rules.split())
    world = spot_world(**{name: int(value) for name, value in pairs})
    for line in lines:
        words, _, expected = line.partition("=>")
        if not words.strip():
            continue
        if words.startswith("has "):
            check_balance(world, words.split())
        elif words.startswith("book "):
            assert book(world) == words.removeprefix("book ").strip(), line
        elif words.startswith("auction "):
            assert auction(world) == words.removeprefix("auction ").strip(), line
        elif words.startswith("extreme "):
            check_extreme(world, words.split())
        elif words.startswith("orders "):
            check_orders(world, words.split())
        elif words.startswith("tier "):
            check_tier(world, words.split())
        elif words.startswith("days "):
            world.wait(int(words.split()[1]) * 86_400 * 10**9)
        else:
            result, events = world.send(command_of(words.split(), world))
            own_events = [event for own in world.own for event in own[2]]
            if words.startswith("wait "):
                events = []
            assert told(result, own_events + events) == " ".join(expected.split()), line


def command_of(words: list[str], world: World) -> Any:
    who, verb, *rest = words
    if who == "wait":
        world.wait(int(verb))
        return queries.QueryStatus()
    if who == "entry":
        return entry_of(int(verb), rest, world)
    if who == "expire":
        return c.ExpireOrder(order_id=int(verb))
    if who == "trigger":
        return c.TriggerOrder(order_id=int(verb))
    if who == "set":
        return setting_of(verb, rest, world)
    account_id = ACCOUNTS[who]
    if verb in ("protect", "reset"):
        return protection_of(account_id, verb, rest)
    if verb in ("timer", "arm", "disarm", "lost"):
        return guard_of(account_id, verb, rest)
    if verb == "quote":
        return quote_of(account_id, rest)
    if verb == "cancel-quotes":
        return c.CancelAllOrders(account_id=account_id, quotes_only=1)
    if verb == "cancel-all":
        return c.CancelAllOrders(account_id=account_id)
    if verb in LISTS:
        return list_of(account_id, verb, rest, world)
    if verb == "cancel-list":
        if rest[0].startswith("list="):
            key = keys.client_order_key(rest[0][5:])
            return c.CancelOrderList(account_id=account_id, client_key=key)
        return c.CancelOrderList(account_id=account_id, list_id=int(rest[0]))
    if verb in ("cancel", "reduce", "replace"):
        which: dict[str, int] = {"account_id": account_id}
        if rest[0].startswith("id="):
            which["client_key"] = keys.client_order_key(rest[0][3:])
        else:
            which["order_id"] = int(rest[0])
        if verb == "cancel":
            return c.CancelOrder(**which)
        if verb == "replace":
            lots_word, _, ticks_word = " ".join(rest[1:]).partition("@")
            return c.ReplaceOrder(lots=int(lots_word or 0), ticks=int(ticks_word or 0), **which)
        return c.ReduceOrder(lots=int(rest[2]), **which)
    return order_of(account_id, verb, rest, world)


def entry_of(kind: int, words: list[str], world: World) -> c.RecordEntry:
    fields: dict[str, int] = {}
    if words[-1].startswith("value="):
        fields["value_ns"] = world.time_ns + 1 - int(words.pop()[6:])
    for n, word in enumerate(words, 1):
        line, part, asset, units = re.fullmatch(r"(\d+)\.(\d+)/(\w+)([+-]\d+)", word).groups()  # type: ignore[union-attr]
        fields[f"line_{n}"] = (int(line) << 16) + int(part)
        fields[f"asset_id_{n}"] = ASSETS.get(asset, 77)
        fields[f"amount_units_{n}"] = int(units)
    return c.RecordEntry(entry_kind=kind, **fields)


def list_of(account_id: int, kind: str, words: list[str], world: World) -> c.PlaceOrderList:
    fields = {}
    if words[-1].startswith("list="):
        fields["client_list_id"] = words.pop()[5:]
    legs = []
    for text in " ".join(words).split(" & "):
        side, *rest = text.split()
        legs.append(order_of(account_id, side, rest, world))
    return order_list(LISTS[kind], *legs, **fields)


def order_of(account_id: int, verb: str, rest: list[str], world: World) -> c.PlaceOrder:
    fields: dict[str, Any] = {}
    lots = 0
    if rest[0] == "for":
        fields["quote_units"] = int(rest[1])
        rest = rest[2:]
    else:
        lots = int(rest[0])
        rest = rest[1:]
    if rest[:1] == ["@"]:
        fields["ticks"] = int(rest[1])
        rest = rest[2:]
    for word in rest:
        if word in ("IOC", "FOK", "DAY"):
            fields["time_in_force"] = {"IOC": 2, "FOK": 3, "DAY": 5}[word]
        elif word == "post-only":
            fields["flags"] = 1
        elif word in MODES:
            fields["self_trade_prevention"] = MODES[word]
        elif word.startswith(("stop=", "take=")):
            fields[word[:4]] = int(word[5:])
        elif word.startswith("show="):
            fields["display_lots"] = int(word[5:])
        elif word.startswith(("trail=", "from=", "offset=", "source=", "at=")):
            fields |= waiting_of(*word.split("="), world)
        elif word.startswith("until="):
            fields["time_in_force"] = 4
            fields["expire_ns"] = world.time_ns + 1 + int(word[6:])
        else:
            assert word.startswith("id="), word
            fields["client_order_id"] = word[3:]
    return order(account_id, verb, lots, **fields)


def waiting_of(name: str, value: str, world: World) -> dict[str, int]:
    """What an order waits for beyond a last price."""
    if name == "source":
        return {"trigger_source": {"mark": 1, "index": 2}[value]}
    if name == "at":
        return {"trigger_ns": world.time_ns + 1 + int(value)}
    fields = {"trail": "trailing_distance_bp", "from": "activation_ticks"}
    found = {fields.get(name, "limit_offset_ticks"): int(value)}
    if name == "trail":
        found["order_type"] = 7
    elif name == "offset":
        found |= {"order_type": 8, "time_in_force": 1}
    return found


def guard_of(account_id: int, verb: str, rest: list[str]) -> Any:
    numbers, _, instrument = " ".join(rest).partition("on ")
    scope = {"account_id": account_id, "instrument_id": int(instrument or 0)}
    if verb == "timer":
        return c.SetCancelTimer(timeout_ns=int(numbers), **scope)
    if verb == "lost":
        return c.CancelAllOrders(cause=CancelCause.DISCONNECTED, **scope)
    return c.ArmDisconnect(armed=int(verb == "arm"), **scope)


def quote_of(account_id: int, words: list[str]) -> c.PlaceQuotes:
    bid, slash, ask, *rest = words
    assert slash == "/"
    (bid_ticks, bid_lots), (ask_ticks, ask_lots) = (
        (0, 0) if side == "-" else tuple(int(number) for number in side.split("x"))
        for side in (bid, ask)
    )
    modes = [MODES[word] for word in rest if word in MODES]
    instruments = [int(word) for word in rest if word.isdigit()]
    return c.PlaceQuotes(
        account_id=account_id,
        flags=int("post-only" in rest),
        self_trade_prevention=modes[0] if modes else 0,
        instrument_id_1=instruments[0] if instruments else 1,
        bid_ticks_1=bid_ticks,
        bid_lots_1=bid_lots,
        ask_ticks_1=ask_ticks,
        ask_lots_1=ask_lots,
    )


def protection_of(account_id: int, verb: str, rest: list[str]) -> Any:
    limits, _, instrument = " ".join(rest).partition("on ")
    scope = {"account_id": account_id, "instrument_id": int(instrument or 0)}
    if verb == "reset":
        return c.ResetProtection(**scope)
    names = {"window": "window_ns", "notional": "notional_units"}
    pairs = [word.split("=") for word in limits.split()]
    return c.SetProtection(**scope, **{names.get(name, name): int(n) for name, n in pairs})


def setting_of(verb: str, rest: list[str], world: World) -> Any:
    if verb == "session":
        return c.SetSession(instrument_id=1, ends_ns=world.time_ns + 1 + int(rest[0]))
    if verb == "breaker":
        breaker_bp, window_ns, halt_ns = (int(word) for word in rest)
        return c.SetBreaker(
            instrument_id=1, breaker_bp=breaker_bp, window_ns=window_ns, halt_ns=halt_ns
        )
    if verb == "instrument":
        return c.SetInstrumentState(instrument_id=1, state=int(rest[0]))
    if verb == "reference":
        return c.SetReferencePrice(instrument_id=1, ticks=int(rest[0]))
    if verb == "prices":
        return c.SetPrices(instrument_id=1, mark_ticks=int(rest[0]), index_ticks=int(rest[1]))
    if verb == "valuation":
        return c.SetValuation(asset_id=int(rest[0]))
    if verb == "tiers":
        fields = {}
        for number, text in enumerate(rest[1:], 1):
            for name, value in zip(
                ("from_units", "maker_ppm", "taker_ppm"), text.split(":"), strict=True
            ):
                fields[f"{name}_{number}"] = int(value)
        return c.SetFeeTiers(group_id=int(rest[0]), **fields)
    if verb == "fees":
        group, maker, taker = (int(word) for word in rest)
        return c.SetFees(group_id=group, maker_ppm=maker, taker_ppm=taker)
    assert verb == "account"
    names = ("group_id", "trade_group_id", "state")
    values = dict(zip(names, (int(word) for word in rest[1:]), strict=True))
    return c.ChangeAccount(account_id=ACCOUNTS[rest[0]], **values)


def told(result: Result, events: list[Any]) -> str:
    """Events in words; a plain acceptance goes without saying."""
    parts = [] if result == Result.ACCEPTED else [result.name]
    for event in events:
        if isinstance(event, e.Traded):
            parts.append(
                f"#{event.taker_order_id} {event.lots}@{event.ticks} #{event.maker_order_id}"
            )
        elif isinstance(event, e.EntryRecorded):
            units = [getattr(event, f"amount_units_{n}") for n in range(1, 9)]
            legs = " ".join(f"{number:+}" for number in units if number)
            parts.append(f"recorded {legs}" + " dated" * bool(event.value_ns))
        elif isinstance(event, e.AuctionUncrossed):
            surplus = f" {event.surplus_lots:+}" if event.surplus_lots else ""
            parts.append(f"uncrosses {event.lots}@{event.ticks}{surplus}")
        elif isinstance(event, e.InstrumentStateChanged) and event.reason:
            parts.append(StateReason(event.reason).name.lower())
        elif isinstance(event, e.OrderRested):
            shown = f" showing {event.lots - event.reserve_lots}" if event.reserve_lots else ""
            parts.append(f"#{event.order_id} rests {event.lots}{shown}")
        elif isinstance(event, e.OrderRefreshed):
            lots = event.lots + event.reserve_lots
            parts.append(f"#{event.order_id} shows {event.lots} of {lots}")
        elif isinstance(event, e.OrderWaiting):
            time = " after its time" if event.trigger_ns else ""
            parts.append(f"#{event.order_id} waits for {event.trigger_ticks}{time}")
        elif isinstance(event, e.OrderActivated):
            numbers = f"{event.extreme_ticks}, stop {event.trigger_ticks}"
            parts.append(f"#{event.order_id} trails from {numbers}")
        elif isinstance(event, e.OrderPending):
            parts.append(f"#{event.order_id} pends")
        elif isinstance(event, e.OrderReleased):
            parts.append(f"#{event.order_id} comes")
        elif isinstance(event, e.OrderTriggered):
            limit = f", limit {event.ticks}" if event.ticks else ""
            parts.append(f"#{event.order_id} fires at {event.last_ticks}{limit}")
        elif isinstance(event, e.OrderReplaced):
            parts.append(f"#{event.order_id} becomes {event.lots}@{event.ticks}")
        elif isinstance(event, e.OrderReduced):
            parts.append(f"#{event.order_id} less {event.lots}")
        elif isinstance(event, e.OrderClosed):
            left = f" {event.leaves_lots} left" if event.leaves_lots else ""
            status = OrderStatus(event.status).name.lower()
            by = f" by #{event.by_order_id}" if event.by_order_id else ""
            parts.append(f"#{event.order_id} {status}{left}{by}")
        elif isinstance(event, e.CancelTimerSet):
            parts.append("timer runs" if event.deadline_ns else "timer ends")
        elif isinstance(event, e.DisconnectArmed):
            parts.append("armed" if event.armed else "disarmed")
        elif isinstance(event, e.QuoteAnswered):
            side = {0: "", 1: " bid", 2: " ask"}[event.side]
            refused = f"{Result(event.result).name}{side}, " if event.result else ""
            standing = " ".join(
                f"#{number}" if number else "-"
                for number in (event.bid_order_id, event.ask_order_id)
            )
            parts.append(f"quote {refused}{standing}")
        elif isinstance(event, e.ProtectionChanged):
            counted = f"{event.lots} lots {event.trades} trades {event.notional_units}"
            parts.append(f"tripped at {counted}" if event.tripped else "protection reset")
        elif isinstance(event, e.FeeTierChanged):
            parts.append(f"{NAMES[event.account_id]} to tier {event.tier}")
        elif isinstance(event, e.OrderRow):
            status = OrderStatus(event.status).name.lower()
            parts.append(f"#{event.order_id} is {status}")
    return "; ".join(parts)


def check_balance(world: World, words: list[str]) -> None:
    available, _, held = words[2].partition("+")
    key = (ACCOUNTS[words[1]], ASSETS[words[3]])
    assert world.balances().get(key, (0, 0)) == (int(available), int(held or 0)), words


def check_tier(world: World, words: list[str]) -> None:
    (row,) = world.must(queries.QueryFeeTier(account_id=ACCOUNTS[words[1]]))
    told = [str(row.tier), f"{row.volume_units}+{row.today_units}"]
    assert told == words[2:], words


def check_orders(world: World, words: list[str]) -> None:
    rows = world.must(queries.QueryOpenOrders(account_id=ACCOUNTS[words[1]]))
    assert [row.order_id for row in rows] == [int(word) for word in words[2:]], words


def check_extreme(world: World, words: list[str]) -> None:
    command = queries.QueryOrder(account_id=ACCOUNTS[words[1]], order_id=int(words[2]))
    (row,) = world.must(command)
    assert [row.extreme_ticks, row.trigger_ticks] == [int(word) for word in words[3:]], words


def book(world: World) -> str:
    sides: dict[int, list[str]] = {1: [], 2: []}
    for side, ticks, lots, _ in world.depth():
        sides[side].append(f"{ticks}x{lots}")
    return f"{','.join(sides[2]) or '-'} / {','.join(sides[1]) or '-'}"


def auction(world: World) -> str:
    (row,) = world.must(queries.QueryAuction(instrument_id=1))
    surplus = f" {row.surplus_lots:+}" if row.surplus_lots else ""
    return f"{row.lots}@{row.ticks}{surplus}" if row.ticks else "-"
