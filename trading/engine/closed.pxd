cimport cython

@cython.final
cdef class Closed:
    cdef readonly long long oldest
    cdef readonly long long newest
    cdef readonly long long count
