cimport cython

from trading.engine.store cimport Store
from trading.engine.words cimport FAILED

@cython.final
cdef class Closed:
    cdef Store store
    cdef readonly long long oldest
    cdef readonly long long newest
    cdef readonly long long count

    cdef long long append(self, long long order) except? FAILED
    cdef long long drop(self, long long order) except? FAILED
    cdef long long fetch(self, long long order) noexcept
