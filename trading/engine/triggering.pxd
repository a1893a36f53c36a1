cimport cython

from trading.engine.book cimport Watch
from trading.engine.step cimport Step
from trading.engine.trailing cimport Condition
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED

cdef long long set_prices(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long set_price(Watch watch, long long ticks) except? FAILED
@cython.locals(condition=Condition)
cdef long long trigger_order(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
