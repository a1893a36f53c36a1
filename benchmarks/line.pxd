cimport cython

from trading.engine.words cimport FAILED


@cython.final
cdef class Line:
    cdef public long long fd
    cdef public list windows
    cdef public long long size
    cdef public long long sent
    cdef public long long done
    cdef public long long expected
    cdef public list due_ns
    cdef public list latencies_ns
    cdef public list behind_ns
    cdef public list results
    cdef public bytes rest
    cdef public bytes unsent
    cdef bytearray buffer

    cdef bint send(self, long long due_ns) except -1
    @cython.locals(size="long long")
    cdef flush(self)
    @cython.locals(end="long long", size="long long", at="long long", finished="long long", head="long long", length="long long")
    cdef long long take(self) except? FAILED


@cython.locals(line=Line, under_way="long long", ready="long long", number="long long")
cpdef keep_one_under_way(list lines, bytearray events, object poller, long long fd)
@cython.locals(line=Line, due_ns="long long", left="long long", turn="long long", ready="long long", number="long long")
cpdef send_by_the_clock(list lines, bytearray events, object poller, long long fd, long long step_ns, long long most)
