cimport cython

from trading.engine.store cimport Store
from trading.engine.words cimport FAILED

@cython.final
cdef class Closed:
    cdef readonly long long oldest
    cdef readonly long long newest
    cdef readonly long long count

    cdef long long append(self, Store store, long long order) except? FAILED
    cdef long long unlink(self, Store store, long long order) except? FAILED
    cdef long long fetch(self, Store store) noexcept
