cimport cython

from trading.engine.book cimport Instrument
from trading.engine.step cimport Step, Sweep
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED, i128

cdef long long check_display(Sweep sweep) except? FAILED
cdef long long check_refreshes(long long lots, long long display) except? FAILED
cdef bint has_room(
    Venue venue, long long order, Instrument instrument, long long lots
) except -1
cdef bint has_room_for(
    Instrument instrument, long long lots, long long display, long long own
) except -1
cdef bint may_hide(long long order_type, long long time_in_force) except -1
cdef bint restore(
    Venue venue, long long order, Instrument instrument, long long reserve
) except -1
cdef long long refresh(
    Venue venue, long long order, Instrument instrument, Step step
) except? FAILED
@cython.locals(
    own=bint,
    leaves_whole=bint,
    parts=list,
    left=list,
    reserve="long long",
    display="long long",
)
cdef long long foresee_reserves(Venue venue, long long level, Sweep sweep) except? FAILED
@cython.locals(takes_all=bint, leaves_some=bint)
cdef long long foresee_part(bint own, long long lots, long long ticks, Sweep sweep) except? FAILED
