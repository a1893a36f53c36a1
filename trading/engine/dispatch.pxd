from trading.engine.step cimport Step
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED

cdef long long carry_out(
    Venue venue, long long kind, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long look_up(
    Venue venue, long long kind, const char *data, long long at, long long end, Step step
) except? FAILED
