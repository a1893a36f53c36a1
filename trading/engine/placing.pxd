cimport cython

from trading.engine.book cimport Instrument
from trading.engine.step cimport Step, Sweep
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED, i128

@cython.locals(is_buy=bint, is_limit=bint, by_quote=bint, has_text=bint, kills=bint)
cdef long long place_order(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long new_order(
    Venue venue,
    Sweep sweep,
    long long lots,
    long long ticks,
    long long side,
    long long order_type,
    long long time_in_force,
    long long client_key,
) except? FAILED
cdef long long write_accepted(
    long long order_id, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long check_size(
    Instrument instrument,
    long long lots,
    long long ticks,
    i128 quote_units,
    bint is_limit,
    bint by_quote,
) except? FAILED
cdef long long reference_price(Instrument instrument) except? FAILED
cdef long long highest_ticks(Instrument instrument) except? FAILED
cdef long long lowest_ticks(Instrument instrument) except? FAILED
cdef long long sweep_limit(Instrument instrument, bint is_buy) except? FAILED
cdef bint would_take(
    Venue venue, Instrument instrument, long long ticks, bint is_buy
) except -1
