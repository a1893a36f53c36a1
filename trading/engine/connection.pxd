cimport cython

cdef long long _MOST_UNSENT_BYTES
cdef long long _FEW_UNSENT_BYTES
cdef long long _IN
cdef long long _OUT

from trading.engine.words cimport FAILED


@cython.final
cdef class Connection:
    cdef public object sock
    cdef public long long fd
    cdef bint _is_plain
    cdef public object poller
    cdef public bytes rest
    cdef public bytearray unsent
    cdef public long long lent
    cdef public bytearray kept
    cdef public long long mask
    cdef public bytes last_words
    cdef public bint closing
    cdef public bint closed
    cdef public bint is_follower
    cdef public long long follow_request_id
    cdef public str follow_name
    cdef public long long follow_seq
    cdef public long long told_seq
    cdef public long long told_ns
    cdef public set armed

    cpdef send(self, bytes data)
    @cython.locals(sent="long long")
    cpdef send_part(self, bytes data, long long start, long long end)
    cdef bint may_lend(self) noexcept
    cdef take_back(self, bytes data, long long start, long long end, long long sent)
    @cython.locals(data=bytes, sent="long long")
    cpdef flush(self)
    cdef long long _transmit(self, bytes data, long long start, long long end) except? FAILED
    cpdef finish(self)
    cpdef refuse(self, bytes last_words)
    cpdef close(self)
    @cython.locals(waiting="long long", mask="long long", most="long long")
    cdef _watch(self)
