cimport cython

from trading.engine.auctions cimport Crossing
from trading.engine.book cimport Instrument, Ladder
from trading.engine.step cimport Step
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED

cdef long long query_balances(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long write_balances(Venue venue, long long account, Step step) except? FAILED
cdef long long query_open_orders(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long write_open_orders(
    Venue venue, long long account, long long instrument_id, Step step
) except? FAILED
cdef long long query_order(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long query_depth(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
@cython.locals(instrument=Instrument, found=Crossing)
cdef long long query_auction(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long write_depth(Ladder ladder, long long side, long long most, Step step) except? FAILED
