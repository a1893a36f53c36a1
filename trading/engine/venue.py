"""The state of one tenant's venue, and the few changes that every handler is made of."""

from typing import Final

from mypy_extensions import i64, mypyc_attr

from trading.engine import codec, codes, limits
from trading.engine.book import Account, Instrument, Order
from trading.engine.parties import Asset, FeeGroup, FeeRates, Party
from trading.engine.step import Step

_PAGE_BITS: Final = 7
_PAGE_ORDERS: Final = 128
# Ids up to here are looked up in a list; larger ones, if anybody makes such, in a dict.
_NEAR_ACCOUNTS: Final = 1 << 20
_NEAR_INSTRUMENTS: Final = 1 << 12


@mypyc_attr(acyclic=True)
class OrderPage:
    """128 neighbouring order ids."""

    __slots__ = ("slots", "used")

    def __init__(self) -> None:
        self.slots: list[Order | None] = [None] * _PAGE_ORDERS
        self.used: i64 = 0


@mypyc_attr(acyclic=True)
class Venue:
    """Everything one tenant's engine state consists of; pure, changed only by handlers."""

    __slots__ = (
        "accounts",
        "asset_list",
        "assets",
        "closed",
        "closed_kept",
        "closed_next",
        "code",
        "fee_account",
        "fee_groups",
        "fee_lines",
        "first_page",
        "instrument_list",
        "instruments",
        "last_order_id",
        "last_trade_id",
        "near_accounts",
        "near_instruments",
        "open_orders",
        "pages",
        "tenant_id",
        "trade_groups",
    )

    def __init__(self, tenant_id: i64, code: bytes) -> None:
        self.tenant_id = tenant_id
        self.code = code
        self.assets: dict[int, Asset] = {}
        self.asset_list: list[Asset] = []  # by Asset.index
        self.instruments: dict[int, Instrument] = {}
        self.instrument_list: list[Instrument] = []  # by Instrument.index
        self.near_instruments: list[Instrument | None] = []
        self.accounts: dict[int, Account] = {}
        self.near_accounts: list[Account | None] = []
        self.trade_groups: dict[int, Party] = {}
        self.fee_groups: dict[int, FeeGroup] = {}
        # Fee lines by (group_id, instrument_id); 0 stands for all.
        self.fee_lines: dict[tuple[int, int], FeeRates] = {}
        self.fee_account: Account | None = None
        self.last_order_id: i64 = 0
        self.last_trade_id: i64 = 0
        self.open_orders: i64 = 0
        # Orders by id: the page `first_page + i` is `pages[i]`, None once nothing is left of it.
        self.pages: list[OrderPage | None] = []
        self.first_page: i64 = 0
        # The lately closed orders: a ring, `closed_next` is the place of the oldest when full.
        self.closed: list[Order] = []
        self.closed_next: i64 = 0
        self.closed_kept: i64 = limits.CLOSED_ORDERS_KEPT

    # Accounts, instruments and orders by id.

    def account(self, account_id: i64) -> Account | None:
        """The account with this id."""
        if 0 <= account_id < len(self.near_accounts):
            return self.near_accounts[account_id]
        return self.accounts.get(account_id)

    def add_account(self, account: Account) -> None:
        """Make a new account findable."""
        account_id = account.account_id
        self.accounts[account_id] = account
        if account_id < _NEAR_ACCOUNTS:
            while len(self.near_accounts) <= account_id:
                self.near_accounts.append(self.accounts.get(len(self.near_accounts)))
            self.near_accounts[account_id] = account

    def instrument(self, instrument_id: i64) -> Instrument | None:
        """The instrument with this id."""
        if 0 <= instrument_id < len(self.near_instruments):
            return self.near_instruments[instrument_id]
        return self.instruments.get(instrument_id)

    def add_instrument(self, instrument: Instrument) -> None:
        """Make a new instrument findable."""
        instrument_id = instrument.instrument_id
        self.instruments[instrument_id] = instrument
        self.instrument_list.append(instrument)
        if instrument_id < _NEAR_INSTRUMENTS:
            while len(self.near_instruments) <= instrument_id:
                self.near_instruments.append(self.instruments.get(len(self.near_instruments)))
            self.near_instruments[instrument_id] = instrument

    def order(self, order_id: i64) -> Order | None:
        """The order with this id, resting or lately closed."""
        number: i64 = (order_id >> _PAGE_BITS) - self.first_page
        if number < 0 or number >= len(self.pages):
            return None
        page = self.pages[number]
        if page is None:
            return None
        return page.slots[order_id & (_PAGE_ORDERS - 1)]

    def remember(self, order: Order) -> None:
        """Make an order findable by its id and its client key."""
        pages = self.pages
        number: i64 = (order.order_id >> _PAGE_BITS) - self.first_page
        while len(pages) <= number:
            pages.append(None)
        page = pages[number]
        if page is None:
            page = OrderPage()
            pages[number] = page
        page.slots[order.order_id & (_PAGE_ORDERS - 1)] = order
        page.used += 1
        if order.client_key != 0:
            client_orders = order.account.client_orders
            if client_orders is None:
                client_orders = {}
                order.account.client_orders = client_orders
            client_orders[order.client_key] = order

    def start_pages(self, order_id: i64) -> None:
        """Begin the pages of an empty venue with the page of this id, the smallest known."""
        self.first_page = order_id >> _PAGE_BITS

    def forget(self, order: Order) -> None:
        """The opposite of ``remember``."""
        number: i64 = (order.order_id >> _PAGE_BITS) - self.first_page
        page = self.pages[number]
        assert page is not None
        page.slots[order.order_id & (_PAGE_ORDERS - 1)] = None
        page.used -= 1
        if page.used == 0:
            self.pages[number] = None
            if number == 0:
                self._drop_dead_pages()
        if order.client_key != 0:
            client_orders = order.account.client_orders
            if client_orders is not None:
                del client_orders[order.client_key]

    def _drop_dead_pages(self) -> None:
        """Shorten the list of pages by its dead front; the page of the last id stays."""
        dead: i64 = 0
        while dead < len(self.pages) - 1 and self.pages[dead] is None:
            dead += 1
        del self.pages[:dead]
        self.first_page += dead

    def keep_closed(self, order: Order) -> None:
        """Put a closed order into the ring; the oldest in it is forgotten when it is full."""
        if len(self.closed) < self.closed_kept:
            self.closed.append(order)
            return
        self.forget(self.closed[self.closed_next])
        self.closed[self.closed_next] = order
        self.closed_next += 1
        if self.closed_next == self.closed_kept:
            self.closed_next = 0

    # Resting and leaving the book.

    def rest(self, order: Order, step: Step) -> None:
        """What is left of an order comes to rest; its funds are held from here on."""
        account = order.account
        instrument = order.instrument
        lots = order.leaves_lots
        if order.side == codes.SIDE_BUY:
            units = int(lots) * int(order.ticks) * instrument.factor
            balance = account.balance(instrument.quote)
            instrument.bids.level_at(order.ticks).append(order)
        else:
            units = int(lots) * instrument.lot_units
            balance = account.balance(instrument.base)
            instrument.asks.level_at(order.ticks).append(order)
        balance.available_units -= units
        balance.held_units += units
        self.enter(order)
        codec.write_order_rested(
            step.out,
            order.order_id,
            account.account_id,
            instrument.instrument_id,
            lots,
            order.ticks,
            order.side,
        )
        step.event_count += 1

    def enter(self, order: Order) -> None:
        """Put an order that rests from now on into its account's queue and the counts."""
        account = order.account
        instrument = order.instrument
        newest = account.newest
        if newest is None:
            account.oldest = order
        else:
            newest.newer = order
            order.older = newest
        account.newest = order
        account.party.open_orders += 1
        instrument.open_orders += 1
        instrument.open_lots += order.leaves_lots
        self.open_orders += 1

    def leave(self, order: Order) -> None:
        """Take a resting order out of the book, its account's queue and the counts."""
        account = order.account
        instrument = order.instrument
        level = order.level
        assert level is not None
        level.unlink(order)
        if level.orders == 0:
            if order.side == codes.SIDE_BUY:
                instrument.bids.remove(level)
            else:
                instrument.asks.remove(level)
        older = order.older
        newer = order.newer
        if older is None:
            account.oldest = newer
        else:
            older.newer = newer
        if newer is None:
            account.newest = older
        else:
            newer.older = older
        order.older = None
        order.newer = None
        account.party.open_orders -= 1
        instrument.open_orders -= 1
        instrument.open_lots -= order.leaves_lots
        self.open_orders -= 1

    def release(self, order: Order, lots: i64) -> None:
        """Give back the hold for some lots of a resting order."""
        instrument = order.instrument
        if order.side == codes.SIDE_BUY:
            units = int(lots) * int(order.ticks) * instrument.factor
            balance = order.account.balance(instrument.quote)
        else:
            units = int(lots) * instrument.lot_units
            balance = order.account.balance(instrument.base)
        balance.held_units -= units
        balance.available_units += units

    def close_resting(self, order: Order, status: i64, step: Step) -> None:
        """End a resting order that still has lots open; its hold is released."""
        lots = order.leaves_lots
        self.release(order, lots)
        self.leave(order)
        self.close(order, lots, 1, status, step)

    def close(self, order: Order, leaves_lots: i64, rested: i64, status: i64, step: Step) -> None:
        """The end of every order: its event, and its place among the lately closed."""
        order.status = status
        order.leaves_lots = leaves_lots
        codec.write_order_closed(
            step.out,
            order.order_id,
            order.account.account_id,
            order.instrument.instrument_id,
            leaves_lots,
            order.ticks,
            order.side,
            rested,
            status,
            order.cumulative_lots,
            order.cumulative_quote_units,
        )
        step.event_count += 1
        self.keep_closed(order)

    def reduce_resting(self, order: Order, lots: i64, reason: i64, step: Step) -> None:
        """Take some, not all, lots off a resting order; it keeps its time priority."""
        level = order.level
        assert level is not None
        self.release(order, lots)
        order.leaves_lots -= lots
        level.lots -= lots
        order.instrument.open_lots -= lots
        write_reduced(order, lots, order.leaves_lots, 1, reason, step)

    # Fees.

    def fee_rates(self, group: FeeGroup, instrument: Instrument) -> FeeRates:
        """The fees a group pays in an instrument: its most special line."""
        rates_list = group.rates
        while len(rates_list) <= instrument.index:
            rates_list.append(None)
        rates = rates_list[instrument.index]
        if rates is None:
            rates = self._look_up_fees(group.group_id, instrument)
            rates_list[instrument.index] = rates
        return rates

    def _look_up_fees(self, group_id: i64, instrument: Instrument) -> FeeRates:
        group: int = int(group_id)
        number: int = int(instrument.instrument_id)
        rates = self.fee_lines.get((group, number))
        if rates is None:
            rates = self.fee_lines.get((group, 0))
        if rates is None:
            rates = self.fee_lines.get((0, number))
        if rates is None:
            rates = self.fee_lines.get((0, 0))
        if rates is None:
            rates = FeeRates(int(instrument.maker_ppm), int(instrument.taker_ppm))
        return rates

    def fees_changed(self) -> None:
        """Forget every looked-up fee."""
        for group in self.fee_groups.values():
            group.rates = []

    # Groups.

    def fee_group(self, group_id: i64) -> FeeGroup:
        """The fee group with this id, made on demand."""
        group = self.fee_groups.get(group_id)
        if group is None:
            group = FeeGroup(group_id)
            self.fee_groups[group_id] = group
        return group

    def party(self, trade_group_id: i64) -> Party:
        """The party of a trade group, made on demand; a new one of its own for 0."""
        if trade_group_id == 0:
            return Party()
        party = self.trade_groups.get(trade_group_id)
        if party is None:
            party = Party()
            self.trade_groups[trade_group_id] = party
        return party


def write_reduced(
    order: Order, lots: i64, leaves_lots: i64, rested: i64, reason: i64, step: Step
) -> None:
    """Tell that lots were taken off an order without a trade."""
    codec.write_order_reduced(
        step.out,
        order.order_id,
        order.account.account_id,
        order.instrument.instrument_id,
        lots,
        leaves_lots,
        order.ticks,
        order.side,
        rested,
        reason,
    )
    step.event_count += 1


def write_order_row(order: Order, step: Step) -> None:
    """Tell what an order is now; a row of an answer, not a fact of the journal."""
    codec.write_order_row(
        step.out,
        order.order_id,
        order.account.account_id,
        order.instrument.instrument_id,
        order.lots,
        order.leaves_lots,
        order.cumulative_lots,
        order.cumulative_quote_units,
        order.ticks,
        order.side,
        order.terms & 0xFF,
        order.terms >> 8,
        order.status,
        order.client_key,
        order.placed_seq,
    )
    step.event_count += 1
