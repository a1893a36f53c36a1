cimport cython

from trading.engine.step cimport Step, Sweep
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED, i128

@cython.locals(is_buy=bint, may_meet_itself=bint, own=bint, takes_all=bint, leaves_some=bint)
cdef long long foresee(Venue venue, Sweep sweep) except? FAILED
cdef long long match(Venue venue, long long order, Sweep sweep, Step step) except? FAILED
cdef bint prevent(
    Venue venue, long long order, long long maker, long long leaves, Sweep sweep, Step step
) except -1
cdef long long trade(
    Venue venue,
    long long order,
    long long maker,
    long long leaves,
    long long ticks,
    Sweep sweep,
    Step step,
) except? FAILED
cdef long long add_traded(
    long long *orders, long long order, long long lots, i128 quote_units
) noexcept
