cimport cython

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
    cdef long long _venue

    cdef bint begins(self, long long end) noexcept
    cdef long long note_request(self, const char *frames, long long end, dict venues) except? FAILED
    cdef long long note_record(self, const char *records, long long end, dict venues) except? FAILED
    @cython.locals(venue=Venue)
    cdef long long _venue_of(self, long long tenant_id, dict venues) except? FAILED
    cdef long long note(
        self, const char *data, long long at, long long end, long long kind, long long venue
    ) noexcept
    cdef long long _entry(self, long long before) noexcept
    cdef long long _find_account(self, long long entry) noexcept
    cdef long long _follow_account(self, long long entry) noexcept
    cdef long long _find_order(self, long long entry) noexcept
    cdef long long _follow_order(self, long long entry) noexcept
