cimport cython

from trading.engine.step cimport Step
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED, i128

cdef long long record_entry(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
@cython.locals(units=i128)
cdef long long check_entry_legs(
    Venue venue, const char *data, long long at, long long end
) except? FAILED
@cython.locals(total=i128)
cdef bint sums_to_nothing(const char *data, long long at, long long end) except -1
