cimport cython

from trading.engine.book cimport Instrument
from trading.engine.quotes cimport Protection
from trading.engine.step cimport Step
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED, i128

@cython.locals(protection=Protection, notional_units=i128)
cdef long long set_protection(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef bint are_limits(
    long long instrument_id,
    long long window_ns,
    long long lots,
    long long trades,
    i128 notional_units,
) except -1
@cython.locals(found=Protection)
cdef Protection new_protection(Venue venue, long long account_id, long long instrument_id)
cdef Protection protection_of(Venue venue, long long account_id, long long instrument_id)
cdef long long begin_anew(Protection protection) except? FAILED
@cython.locals(protection=Protection)
cdef long long reset_protection(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
@cython.locals(own=Protection, over_all=Protection)
cdef bint has_tripped(Venue venue, long long account, Instrument instrument) except -1
cdef long long count_fill(
    Venue venue,
    long long maker,
    Instrument instrument,
    long long lots,
    i128 quote_units,
    Step step,
) except? FAILED
@cython.locals(protection=Protection, told="long long", trades="long long")
cdef long long count_in(
    Venue venue,
    long long account,
    long long instrument_id,
    long long lots,
    i128 quote_units,
    Step step,
) except? FAILED
@cython.locals(
    gone="long long", when="long long", lots="long long", lower="long long", upper="long long"
)
cdef long long forget_fills(Protection protection, long long until_ns) except? FAILED
cdef long long take_fill(
    Protection protection, long long time_ns, long long lots, i128 quote_units
) except? FAILED
@cython.locals(account="long long", instrument_id="long long", meant=Instrument)
cdef long long pull_quotes(Venue venue, Step step) except? FAILED
@cython.locals(account_id="long long")
cdef long long query_protections(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
@cython.locals(protection=Protection)
cdef long long write_protection_row(
    Venue venue, long long account_id, long long instrument_id, Step step
) except? FAILED
