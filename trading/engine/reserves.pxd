cimport cython

from trading.engine.book cimport Instrument
from trading.engine.store cimport Store
from trading.engine.words cimport FAILED

@cython.final
cdef class Reserves:
    cdef Store store
    cdef readonly dict displays
    cdef readonly dict lots

    cdef long long remember(self, long long order, long long display) except? FAILED
    cdef long long forget(self, long long order) except? FAILED
    cdef long long display_of(self, long long order) except? FAILED
    cdef long long of(self, long long order) except? FAILED
    cdef long long leaves_of(self, long long order) except? FAILED
    cdef long long split(
        self, long long order, Instrument instrument, long long level
    ) except? FAILED
    cdef long long put(
        self, long long order, Instrument instrument, long long level, long long lots
    ) except? FAILED
    cdef long long take(self, long long order, Instrument instrument, long long most) except? FAILED
