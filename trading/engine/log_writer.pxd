cimport cython


@cython.final
cdef class LogWriter:
    cdef public object journal
    cdef public long long done_fd
    cdef long long _work_fd
    cdef public object failure
    cdef public long long sync_ns
    cdef bytearray _desk
    cdef list _pieces
    cdef bint _is_laid
    cdef bint _is_done
    cdef object _groups
    cdef object _thread

    @cython.locals(pieces=list)
    cpdef submit(self, list buffers, long long size, long long next_seq)
    @cython.locals(error="long long")
    cpdef bint is_finished(self) except -1
    @cython.locals(started="long long")
    cpdef write_now(self, list buffers, long long size, long long next_seq)
