cimport cython

from trading.engine.book cimport Asset, Instrument, Ladder
from trading.engine.closed cimport Closed
from trading.engine.order_list cimport OrderList
from trading.engine.reading cimport Reader
from trading.engine.store cimport Store
from trading.engine.trailing cimport Condition
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED, i128

@cython.final
cdef class Loaded:
    cdef readonly object seq
    cdef readonly object time_ns
    cdef readonly dict venues
    cdef readonly dict source_numbers

cpdef Loaded load_state(bytes data, Store store)
@cython.locals(venue=Venue)
cdef Loaded load_all(Reader reader, Store store)
@cython.locals(
    asset=Asset, instrument=Instrument, ladder=Ladder, handle="long long", order_id="long long"
)
cdef long long load_venue(Venue venue, Reader reader) except? FAILED
cdef long long load_condition(Venue venue, Reader reader, dict extremes) except? FAILED
@cython.locals(instrument=Instrument)
cdef long long load_pending(Venue venue, Reader reader, list opened) except? FAILED
@cython.locals(order_list=OrderList, position="long long")
cdef long long load_list(Venue venue, Reader reader) except? FAILED
@cython.locals(condition=Condition, trails=bint)
cdef long long check_pending_trigger(
    Venue venue, long long order, long long trigger_ticks
) except? FAILED
cdef long long load_timer(Venue venue, long long order_id, long long expire_ns) except? FAILED
cdef long long load_asset(Venue venue, Asset asset, Reader reader) except? FAILED
@cython.locals(instrument=Instrument, base=Asset, quote=Asset)
cdef long long load_instrument(Venue venue, long long index, Reader reader) except? FAILED
cdef long long load_account(Venue venue, Reader reader, list totals) except? FAILED
cdef long long load_order(Venue venue, Reader reader) except? FAILED
cdef bint are_terms(Venue venue, long long terms) except -1
cdef long long load_closed(Venue venue, Closed closed, Reader reader) except? FAILED
cdef long long load_ladder(
    Venue venue, Instrument instrument, Ladder ladder, Reader reader, list opened
) except? FAILED
