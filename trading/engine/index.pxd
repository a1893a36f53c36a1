cdef class Index:
    cdef object _entries_room
    cdef object _heads_room
    cdef long long *_entries
    cdef long long *_heads
    cdef long long _round
    cdef long long _split
    cdef readonly long long count

    cdef long long _bucket(self, long long scope, long long key)
    cpdef long long find(self, long long scope, long long key)
    cpdef long long key_of(self, long long row)
    cpdef long long add(self, long long scope, long long key, long long row)
    cpdef long long remove(self, long long scope, long long key)
    cdef long long _grow(self)
