cimport cython

from trading.engine.book cimport Instrument
from trading.engine.step cimport Step, Sweep
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED, i128

cdef long long place_order(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long check_may_place(
    Venue venue, long long account, Instrument instrument
) except? FAILED
@cython.locals(has_text=bint)
cdef long long check_order(
    Sweep sweep, const char *data, long long at, long long end, bint pends, Step step
) except? FAILED
cdef long long read_terms(
    Sweep sweep, const char *data, long long at, long long end
) except? FAILED
cdef long long check_terms(Sweep sweep, long long flags) except? FAILED
cdef long long new_order(Venue venue, Sweep sweep, long long seq) except? FAILED
cdef long long write_accepted(
    long long order_id, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long replace_order(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long move(
    Venue venue,
    long long order,
    Instrument instrument,
    long long lots,
    long long ticks,
    Step step,
) except? FAILED
