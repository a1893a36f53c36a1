from trading.engine.book cimport Instrument
from trading.engine.reading cimport Reader
from trading.engine.step cimport Step
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED

cdef bint may_be_crossed(long long state) except -1
cdef long long change_state(
    Venue venue, Instrument instrument, long long state, long long reason, Step step
) except? FAILED
cdef long long enter_state(Venue venue, Instrument instrument, Step step) except? FAILED
cdef long long end_day_orders(Venue venue, Instrument instrument, Step step) except? FAILED
cdef long long set_session(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long set_breaker(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long reopen_instrument(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long load_session(Venue venue, Instrument instrument, Reader reader) except? FAILED
cdef long long check_crossing(Instrument instrument) except? FAILED
