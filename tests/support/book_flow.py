"""Seeded commands of every kind that the books know: orders, money in and out, house entries."""

import random
from typing import Any

from traders import Traders
from trading.engine import commands
from trading.engine.enums import FundsReason

BANK, HOT_WALLET, COLD_WALLET, BROKER = (number << 16 for number in (3, 4, 6, 7))
SUSPENSE, IN_TRANSIT = (number << 16 for number in (20, 21))
CAPITAL, SPREADS, OTHER_INCOME = (number << 16 for number in (30, 40, 44))
NETWORK_FEES, BANK_FEES, WRITE_OFFS = (number << 16 for number in (60, 61, 67))
# (kind of entry, debited, credited)
OF_THE_HOUSE = (
    (50, BANK, SUSPENSE),
    (51, SUSPENSE, BANK),
    (52, IN_TRANSIT, HOT_WALLET),
    (54, NETWORK_FEES, HOT_WALLET),
    (55, BANK_FEES, BANK),
    (56, COLD_WALLET, HOT_WALLET),
    (57, BANK, CAPITAL),
    (59, BROKER, SPREADS),
    (60, WRITE_OFFS, OTHER_INCOME),
    (63, BANK, OTHER_INCOME),
)
REASONS = [reason for reason in FundsReason if reason != FundsReason.HOUSE_FUNDING]
# Reasons whose entries may name a custody account, and what else they may name.
NAMING = {
    FundsReason.DEPOSIT: (0, BANK, HOT_WALLET, SUSPENSE),
    FundsReason.WITHDRAWAL: (0, BANK, COLD_WALLET, IN_TRANSIT),
    FundsReason.TRANSFER: (0, BROKER),
}
MOVEMENTS = 0.04  # of all commands


def flow(traders: Traders, rng: random.Random, count: int) -> list[Any]:
    """So many commands of one tenant, in an order of their own."""
    moves = round(count * MOVEMENTS)
    made = traders.commands(rng, count - moves)
    for number in range(moves):
        made.insert(rng.randrange(len(made)), _movement(traders, rng, number))
    return made


def _movement(traders: Traders, rng: random.Random, number: int) -> Any:
    assets = sorted({pk for info in traders.instruments for pk in (info.base_id, info.quote_id)})
    asset_id, units = rng.choice(assets), rng.randint(1, 10**12)
    value_ns = rng.choice([0, 0, 1_700_000_000_000_000_000 + number * 10**9])
    if rng.random() < 0.3:
        kind, debited, credited = rng.choice(OF_THE_HOUSE)
        return commands.RecordEntry(
            entry_kind=kind,
            reference_id=number,
            value_ns=value_ns,
            line_1=debited,
            asset_id_1=asset_id,
            amount_units_1=units,
            line_2=credited,
            asset_id_2=asset_id,
            amount_units_2=-units,
        )
    reason = rng.choice(REASONS)
    kind_of = rng.choice([commands.CreditFunds, commands.CreditFunds, commands.DebitFunds])
    return kind_of(
        account_id=rng.choice(traders.account_ids),
        asset_id=asset_id,
        amount_units=units,
        reason=int(reason),
        reference_id=number,
        against=rng.choice(NAMING.get(reason, (0,))),
    )
