cimport cython

from trading.engine.output cimport Output
from trading.engine.words cimport FAILED

@cython.final
cdef class Rows:
    cdef Output out
    cdef long long width

cdef long long end_of_record(const char *chunk, long long at, long long end) except? FAILED
@cython.locals(rows=Rows, end="long long", at="long long", event="long long", count="long long", index="long long")
cpdef dict split_events(bytes chunk)
cdef Rows rows_of(dict found, long long key)
cdef bytes take(Rows rows)
@cython.locals(end="long long", at="long long")
cpdef bytes split_headers(bytes chunk)
