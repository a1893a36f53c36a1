cimport cython
from trading.engine.words cimport FAILED

@cython.final
cdef class Output:
    cdef object _room
    cdef object _bytes
    cdef long long *words
    cdef long long most
    cdef public long long at
    cdef public long long events

    cdef long long clear(self) except? FAILED
    cdef long long room(self, long long count) except? FAILED
    cdef long long cut_zeros(self, long long start) except? FAILED
    cdef long long cut_last(self, long long start) except? FAILED
    cdef long long _grow(self, long long least) except? FAILED
    cpdef bytes piece(self, long long start, long long end)
