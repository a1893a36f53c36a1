cimport cython

from trading.engine.book cimport Instrument
from trading.engine.store cimport Store
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED

@cython.final
cdef class Ahead:
    cdef Store _store
    cdef object _room
    cdef long long *_ring
    cdef long long _noted
    cdef long long _at
    cdef long long _tenant_id
    cdef Venue _venue
    cdef long long _header_bytes
    cdef long long _size_extra
    cdef long long _parties_at

    cdef bint begins(self, long long end, bint are_records) noexcept
    cdef long long note(self, const char *data, long long end, dict venues) except? FAILED
    cdef long long _meet(self, long long tenant_id, dict venues) except? FAILED
    cdef long long _write(
        self, const char *data, long long at, long long end, long long kind
    ) noexcept
    cdef long long _entry(self, long long before) noexcept
    cdef long long _find_account(self, long long entry) noexcept
    cdef long long _follow_account(self, long long entry) noexcept
    cdef long long _fetch_balance(self, long long account, long long asset) noexcept
    cdef long long _find_order(self, long long entry) noexcept
    @cython.locals(instrument=Instrument)
    cdef long long _follow_order(self, long long entry) except? FAILED
