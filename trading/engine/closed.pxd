cimport cython

from trading.engine.store cimport Store

@cython.final
cdef class Closed:
    cdef Store store
    cdef readonly long long oldest
    cdef readonly long long newest
    cdef readonly long long count

    cdef long long append(self, long long order) noexcept
    cdef long long unlink(self, long long order) noexcept
    cdef long long fetch(self) noexcept
