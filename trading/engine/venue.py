"""The state of one tenant's venue, and the few changes that every handler is made of."""

from heapq import heappush

from trading.engine import codes, emit, limits, linking, rows
from trading.engine.book import Asset, Instrument
from trading.engine.closed import Closed
from trading.engine.fees import Fees
from trading.engine.order_list import OrderList
from trading.engine.quotes import Protection, Quotes
from trading.engine.reserves import Reserves
from trading.engine.rules import waits_for_rise
from trading.engine.step import Step
from trading.engine.store import Store
from trading.engine.trailing import Condition
from trading.engine.words import join, notional, units_of


class Venue:
    """Everything one tenant's engine state consists of; pure, changed only by handlers.

    ``number`` tells the shard's venues apart in its tables. ``keyed`` and ``unkeyed`` are the
    lately closed orders, with and without a client order id: a repeated id is answered with what
    became of the first order for as long as that is remembered.
    """

    def __init__(self, store: Store, number: int, tenant_id: int, code: bytes) -> None:
        self.store = store
        self.number = number
        self.tenant_id = tenant_id
        self.code = code
        self.assets: dict[int, Asset] = {}
        self.asset_list: list[Asset] = []  # by Asset.index
        self.instruments: dict[int, Instrument] = {}
        self.instrument_list: list[Instrument] = []  # by Instrument.index
        self.near_instruments: list[Instrument | None] = []  # by id, as far as ids are small
        self.accounts: dict[int, int] = {}  # handle by id
        self.trade_groups: dict[int, int] = {}  # party by id
        self.fees = Fees()
        self.fee_account = 0
        self.last_order_id = 0
        self.last_trade_id = 0
        self.open_orders = 0
        self.keyed = Closed(store)
        self.unkeyed = Closed(store)
        self.keyed_kept = limits.KEYED_ORDERS_KEPT
        self.keyed_kept_per_account = limits.KEYED_ORDERS_KEPT_PER_ACCOUNT
        self.unkeyed_kept = limits.UNKEYED_ORDERS_KEPT
        self.expiries: dict[int, int] = {}  # when GTD and DAY orders end, by order id
        self.hidden = Reserves(store)  # what icebergs do not show
        # What orders wait for, or will when they are released, beyond a last price, by order id.
        self.conditions: dict[int, Condition] = {}
        self.lists: dict[int, OrderList] = {}  # of the orders that belong to one, by order id
        self.list_ids: dict[tuple[int, int], int] = {}  # by account handle and client key
        # What cancels orders by itself, by (account id, instrument id or 0 for all): when the
        # cancel timer runs out, and what goes with a connection.
        self.cancel_timers: dict[tuple[int, int], int] = {}
        self.armed: dict[tuple[int, int], int] = {}
        self.quotes = Quotes(store)
        self.protections: dict[tuple[int, int], Protection] = {}

    # Accounts, instruments and orders by id.

    def account(self, account_id: int) -> int:
        """The account with this id, or 0."""
        return self.store.account_ids.find(self.number, account_id) * rows.ACCOUNT_WIDTH

    def instrument(self, instrument_id: int) -> Instrument | None:
        """The instrument with this id."""
        if 0 <= instrument_id < len(self.near_instruments):
            return self.near_instruments[instrument_id]
        return self.instruments.get(instrument_id)

    def instrument_of(self, order: int) -> Instrument:
        """The instrument of an order."""
        terms = self.store.orders[order + rows.ORDER_TERMS]
        index = terms >> rows.TERMS_INSTRUMENT_SHIFT & rows.MOST_INSTRUMENTS
        return self.instrument_list[index]

    def add_instrument(self, instrument: Instrument) -> int:
        """Make a new instrument findable."""
        self.instruments[instrument.instrument_id] = instrument
        self.instrument_list.append(instrument)
        if instrument.instrument_id < rows.NEAR_INSTRUMENTS:
            while len(self.near_instruments) <= instrument.instrument_id:
                number = len(self.near_instruments)
                self.near_instruments.append(self.instruments.get(number))
            self.near_instruments[instrument.instrument_id] = instrument
        self.fees.revision += 1  # it may say what others are worth
        instrument.forget_rates(len(self.fees.class_groups))
        return 0

    def add_account(
        self,
        account_id: int,
        group_id: int,
        trade_group_id: int,
        role: int,
        state: int,
    ) -> int:
        """Make a new account."""
        account = self.store.new_account()
        accounts = self.store.accounts
        accounts[account + rows.ACCOUNT_ID] = account_id
        accounts[account + rows.ACCOUNT_STATE] = state
        accounts[account + rows.ACCOUNT_FEE_CLASS] = self.fee_class(group_id, 0)
        accounts[account + rows.ACCOUNT_PARTY] = self.party(account, trade_group_id)
        accounts[account + rows.ACCOUNT_GROUP] = group_id
        accounts[account + rows.ACCOUNT_TRADE_GROUP] = trade_group_id
        accounts[account + rows.ACCOUNT_ROLE] = role
        self.accounts[account_id] = account
        accounts[account + rows.ACCOUNT_VENUE] = self.number
        self.store.account_ids.add(account // rows.ACCOUNT_WIDTH)
        if role == codes.ACCOUNT_ROLE_HOUSE_FEES:
            self.fee_account = account
        return account

    def order(self, order_id: int) -> int:
        """The order with this id, resting or lately closed; or 0."""
        return self.store.order_ids.find(self.number, order_id) * rows.ORDER_WIDTH

    def order_by_client_key(self, account: int, client_key: int) -> int:
        """The account's order with this client key, resting or lately closed; or 0."""
        scope = account // rows.ACCOUNT_WIDTH
        return self.store.client_keys.find(scope, client_key) * rows.ORDER_WIDTH

    def client_key_of(self, order: int) -> int:
        """The client key an order was placed with, or 0."""
        if self.store.orders[order + rows.ORDER_TERMS] & rows.TERMS_KEYED == 0:
            return 0
        row = order // rows.ORDER_WIDTH
        return self.store.keys[row * rows.CLIENT_WIDTH + rows.CLIENT_KEY]

    def remember(self, order: int, client_key: int) -> int:
        """Make an order findable by its id and its client key."""
        row = order // rows.ORDER_WIDTH
        self.store.order_ids.add(row)
        if client_key != 0:
            scope = self.store.orders[order + rows.ORDER_ACCOUNT] // rows.ACCOUNT_WIDTH
            self.store.keys[row * rows.CLIENT_WIDTH + rows.CLIENT_KEY] = client_key
            self.store.keys[row * rows.CLIENT_WIDTH + rows.CLIENT_SCOPE] = scope
            self.store.client_keys.add(row)
        return 0

    def forget(self, order: int) -> int:
        """The opposite of ``remember``; the order's row is free then."""
        row = order // rows.ORDER_WIDTH
        self.store.order_ids.remove(row)
        if self.store.orders[order + rows.ORDER_TERMS] & rows.TERMS_KEYED != 0:
            self.store.client_keys.remove(row)
        if self.store.orders[order + rows.ORDER_TERMS] & rows.TERMS_ICEBERG != 0:
            self.hidden.forget(order)
        if self.store.orders[order + rows.ORDER_TERMS] & rows.TERMS_LISTED != 0:
            linking.unlist(self, self.store.orders[order + rows.ORDER_ID])
        return self.store.free_order(order)

    # Lately closed orders.

    def keep_closed(self, order: int) -> int:
        """Remember a closed order; others are forgotten when there are too many."""
        if self.store.orders[order + rows.ORDER_TERMS] & rows.TERMS_KEYED == 0:
            self.unkeyed.append(order)
            if self.unkeyed.count > self.unkeyed_kept:
                self._drop_closed(self.unkeyed, self.unkeyed.oldest)
            return 0
        accounts = self.store.accounts
        orders = self.store.orders
        account = orders[order + rows.ORDER_ACCOUNT]
        newest = accounts[account + rows.ACCOUNT_CLOSED_NEWEST]
        orders[order + rows.ORDER_OLDER] = newest
        orders[order + rows.ORDER_NEWER] = 0
        if newest == 0:
            accounts[account + rows.ACCOUNT_CLOSED_OLDEST] = order
        else:
            orders[newest + rows.ORDER_NEWER] = order
        accounts[account + rows.ACCOUNT_CLOSED_NEWEST] = order
        accounts[account + rows.ACCOUNT_CLOSED_COUNT] += 1
        self.keyed.append(order)
        if accounts[account + rows.ACCOUNT_CLOSED_COUNT] > self.keyed_kept_per_account:
            self._drop_keyed(accounts[account + rows.ACCOUNT_CLOSED_OLDEST])
        elif self.keyed.count > self.keyed_kept:
            self._drop_keyed(self.keyed.oldest)
        return 0

    def _drop_closed(self, closed: Closed, order: int) -> int:
        closed.unlink(order)
        return self.forget(order)

    def _drop_keyed(self, order: int) -> int:
        """Drop an account's oldest closed order with a client key."""
        accounts = self.store.accounts
        orders = self.store.orders
        account = orders[order + rows.ORDER_ACCOUNT]
        newer = orders[order + rows.ORDER_NEWER]
        accounts[account + rows.ACCOUNT_CLOSED_OLDEST] = newer
        accounts[account + rows.ACCOUNT_CLOSED_COUNT] -= 1
        if newer == 0:
            accounts[account + rows.ACCOUNT_CLOSED_NEWEST] = 0
        else:
            orders[newer + rows.ORDER_OLDER] = 0
        return self._drop_closed(self.keyed, order)

    # When orders end.

    def set_timer(self, order_id: int, expire_ns: int) -> int:
        """Have a GTD or DAY order end when its time has come."""
        self.expiries[order_id] = expire_ns
        heappush(self.store.timers, (expire_ns, self.tenant_id, order_id))
        return 0

    # Waiting outside the book.

    def set_alarm(self, order_id: int, trigger_ns: int) -> int:
        """Have a waiting order looked at when its time has come."""
        heappush(self.store.timers, (trigger_ns, self.tenant_id, order_id))
        return 0

    def condition_of(self, order: int) -> Condition | None:
        """What an order waits for, or will, if that is more than a last price."""
        return self.conditions.get(self.store.orders[order + rows.ORDER_ID])

    def stop_waiting(self, order: int, instrument: Instrument) -> int:
        """Take a waiting order from where it waits."""
        orders = self.store.orders
        level = orders[order + rows.ORDER_LEVEL]
        terms = orders[order + rows.ORDER_TERMS]
        order_type = terms >> rows.TERMS_TYPE_SHIFT & 255
        condition = self.condition_of(order)
        ladder = instrument.queue_of(order_type, waits_for_rise(terms), condition)
        if condition is not None:
            if condition.trail is not None:
                instrument.stop_trailing(condition, terms & 15 == codes.SIDE_BUY)
            self.conditions.pop(orders[order + rows.ORDER_ID], None)
        instrument.waiting_orders -= 1
        return ladder.take(level, order)

    def stop_pending(self, order: int, instrument: Instrument) -> int:
        """A pending order waits no more for the first of its list, nor for what would follow."""
        instrument.waiting_orders -= 1
        self.conditions.pop(self.store.orders[order + rows.ORDER_ID], None)
        return 0

    # Resting and leaving the book.

    def rest(self, order: int, instrument: Instrument, step: Step) -> int:
        """What is left of an order comes to rest; from here on funds are held for all of it."""
        orders = self.store.orders
        account = orders[order + rows.ORDER_ACCOUNT]
        lots = orders[order + rows.ORDER_LEAVES]
        ticks = orders[order + rows.ORDER_TICKS]
        side = orders[order + rows.ORDER_TERMS] & 15
        if side == codes.SIDE_BUY:
            units = notional(lots, ticks, instrument.factor)
            self.store.hold(account, instrument.quote.index, units)
            level = instrument.bids.level_at(ticks)
        else:
            units = units_of(lots, instrument.lot_units)
            self.store.hold(account, instrument.base.index, units)
            level = instrument.asks.level_at(ticks)
        reserve = 0
        if orders[order + rows.ORDER_TERMS] & rows.TERMS_ICEBERG != 0:
            reserve = self.hidden.split(order, instrument, level)
        self.store.append(level, order)
        instrument.open_lots += lots
        place = emit.order_rested(
            step.out,
            orders[order + rows.ORDER_ID],
            self.store.accounts[account + rows.ACCOUNT_ID],
            instrument.instrument_id,
            side,
            lots,
            ticks,
            reserve,
        )
        return step.out.cut_last(place)

    def enter(self, order: int, instrument: Instrument) -> int:
        """Put an order that stays open into its account's queue and the counts."""
        orders = self.store.orders
        accounts = self.store.accounts
        account = orders[order + rows.ORDER_ACCOUNT]
        newest = accounts[account + rows.ACCOUNT_NEWEST]
        orders[order + rows.ORDER_OLDER] = newest
        orders[order + rows.ORDER_NEWER] = 0
        if newest == 0:
            accounts[account + rows.ACCOUNT_OLDEST] = order
        else:
            orders[newest + rows.ORDER_NEWER] = order
        accounts[account + rows.ACCOUNT_NEWEST] = order
        self.store.parties[accounts[account + rows.ACCOUNT_PARTY]] += 1
        instrument.open_orders += 1
        self.open_orders += 1
        return 0

    def leave(self, order: int, instrument: Instrument) -> int:
        """Take an order out of its account's queue and the counts."""
        orders = self.store.orders
        accounts = self.store.accounts
        account = orders[order + rows.ORDER_ACCOUNT]
        older = orders[order + rows.ORDER_OLDER]
        newer = orders[order + rows.ORDER_NEWER]
        if older == 0:
            accounts[account + rows.ACCOUNT_OLDEST] = newer
        else:
            orders[older + rows.ORDER_NEWER] = newer
        if newer == 0:
            accounts[account + rows.ACCOUNT_NEWEST] = older
        else:
            orders[newer + rows.ORDER_OLDER] = older
        self.store.parties[accounts[account + rows.ACCOUNT_PARTY]] -= 1
        instrument.open_orders -= 1
        self.open_orders -= 1
        return 0

    def release(self, order: int, instrument: Instrument, lots: int) -> int:
        """Give back the hold for some lots of a resting order."""
        orders = self.store.orders
        account = orders[order + rows.ORDER_ACCOUNT]
        if orders[order + rows.ORDER_TERMS] & 15 == codes.SIDE_BUY:
            units = notional(lots, orders[order + rows.ORDER_TICKS], instrument.factor)
            return self.store.hold(account, instrument.quote.index, -units)
        units = units_of(lots, instrument.lot_units)
        return self.store.hold(account, instrument.base.index, -units)

    def close_open(self, order: int, instrument: Instrument, status: int, step: Step) -> int:
        """End a resting order that still has lots open, or one that waits; holds are released."""
        orders = self.store.orders
        lots = orders[order + rows.ORDER_LEAVES]
        level = orders[order + rows.ORDER_LEVEL]
        rested = 0
        reserve = 0
        if orders[order + rows.ORDER_STATUS] == codes.ORDER_STATUS_WAITING:
            self.stop_waiting(order, instrument)
        elif orders[order + rows.ORDER_STATUS] == codes.ORDER_STATUS_PENDING:
            self.stop_pending(order, instrument)
        else:
            rested = 1
            if orders[order + rows.ORDER_TERMS] & rows.TERMS_ICEBERG != 0:
                reserve = self.hidden.take(order, instrument, limits.MAX_LOTS)
                lots += reserve
            self.release(order, instrument, lots)
            if orders[order + rows.ORDER_TERMS] & 15 == codes.SIDE_BUY:
                instrument.bids.take(level, order)
            else:
                instrument.asks.take(level, order)
        instrument.open_lots -= lots
        self.leave(order, instrument)
        return self.close(order, instrument, lots, reserve, rested, status, step)

    def close(
        self,
        order: int,
        instrument: Instrument,
        leaves: int,
        reserve: int,
        rested: int,
        status: int,
        step: Step,
    ) -> int:
        """The end of every order: its event, and its place among the lately closed."""
        orders = self.store.orders
        orders[order + rows.ORDER_STATUS] = status
        orders[order + rows.ORDER_LEAVES] = leaves
        orders[order + rows.ORDER_LEVEL] = 0
        place = emit.order_closed(
            step.out,
            orders[order + rows.ORDER_ID],
            self.store.accounts[orders[order + rows.ORDER_ACCOUNT] + rows.ACCOUNT_ID],
            instrument.instrument_id,
            orders[order + rows.ORDER_TERMS] & 15,
            rested,
            status,
            orders[order + rows.ORDER_TICKS],
            leaves,
            orders[order + rows.ORDER_CUMULATIVE_LOTS],
            join(
                orders[order + rows.ORDER_CUMULATIVE_QUOTE],
                orders[order + rows.ORDER_CUMULATIVE_QUOTE + 1],
            ),
            step.by_order_id,
            reserve,
        )
        step.out.cut_zeros(place)
        terms = orders[order + rows.ORDER_TERMS]
        if terms >> rows.TERMS_TIME_IN_FORCE_SHIFT & 255 >= codes.TIME_IN_FORCE_GTD:  # or DAY
            self.expiries.pop(orders[order + rows.ORDER_ID], None)
        if terms & rows.TERMS_QUOTE != 0:
            self.quotes.drop(order)
        if terms & rows.TERMS_LISTED != 0:
            return linking.close_leg(self, order, step)
        return self.keep_closed(order)

    def reduce_open(
        self, order: int, instrument: Instrument, lots: int, reason: int, step: Step
    ) -> int:
        """Take some, not all, lots off an open order; it keeps its time priority."""
        orders = self.store.orders
        rested = 0
        reserve = 0
        if orders[order + rows.ORDER_STATUS] != codes.ORDER_STATUS_WAITING:
            rested = 1
            self.release(order, instrument, lots)
        # Of an iceberg those that are not shown go first; but what was prevented was shown.
        if (
            orders[order + rows.ORDER_TERMS] & rows.TERMS_ICEBERG != 0
            and reason == codes.REDUCE_REASON_REQUESTED
        ):
            reserve = self.hidden.take(order, instrument, lots)
        orders[order + rows.ORDER_LEAVES] -= lots - reserve
        self.store.levels[orders[order + rows.ORDER_LEVEL] + rows.LEVEL_LOTS] -= lots - reserve
        instrument.open_lots -= lots
        leaves = self.hidden.leaves_of(order)
        return self.write_reduced(order, instrument, lots, leaves, reserve, rested, reason, step)

    def write_reduced(
        self,
        order: int,
        instrument: Instrument,
        lots: int,
        leaves: int,
        reserve: int,
        rested: int,
        reason: int,
        step: Step,
    ) -> int:
        """Tell that lots were taken off an order without a trade; ``reserve`` were not shown."""
        orders = self.store.orders
        place = emit.order_reduced(
            step.out,
            orders[order + rows.ORDER_ID],
            self.store.accounts[orders[order + rows.ORDER_ACCOUNT] + rows.ACCOUNT_ID],
            instrument.instrument_id,
            orders[order + rows.ORDER_TERMS] & 15,
            rested,
            reason,
            lots,
            leaves,
            orders[order + rows.ORDER_TICKS],
            reserve,
        )
        return step.out.cut_last(place)

    # Fees.

    def maker_ppm(self, account: int, instrument: Instrument) -> int:
        """What an account pays for making, in parts per million of what it receives."""
        index = self.store.accounts[account + rows.ACCOUNT_FEE_CLASS]
        if instrument.rates[2 * index] < 0:
            self.fees.look_up(index, instrument)
        return instrument.rates[2 * index]

    def taker_ppm(self, account: int, instrument: Instrument) -> int:
        """What an account pays for taking, in parts per million of what it receives."""
        index = self.store.accounts[account + rows.ACCOUNT_FEE_CLASS]
        if instrument.rates[2 * index] < 0:
            self.fees.look_up(index, instrument)
        return instrument.rates[2 * index + 1]

    def fees_changed(self) -> int:
        """Forget every looked-up fee."""
        for instrument in self.instrument_list:
            instrument.forget_rates(len(self.fees.class_groups))
        return 0

    # Groups.

    def fee_class(self, group_id: int, tier: int) -> int:
        """The index of a fee class, made on demand."""
        key = (group_id, tier)
        index = self.fees.classes.get(key)
        if index is None:
            index = len(self.fees.class_groups)
            self.fees.classes[key] = index
            self.fees.class_groups.append(group_id)
            self.fees.class_tiers.append(tier)
            self.fees_changed()
        return index

    def party(self, account: int, trade_group_id: int) -> int:
        """The party of a trade group, made on demand; for 0 the account's own."""
        if trade_group_id == 0:
            return account // rows.ACCOUNT_WIDTH
        party = self.trade_groups.get(trade_group_id)
        if party is None:
            party = self.store.new_party()
            self.trade_groups[trade_group_id] = party
        return party
