cimport cython

from trading.engine.store cimport Store

@cython.final
cdef class Ahead:
    cdef Store _store
    cdef object _room
    cdef long long *_ring
    cdef long long _noted

    cdef long long note(
        self, const char *data, long long at, long long end, long long kind, long long venue
    ) noexcept
    cdef long long _entry(self, long long before) noexcept
    cdef long long _find_account(self, long long entry) noexcept
    cdef long long _follow_account(self, long long entry) noexcept
    cdef long long _find_order(self, long long entry) noexcept
    cdef long long _follow_order(self, long long entry) noexcept
