cimport cython

from trading.engine.book cimport Instrument
from trading.engine.output cimport Output
from trading.engine.words cimport i128

@cython.final
cdef class Sweep:
    cdef Instrument instrument
    cdef long long account
    cdef long long party
    cdef bint is_buy
    cdef long long leaves
    cdef long long mode
    cdef long long limit_ticks
    cdef bint by_quote
    cdef bint all_or_nothing
    cdef i128 budget_units
    cdef long long lots
    cdef i128 quote_units

@cython.final
cdef class Step:
    cdef Output out
    cdef Sweep sweep
    cdef long long seq
    cdef long long time_ns
