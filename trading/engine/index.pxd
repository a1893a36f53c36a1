cimport cython

from trading.engine.words cimport FAILED

@cython.final
cdef class Index:
    cdef object _table_room
    cdef object _links_room
    cdef object _heads_room
    cdef long long *_table
    cdef long long *_links
    cdef long long *_heads
    cdef long long _width
    cdef long long _key_at
    cdef long long _scope_at
    cdef long long _scope_shift
    cdef long long _round
    cdef long long _split
    cdef readonly long long count

    cdef long long _bucket(self, long long spread) noexcept
    cpdef long long find(self, long long scope, long long key) noexcept
    cpdef long long add(self, long long row) noexcept
    cdef long long guess(self, long long scope, long long key) noexcept
    cdef long long fetch(self, long long scope, long long key) noexcept
    cdef long long fetch_row(self, long long row) noexcept
    cdef long long _spread_of(self, long long row) noexcept
    cpdef long long remove(self, long long row) noexcept
    cdef long long _grow(self) noexcept
