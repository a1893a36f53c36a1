cimport cython

from trading.engine.book cimport Instrument, Ladder
from trading.engine.closed cimport Closed
from trading.engine.fees cimport Fees
from trading.engine.order_list cimport OrderList
from trading.engine.output cimport Output
from trading.engine.quotes cimport Protection
from trading.engine.trailing cimport Condition, Trail
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED, i128

@cython.final
cdef class Writer:
    cdef Output out

    cdef long long number(self, long long value) except? FAILED
    cdef long long amount(self, i128 units) except? FAILED
    cdef long long text(self, bytes data) except? FAILED

cpdef bytes dump_state(object seq, object time_ns, dict venues, dict source_numbers)
@cython.locals(asset=Asset, instrument=Instrument, ladder=Ladder)
cdef long long dump_venue(Venue venue, Writer out) except? FAILED
@cython.locals(order_id="long long")
cdef long long dump_pending(Venue venue, Writer out) except? FAILED
@cython.locals(order_list=OrderList, order_id="long long", position="long long")
cdef long long dump_lists(Venue venue, Writer out) except? FAILED
cdef long long dump_instrument(Instrument instrument, Writer out) except? FAILED
@cython.locals(trail=Trail)
cdef long long dump_condition(Condition condition, Writer out) except? FAILED
cdef tuple ladders_of(Instrument instrument)
cdef long long dump_account(Venue venue, long long account, Writer out) except? FAILED
cdef long long dump_ladder(Venue venue, Ladder ladder, Writer out) except? FAILED
cdef long long dump_closed(Venue venue, Closed closed, Writer out) except? FAILED
cdef long long dump_guards(Venue venue, Writer out) except? FAILED
cdef long long dump_protection(Protection protection, Writer out) except? FAILED
@cython.locals(fees=Fees)
cdef long long dump_fees(Venue venue, Writer out) except? FAILED
@cython.locals(number="long long")
cdef long long dump_volume(Venue venue, long long account, Writer out) except? FAILED
cdef long long dump_order(Venue venue, long long order, Writer out) except? FAILED
