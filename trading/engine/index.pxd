cimport cython
from trading.engine.words cimport FAILED

@cython.final
cdef class Index:
    cdef object _entries_room
    cdef object _heads_room
    cdef long long *_entries
    cdef long long *_heads
    cdef long long _round
    cdef long long _split
    cdef readonly long long count

    cdef long long _bucket(self, long long scope, long long key) except? FAILED
    cpdef long long find(self, long long scope, long long key) except? FAILED
    cpdef long long key_of(self, long long row) except? FAILED
    cpdef long long add(self, long long scope, long long key, long long row) except? FAILED
    cpdef long long remove(self, long long scope, long long key) except? FAILED
    cdef long long _grow(self) except? FAILED
