cimport cython

from trading.engine.book cimport Instrument, Ladder, Watch
from trading.engine.step cimport Step, Sweep
from trading.engine.trailing cimport Condition, Trail
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED

cdef long long read_condition(
    Sweep sweep, const char *data, long long at, long long end
) except? FAILED
cdef long long forget_condition(Sweep sweep) noexcept
@cython.locals(by_price=bint, trails=bint, rises=bint)
cdef long long check_trigger(Sweep sweep, bint pends, long long time_ns) except? FAILED
cdef long long awaited_ticks(Sweep sweep) noexcept
cdef long long remember_condition(
    Venue venue, long long order_id, Sweep sweep, long long trigger_ticks
) except? FAILED
@cython.locals(condition=Condition)
cdef long long recall_condition(
    Venue venue, long long order, Sweep sweep, long long trigger_ticks, long long now
) except? FAILED
cdef long long stand_aside(Venue venue, long long order, Instrument instrument) except? FAILED
@cython.locals(condition=Condition, ladder=Ladder, rises=bint)
cdef long long stand(
    Venue venue, long long order, Instrument instrument, long long trigger_ticks, Step step
) except? FAILED
cdef bint is_active_at(bint rises, long long activation_ticks, long long price) except -1
@cython.locals(is_buy=bint)
cdef long long activate(
    Venue venue,
    long long order,
    Instrument instrument,
    Condition condition,
    long long price,
    Step step,
) except? FAILED
@cython.locals(ladder=Ladder)
cdef long long begin_to_trail(
    Venue venue, long long order, Instrument instrument, Condition condition, Step step
) except? FAILED
cdef long long wake(
    Venue venue, long long order, Instrument instrument, Condition condition, Step step
) except? FAILED
cdef long long write_waiting(
    Venue venue,
    long long order,
    Instrument instrument,
    long long trigger_ticks,
    long long trigger_ns,
    Step step,
) except? FAILED
@cython.locals(condition=Condition, trail=Trail, is_buy=bint)
cdef long long trigger_of(Venue venue, long long order) except? FAILED
cdef long long next_met(Venue venue, Instrument instrument) except? FAILED
cdef long long next_of(Venue venue, Watch watch, long long price) except? FAILED
@cython.locals(condition=Condition)
cdef long long timed_kind(Venue venue, long long time_ns, long long order_id) except? FAILED
