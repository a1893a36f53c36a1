cimport cython

from trading.engine.book cimport Instrument
from trading.engine.step cimport Sweep
from trading.engine.words cimport FAILED

cdef long long check_size(Instrument instrument, Sweep sweep) except? FAILED
cdef long long reference_price(Instrument instrument) except? FAILED
cdef long long highest_ticks(Instrument instrument) except? FAILED
cdef long long lowest_ticks(Instrument instrument) except? FAILED
@cython.locals(is_stop=bint)
cdef bint waits_for_rise(long long terms) except -1
cdef bint is_trailing(long long order_type) except -1
