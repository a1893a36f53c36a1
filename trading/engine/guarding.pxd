from trading.engine.step cimport Step
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED

cdef long long set_cancel_timer(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long start_timer(
    Venue venue, long long account_id, long long instrument_id, long long deadline_ns
) except? FAILED
cdef long long take_timer(
    Venue venue, long long account_id, long long instrument_id, Step step
) except? FAILED
cdef long long timer_of(Venue venue, long long account_id, long long instrument_id) except? FAILED
cdef long long arm_disconnect(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long check_cause(
    Venue venue, long long account_id, long long instrument_id, long long cause, Step step
) except? FAILED
cdef long long query_armed(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
