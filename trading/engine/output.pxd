cdef class Output:
    cdef object _room
    cdef object _bytes
    cdef long long *words
    cdef long long most
    cdef public long long at
    cdef public long long events

    cdef long long clear(self)
    cdef long long room(self, long long count)
    cdef long long cut_zeros(self, long long start)
    cdef long long _grow(self, long long least)
    cpdef bytes piece(self, long long start, long long end)
