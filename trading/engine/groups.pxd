cimport cython


@cython.final
cdef class Group:
    cdef public list records
    cdef public long long records_bytes
    cdef public long long last_seq
    cdef public list shares
    cdef public bint is_lent


@cython.final
cdef class Share:
    cdef public bytes answers
    cdef public list senders
    cdef public list counts
    cdef public long long read_ns
    cdef public long long requests
    cdef public list ends
    cdef public list places

    @cython.locals(end="long long", count="long long")
    cdef find_ends(self)
