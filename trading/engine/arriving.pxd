cimport cython

from trading.engine.book cimport Instrument
from trading.engine.order_list cimport OrderList
from trading.engine.step cimport Step, Sweep
from trading.engine.trailing cimport Condition
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED, i128

@cython.locals(all_or_nothing=bint)
cdef long long check_funds(
    Venue venue, Sweep sweep, i128 held_units, long long time_ns
) except? FAILED
cdef bint would_take(Venue venue, Sweep sweep) except -1
cdef long long arrive(Venue venue, long long order, Sweep sweep, Step step) except? FAILED
@cython.locals(rests=bint)
cdef long long settle(Venue venue, long long order, Sweep sweep, Step step) except? FAILED
cdef long long end_order(
    Venue venue, long long order, Sweep sweep, long long leaves, long long status, Step step
) except? FAILED
cdef long long wait(Venue venue, long long order, Sweep sweep, Step step) except? FAILED
@cython.locals(condition=Condition)
cdef long long fire_triggers(Venue venue, Instrument instrument, Step step) except? FAILED
cdef long long fire(
    Venue venue, long long order, Instrument instrument, Condition condition, Step step
) except? FAILED
cdef long long trailing_limit(
    Venue venue, long long order, Condition condition, long long stop_ticks
) except? FAILED
@cython.locals(rests=bint)
cdef long long check_state_again(Venue venue, Sweep sweep) except? FAILED
cdef long long check_again(Venue venue, long long order, Sweep sweep) except? FAILED
cdef long long release_lists(Venue venue, Instrument instrument, Step step) except? FAILED
cdef OrderList due_list(Step step, long long at)
@cython.locals(position="long long")
cdef long long release_list(
    Venue venue, OrderList order_list, Instrument instrument, Step step
) except? FAILED
cdef long long set_free(
    Venue venue, long long order, Instrument instrument, long long trigger_ticks, Step step
) except? FAILED
cdef long long sweep_of(
    Venue venue, long long order, Instrument instrument, Sweep sweep
) except? FAILED
