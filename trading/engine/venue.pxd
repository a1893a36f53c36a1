cimport cython

from trading.engine.book cimport Asset, Instrument, Ladder
from trading.engine.closed cimport Closed
from trading.engine.fees cimport Fees
from trading.engine.quotes cimport Protection, Quotes
from trading.engine.reserves cimport Reserves
from trading.engine.step cimport Step
from trading.engine.store cimport Store
from trading.engine.trailing cimport Condition
from trading.engine.words cimport FAILED, i128

@cython.final
cdef class Venue:
    cdef readonly Store store
    cdef readonly long long number
    cdef readonly long long tenant_id
    cdef readonly bytes code
    cdef readonly dict assets
    cdef readonly list asset_list
    cdef readonly dict instruments
    cdef readonly list instrument_list
    cdef readonly list near_instruments
    cdef readonly dict accounts
    cdef readonly dict trade_groups
    cdef readonly Fees fees
    cdef readonly long long fee_account
    cdef readonly long long last_order_id
    cdef readonly long long last_trade_id
    cdef readonly long long open_orders
    cdef readonly Closed keyed
    cdef readonly Closed unkeyed
    cdef public long long keyed_kept
    cdef public long long keyed_kept_per_account
    cdef public long long unkeyed_kept
    cdef readonly dict expiries
    cdef readonly dict conditions
    cdef readonly Reserves hidden
    cdef readonly dict lists
    cdef readonly dict list_ids
    cdef readonly dict cancel_timers
    cdef readonly dict armed
    cdef Quotes quotes
    cdef readonly dict protections

    cdef long long account(self, long long account_id) except? FAILED
    cdef Instrument instrument(self, long long instrument_id)
    cdef Instrument instrument_of(self, long long order)
    cdef long long add_instrument(self, Instrument instrument) except? FAILED
    cdef long long add_account(
        self,
        long long account_id,
        long long group_id,
        long long trade_group_id,
        long long role,
        long long state,
    ) except? FAILED
    cdef long long order(self, long long order_id) except? FAILED
    cdef long long order_by_client_key(self, long long account, long long client_key) except? FAILED
    cdef long long client_key_of(self, long long order) except? FAILED
    cdef long long remember(self, long long order, long long client_key) except? FAILED
    cdef long long forget(self, long long order) except? FAILED
    cdef long long keep_closed(self, long long order) except? FAILED
    cdef long long _drop_closed(self, Closed closed, long long order) except? FAILED
    cdef long long _drop_keyed(self, long long order) except? FAILED
    cdef long long set_timer(self, long long order_id, long long expire_ns) except? FAILED
    cdef long long set_alarm(self, long long order_id, long long trigger_ns) except? FAILED
    cdef Condition condition_of(self, long long order)
    @cython.locals(ladder=Ladder, condition=Condition)
    cdef long long stop_waiting(self, long long order, Instrument instrument) except? FAILED
    cdef long long stop_pending(self, long long order, Instrument instrument) except? FAILED
    cdef long long rest(self, long long order, Instrument instrument, Step step) except? FAILED
    cdef long long enter(self, long long order, Instrument instrument) except? FAILED
    cdef long long leave(self, long long order, Instrument instrument) except? FAILED
    cdef long long release(self, long long order, Instrument instrument, long long lots) except? FAILED
    cdef long long close_open(
        self, long long order, Instrument instrument, long long status, Step step
    ) except? FAILED
    cdef long long close(
        self,
        long long order,
        Instrument instrument,
        long long leaves,
        long long reserve,
        long long rested,
        long long status,
        Step step,
    ) except? FAILED
    cdef long long reduce_open(
        self, long long order, Instrument instrument, long long lots, long long reason, Step step
    ) except? FAILED
    cdef long long write_reduced(
        self,
        long long order,
        Instrument instrument,
        long long lots,
        long long leaves,
        long long reserve,
        long long rested,
        long long reason,
        Step step,
    ) except? FAILED
    cdef long long maker_ppm(self, long long account, Instrument instrument) except? FAILED
    cdef long long taker_ppm(self, long long account, Instrument instrument) except? FAILED
    @cython.locals(instrument=Instrument)
    cdef long long fees_changed(self) except? FAILED
    cdef long long fee_class(self, long long group_id, long long tier) except? FAILED
    cdef long long party(self, long long account, long long trade_group_id) except? FAILED
