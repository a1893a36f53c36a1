cimport cython

from trading.engine.book cimport Instrument
from trading.engine.order_list cimport OrderList
from trading.engine.step cimport Step, Sweep
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED

@cython.locals(
    instrument=Instrument, earlier=OrderList, order_list=OrderList, has_text=bint,
    position="long long"
)
cdef long long place_order_list(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long live_legs(OrderList order_list) except? FAILED
cdef long long leg_at(long long at, long long position) except? FAILED
cdef long long leg_end(long long leg, long long end) except? FAILED
@cython.locals(pends=bint, any_trigger=bint, position="long long")
cdef long long check_legs(
    Venue venue, OrderList order_list, const char *data, long long at, long long end, Step step
) except? FAILED
@cython.locals(other="long long")
cdef long long check_client_key(
    Venue venue, Sweep sweep, const char *data, long long at, long long end, long long position
) except? FAILED
@cython.locals(one_stops=bint)
cdef long long check_pair(
    Sweep sweep, const char *data, long long leg, long long end
) except? FAILED
@cython.locals(rests=bint)
cdef long long part_of(Sweep sweep) except? FAILED
cdef long long turning_ticks(Sweep sweep) except? FAILED
@cython.locals(position="long long")
cdef long long accept(
    Venue venue, OrderList order_list, const char *data, long long at, long long end, Step step
) except? FAILED
@cython.locals(order_list=OrderList, instrument=Instrument, position="long long")
cdef long long cancel_order_list(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
@cython.locals(order_list=OrderList)
cdef long long query_order_list(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
