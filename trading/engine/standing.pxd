cimport cython

from trading.engine.book cimport Instrument, Ladder
from trading.engine.trailing cimport Condition
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED

@cython.locals(condition=Condition, rises=bint)
cdef long long check_waiting(
    Venue venue, Instrument instrument, Ladder ladder, long long order, long long ticks
) except? FAILED
cdef long long set_waiting(Venue venue, dict extremes) except? FAILED
@cython.locals(condition=Condition, pends=bint, trails=bint, by_price=bint, stands_aside=bint)
cdef long long check_condition(
    Venue venue, long long order_id, long long extreme
) except? FAILED
@cython.locals(
    condition=Condition, instrument=Instrument, is_buy=bint
)
cdef long long follow(
    Venue venue, long long order_id, long long extreme, long long side
) except? FAILED
@cython.locals(is_buy=bint)
cdef long long check_standing(
    Venue venue, Instrument instrument, Ladder ladder, long long order, long long ticks, long long reserve
) except? FAILED
