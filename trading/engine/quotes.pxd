cimport cython

from trading.engine.store cimport Store
from trading.engine.words cimport FAILED, i128

@cython.final
cdef class Quotes:
    cdef Store store
    cdef readonly dict orders

    cdef long long find(
        self, long long account, long long index, long long side
    ) except? FAILED
    cdef long long note(self, long long order) except? FAILED
    cdef long long drop(self, long long order) except? FAILED
    cdef long long _key_of(self, long long order) except? FAILED

@cython.final
cdef class Protection:
    cdef long long window_ns
    cdef long long most_lots
    cdef long long most_trades
    cdef i128 most_notional_units
    cdef long long tripped
    cdef list fills
    cdef i128 lots
    cdef i128 notional_units

cdef long long quote_key(long long account, long long index, long long side) except? FAILED
