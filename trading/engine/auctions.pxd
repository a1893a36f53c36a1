cimport cython

from trading.engine.book cimport Instrument, Ladder
from trading.engine.step cimport Step, Sweep
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED, i128

@cython.final
cdef class Crossing:
    cdef readonly long long ticks
    cdef readonly long long lots
    cdef readonly long long surplus_lots

cdef long long check_for_auction(Sweep sweep) except? FAILED
cdef bint has_auction_room(Instrument instrument) except -1
cdef bint is_crossed(Instrument instrument) except -1
cdef long long own_ahead(Venue venue, Sweep sweep) except? FAILED
cdef long long collect(Venue venue, long long order, Sweep sweep, Step step) except? FAILED
@cython.locals(found=Crossing)
cdef Crossing find_price(Instrument instrument)
cdef long long all_lots(Ladder ladder, long long level) except? FAILED
cdef long long nearest(long long reference, long long lowest, long long highest) except? FAILED
@cython.locals(found=Crossing, takers=Ladder, makers=Ladder)
cdef long long uncross(Venue venue, Instrument instrument, Step step) except? FAILED
cdef long long first_at(Ladder ladder) except? FAILED
cdef long long take_out(
    Venue venue,
    long long order,
    Instrument instrument,
    long long lots,
    long long to_ticks,
    Step step,
) except? FAILED
