from trading.engine.step cimport Step, Sweep
from trading.engine.venue cimport Venue

cdef long long foresee(Venue venue, Sweep sweep)
cdef long long match(Venue venue, long long order, Sweep sweep, Step step)
cdef bint prevent(
    Venue venue, long long order, long long maker, long long leaves, Sweep sweep, Step step
) except -1
cdef long long trade(
    Venue venue, long long order, long long maker, long long leaves, Sweep sweep, Step step
)
