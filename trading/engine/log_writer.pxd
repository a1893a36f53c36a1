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

    cpdef bint lay_down(self, list buffers, long long size, long long next_seq) except -1
    cdef long long lay_answer(
        self, bytes answers, long long start, long long end, long long fd
    ) noexcept
    cpdef start(self)
    cdef long long sent_of(self, long long place) noexcept
    cdef long long answered_ns(self) noexcept
    cpdef bint is_finished(self) except -1
    @cython.locals(pieces=list)
    cdef bint _lay_pieces(self, list buffers, long long size, long long next_seq) except -1
    cdef _note(self, long long error)
    @cython.locals(started="long long")
    cpdef write_now(self, list buffers, long long size, long long next_seq)
