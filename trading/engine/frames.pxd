cimport cython

from trading.engine.words cimport FAILED

@cython.final
cdef class Frames:
    cdef readonly long long end
    cdef readonly long long count
    cdef readonly long long why

    @cython.locals(at="long long", count="long long", why="long long", head="long long", size="long long", kind="long long")
    cdef scan(
        self,
        const char *data,
        long long start,
        long long end,
        long long special_kind,
        long long max_bytes,
    )

@cython.locals(found=Frames)
cpdef tuple scan_requests(bytes data, long long start, long long special_kind, long long max_bytes)
@cython.locals(end="long long", at="long long")
cpdef long long end_of_answers(bytes answers, long long start, long long count) except? FAILED
