cimport cython

from trading.engine.book cimport Instrument
from trading.engine.loading cimport Reader
from trading.engine.quotes cimport Protection
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED

@cython.locals(account_id="long long", instrument_id="long long")
cdef long long load_guards(Venue venue, Reader reader) except? FAILED
@cython.locals(protection=Protection, time_ns="long long", lots="long long")
cdef long long load_protection(Venue venue, Reader reader) except? FAILED
cdef long long check_scope(
    Venue venue, long long account_id, long long instrument_id
) except? FAILED
cdef long long load_quote(Venue venue, Instrument instrument, long long order) except? FAILED
