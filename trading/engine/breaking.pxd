cimport cython

from trading.engine.book cimport Instrument
from trading.engine.step cimport Step, Sweep
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED, i128

cdef long long window_price(Instrument instrument, long long time_ns) except? FAILED
cdef long long enter_window(Instrument instrument, long long time_ns) except? FAILED
@cython.locals(highest=i128, lowest=i128)
cdef long long hold_back(Instrument instrument, Sweep sweep, long long time_ns) except? FAILED
cdef bint goes_further(Venue venue, Sweep sweep) except -1
cdef long long halt(Venue venue, Instrument instrument, Step step) except? FAILED
cdef long long set_reopening(
    Venue venue, Instrument instrument, long long reopen_ns
) except? FAILED
@cython.locals(instrument=Instrument)
cdef long long reopens_at(Venue venue, long long instrument_id) except? FAILED
