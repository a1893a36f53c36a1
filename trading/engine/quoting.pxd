cimport cython

from trading.engine.book cimport Instrument
from trading.engine.step cimport Step, Sweep
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED, i128

cdef long long apply_of_maker(
    Venue venue, long long kind, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long place_quotes(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
@cython.locals(instrument=Instrument, sweep=Sweep, post_only=bint, arrives=bint)
cdef long long place_quote(
    Venue venue,
    long long account,
    long long flags,
    long long mode,
    long long entry,
    const char *data,
    long long at,
    long long end,
    Step step,
) except? FAILED
cdef long long change_of_quote(
    Venue venue, long long order, long long ticks, long long lots
) except? FAILED
cdef long long lots_lifted(Venue venue, long long order, long long change) except? FAILED
cdef long long check_quote(
    Venue venue,
    Instrument instrument,
    long long bid_ticks,
    long long bid_lots,
    long long ask_ticks,
    long long ask_lots,
) except? FAILED
cdef long long fill_quote_sweep(
    Venue venue,
    long long account,
    Instrument instrument,
    long long side,
    long long mode,
    long long lots,
    long long ticks,
    Sweep sweep,
) except? FAILED
@cython.locals(held_units=i128)
cdef long long check_quote_side(
    Venue venue, long long order, long long other, bint post_only, Sweep sweep
) except? FAILED
@cython.locals(alone=bint)
cdef bint quote_would_take(Venue venue, long long other, Sweep sweep) except -1
cdef long long change_quote(
    Venue venue,
    long long order,
    Instrument instrument,
    long long kind,
    long long lots,
    long long ticks,
    Step step,
) except? FAILED
cdef long long arrive_quote(
    Venue venue, long long order, long long flags, Sweep sweep, Step step
) except? FAILED
cdef long long write_quote_accepted(
    Venue venue, long long flags, Sweep sweep, Step step
) except? FAILED
cdef long long answer_quote(
    Venue venue,
    long long account,
    Instrument instrument,
    long long entry,
    long long result,
    long long side,
    Step step,
) except? FAILED
cdef long long write_quote_answered(
    Venue venue,
    long long account,
    long long instrument_id,
    long long entry,
    long long result,
    long long side,
    long long bid_id,
    long long ask_id,
    Step step,
) except? FAILED
