"""The part of the reference model that keeps assets, instruments, fees, accounts and funds."""

import copy
from dataclasses import dataclass, field
from typing import Any, Self

from trading.engine import commands as c
from trading.engine import events as e
from trading.engine.enums import AccountState, FundsReason, InstrumentState
from trading.engine.results import Result

BIGGEST_AMOUNT = int("9" * 38)
BIGGEST_LOTS = BIGGEST_TICKS = 1_000_000_000_000_000


class Refused(Exception):
    def __init__(self, result: Result) -> None:
        self.result = result


def legs_of(command: c.RecordEntry) -> list[tuple[int, int, int]]:
    """(line, asset, units) of each leg, as far as there is anything in them."""
    names = ("line", "asset_id", "amount_units")
    legs = []
    for n in range(1, 9):
        line, asset, units = (getattr(command, f"{name}_{n}") for name in names)
        legs.append((line, asset, units))
    while legs and not any(legs[-1]):
        legs.pop()
    return legs


@dataclass
class ReferenceBooks:
    """Who there is, what is traded, and what everybody booked."""

    code: str
    seq: int = 0
    time_ns: int = 0
    assets: dict[int, c.CreateAsset] = field(default_factory=dict)
    instruments: dict[int, dict[str, Any]] = field(default_factory=dict)
    accounts: dict[int, dict[str, int]] = field(default_factory=dict)
    fees: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    booked: dict[tuple[int, int], int] = field(default_factory=dict)
    events: list[Any] = field(default_factory=list)

    def copied(self) -> Self:
        """The same world once more: what is done to one is not seen in the other. Every table is
        copied here; whose rows change has them copied by the part that keeps it.
        """
        other = copy.copy(self)
        for name, table in vars(self).items():
            if isinstance(table, (dict, list, set)):
                setattr(other, name, table.copy())
        other.accounts = {number: row.copy() for number, row in self.accounts.items()}
        other.instruments = {
            number: {**rules, "prices": tuple(prices.copy() for prices in rules["prices"])}
            for number, rules in self.instruments.items()
        }
        return other

    def enter_state(self, instrument_id: int) -> None:
        raise NotImplementedError

    def open_orders(self, instrument_id: int | None = None) -> list[Any]:
        raise NotImplementedError

    def available(self, account_id: int, asset_id: int) -> int:
        raise NotImplementedError

    def fire(self, instrument_id: int) -> None:
        raise NotImplementedError

    def supply(self, asset_id: int) -> int:
        return sum(units for (_, asset), units in self.booked.items() if asset == asset_id)

    def on_CreateAsset(self, command: c.CreateAsset) -> None:
        if command.asset_id <= 0 or not 0 <= command.scale <= 18 or not command.code:
            raise Refused(Result.FIELD_OUT_OF_RANGE)
        if command.asset_id in self.assets:
            raise Refused(Result.ASSET_EXISTS)
        self.assets[command.asset_id] = command
        self.events.append(
            e.AssetCreated(asset_id=command.asset_id, scale=command.scale, code=command.code)
        )

    def check_rules(self, command: c.CreateInstrument | c.ChangeInstrument) -> None:
        if command.base_asset_id not in self.assets or command.quote_asset_id not in self.assets:
            raise Refused(Result.UNKNOWN_ASSET)
        most = command.max_lots or BIGGEST_LOTS
        whole = 10 ** self.assets[command.base_asset_id].scale
        fits = (
            command.base_asset_id != command.quote_asset_id
            and command.tick_units > 0
            and command.lot_units > 0
            and command.tick_units * command.lot_units % whole == 0
            and 0 <= command.min_lots <= most
            and 0 <= command.max_lots <= BIGGEST_LOTS
            and command.min_notional_units >= 0
            and command.max_notional_units >= 0
            and (
                command.max_notional_units == 0
                or command.min_notional_units <= command.max_notional_units
            )
            and 0 <= command.price_band_bp <= 1_000_000
        )
        if not fits:
            raise Refused(Result.BAD_INSTRUMENT_RULES)
        for ppm in (command.maker_ppm, command.taker_ppm):
            if not 0 <= ppm <= 1_000_000:
                raise Refused(Result.BAD_FEE)

    def rules_of(self, command: c.CreateInstrument | c.ChangeInstrument) -> dict[str, Any]:
        rules = {name: getattr(command, name) for name, _ in command.FIELDS}
        whole = 10 ** self.assets[command.base_asset_id].scale
        rules["factor"] = command.tick_units * command.lot_units // whole
        return rules

    def on_CreateInstrument(self, command: c.CreateInstrument) -> None:
        if command.instrument_id <= 0 or command.state not in list(InstrumentState):
            raise Refused(Result.FIELD_OUT_OF_RANGE)
        if command.instrument_id in self.instruments:
            raise Refused(Result.INSTRUMENT_EXISTS)
        self.check_rules(command)
        rules = self.rules_of(command)
        self.instruments[command.instrument_id] = {
            **rules,
            "last": 0,
            "reference": 0,
            "session_ends": 0,
            "reopens": 0,
            "breaker": None,
            "window": (0, 0),
            "prices": ([], [], []),  # all there were, by source
        }
        fields = {name: getattr(command, name) for name, _ in command.FIELDS}
        self.events.append(e.InstrumentCreated(**fields))

    def on_ChangeInstrument(self, command: c.ChangeInstrument) -> None:
        if command.instrument_id <= 0 or command.state not in [0, *InstrumentState]:
            raise Refused(Result.FIELD_OUT_OF_RANGE)
        if command.instrument_id not in self.instruments:
            raise Refused(Result.UNKNOWN_INSTRUMENT)
        self.check_rules(command)
        old = self.instruments[command.instrument_id]
        price_steps = ("base_asset_id", "quote_asset_id", "tick_units")
        moved = any(old[name] != getattr(command, name) for name in price_steps)
        if self.open_orders(command.instrument_id) and (
            moved or old["lot_units"] != command.lot_units
        ):
            raise Refused(Result.OPEN_ORDERS_EXIST)
        state = command.state or old["state"]
        is_new_state = state != old["state"]
        old.update(self.rules_of(command), state=state)
        if moved:
            old.update(last=0, reference=0, prices=([], [], []))
        fields = {name: getattr(command, name) for name, _ in command.FIELDS}
        fields["state"] = state
        self.events.append(e.InstrumentChanged(**fields))
        if is_new_state:
            self.enter_state(command.instrument_id)
        self.fire(command.instrument_id)

    def on_SetReferencePrice(self, command: c.SetReferencePrice) -> None:
        if command.instrument_id not in self.instruments:
            raise Refused(Result.UNKNOWN_INSTRUMENT)
        if not 0 < command.ticks <= BIGGEST_TICKS:
            raise Refused(Result.BAD_PRICE)
        self.instruments[command.instrument_id]["reference"] = command.ticks
        self.events.append(
            e.ReferencePriceSet(instrument_id=command.instrument_id, ticks=command.ticks)
        )

    def on_SetFees(self, command: c.SetFees) -> None:
        if command.group_id < 0:
            raise Refused(Result.FIELD_OUT_OF_RANGE)
        if command.instrument_id != 0 and command.instrument_id not in self.instruments:
            raise Refused(Result.UNKNOWN_INSTRUMENT)
        key = (command.group_id, command.instrument_id)
        if command.maker_ppm == -1:
            self.fees.pop(key, None)
        else:
            for ppm in (command.maker_ppm, command.taker_ppm):
                if not 0 <= ppm <= 1_000_000:
                    raise Refused(Result.BAD_FEE)
            self.fees[key] = (command.maker_ppm, command.taker_ppm)
        fields = {name: getattr(command, name) for name, _ in command.FIELDS}
        self.events.append(e.FeesChanged(**fields))

    def on_CreateAccount(self, command: c.CreateAccount) -> None:
        if (
            command.account_id <= 0
            or command.group_id < 0
            or command.trade_group_id < 0
            or command.state not in list(AccountState)
            or command.role not in (0, 1, 2, 3)
        ):
            raise Refused(Result.FIELD_OUT_OF_RANGE)
        if command.account_id in self.accounts:
            raise Refused(Result.ACCOUNT_EXISTS)
        if command.role == 1 and any(a["role"] == 1 for a in self.accounts.values()):
            raise Refused(Result.ACCOUNT_EXISTS)
        fields = {name: getattr(command, name) for name, _ in command.FIELDS}
        self.accounts[command.account_id] = dict(fields)
        self.events.append(e.AccountCreated(**fields))

    def on_ChangeAccount(self, command: c.ChangeAccount) -> None:
        if (
            command.group_id < 0
            or command.trade_group_id < 0
            or command.state not in list(AccountState)
        ):
            raise Refused(Result.FIELD_OUT_OF_RANGE)
        if command.account_id not in self.accounts:
            raise Refused(Result.UNKNOWN_ACCOUNT)
        fields = {name: getattr(command, name) for name, _ in command.FIELDS}
        self.accounts[command.account_id].update(fields)
        self.events.append(e.AccountChanged(**fields))

    def on_CreditFunds(self, command: c.CreditFunds) -> None:
        self.check_funds(command)
        if command.amount_units <= 0:
            raise Refused(Result.BAD_AMOUNT)
        if self.supply(command.asset_id) + command.amount_units > BIGGEST_AMOUNT:
            raise Refused(Result.BAD_AMOUNT)
        self.book(command.account_id, command.asset_id, command.amount_units)
        fields = {name: getattr(command, name) for name, _ in command.FIELDS}
        balance = self.booked[command.account_id, command.asset_id]
        self.events.append(e.FundsCredited(balance_units=balance, **fields))

    def on_DebitFunds(self, command: c.DebitFunds) -> None:
        self.check_funds(command)
        if command.amount_units <= 0:
            raise Refused(Result.BAD_AMOUNT)
        if self.available(command.account_id, command.asset_id) < command.amount_units:
            raise Refused(Result.INSUFFICIENT_FUNDS)
        self.book(command.account_id, command.asset_id, -command.amount_units)
        fields = {name: getattr(command, name) for name, _ in command.FIELDS}
        balance = self.booked[command.account_id, command.asset_id]
        self.events.append(e.FundsDebited(balance_units=balance, **fields))

    def on_RecordEntry(self, command: c.RecordEntry) -> None:
        if not 0 < command.entry_kind < 32_768 or command.reverses_id < 0:
            raise Refused(Result.FIELD_OUT_OF_RANGE)
        if not 0 <= command.value_ns <= self.time_ns:
            raise Refused(Result.BAD_VALUE_TIME)
        legs = legs_of(command)
        for leg in legs:
            if not any(leg):
                raise Refused(Result.BAD_ENTRY_LEGS)
            line, asset, units = leg
            if not 65_536 <= line < 2**31:
                raise Refused(Result.NOT_A_HOUSE_LINE)
            if asset not in self.assets:
                raise Refused(Result.UNKNOWN_ASSET)
            if units == 0 or abs(units) > 10**32:
                raise Refused(Result.BAD_AMOUNT)
        if len(legs) < 2:
            raise Refused(Result.BAD_ENTRY_LEGS)
        for asset in self.assets:
            if sum(units for _, where, units in legs if where == asset) != 0:
                raise Refused(Result.ENTRY_UNBALANCED)
        fields = {name: getattr(command, name) for name, _ in command.FIELDS}
        self.events.append(e.EntryRecorded(**fields))

    def check_may_cancel(self, account_id: int) -> None:
        if account_id not in self.accounts:
            raise Refused(Result.UNKNOWN_ACCOUNT)
        if self.accounts[account_id]["state"] == AccountState.SUSPENDED:
            raise Refused(Result.ACCOUNT_SUSPENDED)

    def check_may_trade(self, account_id: int) -> None:
        self.check_may_cancel(account_id)
        if self.accounts[account_id]["state"] == AccountState.CANCEL_ONLY:
            raise Refused(Result.ACCOUNT_CANCEL_ONLY)

    def check_funds(self, command: c.CreditFunds | c.DebitFunds) -> None:
        if command.reason not in list(FundsReason) or command.reverses_id < 0:
            raise Refused(Result.FIELD_OUT_OF_RANGE)
        if not 0 <= command.against < 2**31:
            raise Refused(Result.FIELD_OUT_OF_RANGE)
        if command.account_id not in self.accounts:
            raise Refused(Result.UNKNOWN_ACCOUNT)
        if command.asset_id not in self.assets:
            raise Refused(Result.UNKNOWN_ASSET)

    def book(self, account_id: int, asset_id: int, units: int) -> None:
        key = (account_id, asset_id)
        self.booked[key] = self.booked.get(key, 0) + units

    def check_quantity(
        self, rules: dict[str, Any], lots: int, quote_units: int, by_quote_allowed: bool
    ) -> None:
        if lots < 0 or quote_units < 0:
            raise Refused(Result.BAD_QUANTITY)
        if (lots == 0) == (quote_units == 0) or (quote_units and not by_quote_allowed):
            raise Refused(Result.BAD_QUANTITY)
        if lots and lots < rules["min_lots"]:
            raise Refused(Result.BELOW_MINIMUM_QUANTITY)
        open_lots = sum(order.leaves for order in self.open_orders(rules["instrument_id"]))
        if lots > (rules["max_lots"] or BIGGEST_LOTS) or lots + open_lots > 4 * 10**18:
            raise Refused(Result.ABOVE_MAXIMUM_QUANTITY)

    def check_price(self, rules: dict[str, Any], ticks: int, priced: bool) -> None:
        if not priced:
            if ticks != 0:
                raise Refused(Result.BAD_PRICE)
            return
        if not 0 < ticks <= BIGGEST_TICKS:
            raise Refused(Result.BAD_PRICE)
        if not self.inside_band(rules, ticks):
            raise Refused(Result.OUTSIDE_PRICE_BAND)

    @staticmethod
    def check_notional(rules: dict[str, Any], notional: int) -> None:
        if notional < rules["min_notional_units"]:
            raise Refused(Result.BELOW_MINIMUM_NOTIONAL)
        if notional > (rules["max_notional_units"] or BIGGEST_AMOUNT):
            raise Refused(Result.ABOVE_MAXIMUM_NOTIONAL)

    @staticmethod
    def inside_band(rules: dict[str, Any], ticks: int) -> bool:
        reference = rules["last"] or rules["reference"]
        if not rules["price_band_bp"] or not reference:
            return True
        return bool(abs(ticks - reference) * 10_000 <= reference * rules["price_band_bp"])
