cimport cython

from trading.engine.book cimport Instrument
from trading.engine.output cimport Output
from trading.engine.words cimport i128

@cython.final
cdef class Sweep:
    cdef Instrument instrument
    cdef long long account
    cdef long long party
    cdef long long side
    cdef long long order_type
    cdef long long time_in_force
    cdef long long mode
    cdef long long leaves
    cdef long long ticks
    cdef long long trigger_ticks
    cdef long long expire_ns
    cdef long long trigger_source
    cdef long long distance_bp
    cdef long long activation_ticks
    cdef long long offset_ticks
    cdef long long trigger_ns
    cdef long long client_key
    cdef i128 budget_units
    cdef bint is_buy
    cdef bint is_limit
    cdef bint by_quote
    cdef bint post_only
    cdef bint waits
    cdef bint is_counted
    cdef long long limit_ticks
    cdef long long lots
    cdef i128 quote_units
    cdef bint kills

@cython.final
cdef class Step:
    cdef Output out
    cdef Sweep sweep
    cdef long long seq
    cdef long long time_ns
    cdef list pulls
    cdef list due
    cdef long long due_count
    cdef long long by_order_id
