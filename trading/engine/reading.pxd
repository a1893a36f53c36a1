cimport cython

from trading.engine.words cimport FAILED, i128

@cython.final
cdef class Reader:
    cdef bytes data
    cdef long long at
    cdef long long end
    cdef long long reserve
    cdef long long listed
    cdef long long time_ns

    cdef long long number(self) except? FAILED
    cdef long long within(self, long long least, long long most) except? FAILED
    cdef long long count(self) except? FAILED
    cdef i128 units(self) except? FAILED
    cdef i128 units_within(self, i128 most) except? FAILED
    cdef bytes text(self, long long width)
    cdef long long _take(self, long long width) except? FAILED
